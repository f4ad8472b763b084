// A LogStore in memory, for tests.
//
// Errors:  those of log_store.h. Nothing in it can fail by itself.
// Threads: thread-safe.
// Durable: no. What lives as long as the process counts as on disk.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "storage/log_store.h"
#include "tiles/pinned_bytes.h"

namespace sightline::storage {

class MemoryLogStore final : public LogStore {
 public:
  MemoryLogStore() = default;

  absl::Status Commit(const Batch& batch) override;

  absl::StatusOr<TreeState> ReadTreeState() const override;
  absl::Status ReadEntries(
      uint64_t begin, uint64_t end,
      absl::FunctionRef<bool(uint64_t index, absl::string_view entry)> visit)
      const override;
  absl::StatusOr<tiles::PinnedBytes> StoredTile(uint8_t level,
                                                uint64_t index) const override;
  absl::Status FindByIdentity(
      absl::Span<const crypto::Digest> identity_hashes,
      std::vector<std::optional<uint64_t>>* out) const override;
  absl::StatusOr<std::optional<uint64_t>> FindByLeafHash(
      const crypto::Digest& leaf_hash) const override;
  absl::StatusOr<FeedHead> ReadFeedHead(absl::string_view feed) const override;
  absl::Status ReadFeedHeads(
      absl::FunctionRef<void(const FeedHead&)> visit) const override;
  absl::StatusOr<std::string> ReadCheckpointCovering(
      uint64_t index) const override;
  absl::StatusOr<uint64_t> ReadBatchEnd(uint64_t index) const override;
  absl::StatusOr<std::string> ReadNewestCheckpoint() const override;
  absl::StatusOr<std::vector<uint64_t>> ReadControlIndices(
      uint64_t tree_size) const override;
  absl::StatusOr<std::string> ReadSealedPayload(uint64_t index) const override;
  absl::Status PurgeErased() override;
  absl::Status ReplaceSealedPayloads(
      absl::FunctionRef<absl::StatusOr<std::string>(
          uint64_t index, absl::string_view ciphertext)>
          replace) override;

 private:
  void Apply(const Batch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable base::Mutex mutex_;
  TreeState state_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> entries_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<uint8_t, uint64_t>, std::string> tiles_
      ABSL_GUARDED_BY(mutex_);
  std::map<crypto::Digest, uint64_t> identities_ ABSL_GUARDED_BY(mutex_);
  std::map<crypto::Digest, uint64_t> leaves_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, FeedHead> feeds_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, std::string> checkpoints_ ABSL_GUARDED_BY(mutex_);
  std::vector<uint64_t> control_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, std::string> sealed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::storage
