// A LogStore whose commits fail and whose reads are damaged when a test says so.
//
// Errors:  those of the store below, and those that were asked for.
// Threads: thread-safe.
//
// Example, a write whose outcome the caller cannot know:
//   FaultInjectingLogStore faulty(&store);
//   faulty.FailCommit(1, CommitFault::kPersisted);
//   ... the next Commit fails, yet is in `store`; all later ones are refused ...
//   faulty.Reopen();
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "storage/log_store.h"
#include "tiles/pinned_bytes.h"

namespace sightline::storage {

enum class CommitFault { kNotPersisted, kPersisted };

class FaultInjectingLogStore final : public LogStore {
 public:
  // `store` must outlive it.
  explicit FaultInjectingLogStore(LogStore* store) : store_(store) {}

  // Makes the `n`-th Commit from now fail with `status`; 1 is the next one. Unless
  // that is kAborted or kResourceExhausted, commits are refused afterwards until
  // Reopen.
  void FailCommit(int n, CommitFault fault,
                  absl::Status status =
                      absl::UnavailableError("injected: outcome unknown"));

  // As if the store had been closed and opened: forgets an unknown outcome.
  void Reopen();

  // How often Commit was called.
  int commits() const;

  // Makes every read fail with `status`; OK ends it.
  void FailReads(absl::Status status);

  // Flips a bit of what is read from now on.
  void DamageEntry(uint64_t index);
  void DamageTile(uint8_t level, uint64_t index, size_t byte);
  void DamageCheckpoints();
  void DamageTreeState();
  void RepairAll();

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
  struct Fault {
    int commit = 0;
    CommitFault fault = CommitFault::kNotPersisted;
    absl::Status status;
  };
  struct Damage {
    std::set<uint64_t> entries;
    std::set<std::tuple<uint8_t, uint64_t, size_t>> tiles;
    bool checkpoints = false;
    bool tree_state = false;
  };

  absl::Status read_status() const ABSL_LOCKS_EXCLUDED(mutex_);
  Damage damage() const ABSL_LOCKS_EXCLUDED(mutex_);
  std::string Note(std::string note) const;

  LogStore* const store_;

  mutable base::Mutex mutex_;
  int commits_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Fault> faults_ ABSL_GUARDED_BY(mutex_);
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  absl::Status read_status_ ABSL_GUARDED_BY(mutex_);
  Damage damage_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::storage
