// A store in memory whose commits wait when a test says so.
//
// Threads: thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "storage/log_store.h"
#include "storage/memory_log_store.h"

namespace sightline::tests {

class HeldLogStore final : public storage::LogStore {
 public:
  void HoldCommits() {
    base::MutexLock lock(&mutex_);
    held_ = true;
  }
  // Until a commit waits.
  void AwaitHeldCommit() {
    base::MutexLock lock(&mutex_);
    while (!waiting_) changed_.Wait(&mutex_);
  }
  void ReleaseCommits() {
    base::MutexLock lock(&mutex_);
    held_ = false;
    changed_.NotifyAll();
  }

  absl::Status Commit(const storage::Batch& batch) override {
    {
      base::MutexLock lock(&mutex_);
      waiting_ = held_;
      changed_.NotifyAll();
      while (held_) changed_.Wait(&mutex_);
      waiting_ = false;
    }
    return store_.Commit(batch);
  }

  absl::StatusOr<storage::TreeState> ReadTreeState() const override {
    return store_.ReadTreeState();
  }
  absl::Status ReadEntries(
      uint64_t begin, uint64_t end,
      absl::FunctionRef<bool(uint64_t index, absl::string_view entry)> visit)
      const override {
    return store_.ReadEntries(begin, end, visit);
  }
  absl::StatusOr<tiles::PinnedBytes> StoredTile(uint8_t level,
                                                uint64_t index) const override {
    return store_.StoredTile(level, index);
  }
  absl::Status FindByIdentity(
      absl::Span<const crypto::Digest> identity_hashes,
      std::vector<std::optional<uint64_t>>* out) const override {
    return store_.FindByIdentity(identity_hashes, out);
  }
  absl::StatusOr<std::optional<uint64_t>> FindByLeafHash(
      const crypto::Digest& leaf_hash) const override {
    return store_.FindByLeafHash(leaf_hash);
  }
  absl::StatusOr<storage::FeedHead> ReadFeedHead(
      absl::string_view feed) const override {
    return store_.ReadFeedHead(feed);
  }
  absl::Status ReadFeedHeads(
      absl::FunctionRef<void(const storage::FeedHead&)> visit) const override {
    return store_.ReadFeedHeads(visit);
  }
  absl::StatusOr<std::string> ReadCheckpointCovering(
      uint64_t index) const override {
    return store_.ReadCheckpointCovering(index);
  }
  absl::StatusOr<uint64_t> ReadBatchEnd(uint64_t index) const override {
    return store_.ReadBatchEnd(index);
  }
  absl::StatusOr<std::string> ReadNewestCheckpoint() const override {
    return store_.ReadNewestCheckpoint();
  }
  absl::StatusOr<std::vector<uint64_t>> ReadControlIndices(
      uint64_t tree_size) const override {
    return store_.ReadControlIndices(tree_size);
  }
  absl::StatusOr<std::string> ReadSealedPayload(uint64_t index) const override {
    return store_.ReadSealedPayload(index);
  }
  absl::Status PurgeErased() override { return store_.PurgeErased(); }
  absl::Status ReplaceSealedPayloads(
      absl::FunctionRef<absl::StatusOr<std::string>(
          uint64_t index, absl::string_view ciphertext)>
          replace) override {
    return store_.ReplaceSealedPayloads(replace);
  }

 private:
  storage::MemoryLogStore store_;
  base::Mutex mutex_;
  base::CondVar changed_;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  bool waiting_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace sightline::tests
