// The log's durable state in one folder, kept by RocksDB.
//
// Source:  docs/formats.md "Storage".
// Shapes:  a batch is one RocksDB write over all column families, synced.
// Errors:  those of log_store.h. Open: kFailedPrecondition: the folder is in use,
//          of another format version, or no data folder; kNotFound: no store
//          there; kDataLoss: the newest entries do not reach the tree size, or
//          files are missing or damaged.
// Threads: thread-safe. One thread of its own keeps the hash index; RocksDB has
//          some more.
// Durable: as log_store.h says. A commit that would leave less than
//          Options::reserve_bytes on the disk answers kResourceExhausted before it
//          writes anything; a write that failed, on a full disk too, is an unknown
//          outcome.
// Cost:    Commit: one write of the entries, a third as many bytes of hashes beside
//          them, one sync. Memory: caches and buffers as in Options, 4 bytes per
//          entry for the hash index, and bounded tables for the newest entries.
//          Open: O(log n), and a replay bounded by Options.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "storage/log_store.h"
#include "storage/rocksdb_layout.h"
#include "storage/rocksdb_options.h"
#include "tiles/pinned_bytes.h"

namespace rocksdb {
class WriteBatch;
}  // namespace rocksdb

namespace sightline::storage {

class HashIndex;
class RocksDbDatabase;

class RocksDbLogStore final : public LogStore {
 public:
  using Options = RocksDbOptions;

  static absl::StatusOr<std::unique_ptr<RocksDbLogStore>> Open(
      absl::string_view path, const Options& options);

  // No call may be under way, no PinnedBytes of the store's may be left.
  ~RocksDbLogStore() override;

  RocksDbLogStore(const RocksDbLogStore&) = delete;
  RocksDbLogStore& operator=(const RocksDbLogStore&) = delete;

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

  // Whether the stored runs of the hash index are what a run may be: buckets in
  // their places, and filters exactly those of the buckets. That every entry is
  // found, look-ups tell. kDataLoss: not; reads every run.
  absl::Status CheckHashIndex() const;

  // kDataLoss: which payloads were erased and not yet purged could not be read when
  // the store was opened. The next PurgeErased takes all of them.
  absl::Status CheckPendingPurge() const;

  // Waits for the background work of the hash index. For tests and benchmarks.
  absl::Status WaitUntilIdle();

 private:
  explicit RocksDbLogStore(std::unique_ptr<RocksDbDatabase> database);

  absl::Status Load();
  absl::Status LoadTreeState();
  absl::Status LoadPendingPurge();
  void Publish(const TreeState& state) ABSL_LOCKS_EXCLUDED(state_mutex_);
  TreeState state() const ABSL_LOCKS_EXCLUDED(state_mutex_);
  absl::Status CheckNewestSegments() const;
  absl::StatusOr<std::string> ReadOrMakeSalt();

  absl::Status CheckWritable(const Batch& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_mutex_);
  absl::Status CheckSpace(const Batch& batch) const;
  absl::Status Write(const Batch& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_mutex_);
  void FillWrite(const Batch& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_mutex_);
  void FillSegments(const Batch& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_mutex_);
  void Put(Family family, absl::string_view key, absl::string_view value)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_mutex_);
  void EraseSealed(absl::Span<const uint64_t> indices)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_mutex_);
  void MarkForPurge(uint64_t index)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_mutex_);
  absl::Status WriteReplaced() ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_mutex_);

  const std::unique_ptr<RocksDbDatabase> database_;
  std::unique_ptr<HashIndex> hash_index_;

  // What readers may ask for: the store is ahead of it while a commit is under
  // way, for as long as not all of it can be found yet.
  mutable base::Mutex state_mutex_;
  TreeState state_ ABSL_GUARDED_BY(state_mutex_);

  // Held for the whole of a commit, its I/O included: that is what a single
  // writer means. Readers never take it. Taken before state_mutex_.
  mutable base::Mutex commit_mutex_;
  // The first failure after which the outcome of a commit was not known.
  absl::Status failure_ ABSL_GUARDED_BY(commit_mutex_);
  // Keeps its memory from commit to commit.
  std::unique_ptr<rocksdb::WriteBatch> write_ ABSL_GUARDED_BY(commit_mutex_);
  // As it is stored under kPurgeKey.
  std::optional<PendingPurge> pending_purge_ ABSL_GUARDED_BY(commit_mutex_);
  absl::Status purge_status_ ABSL_GUARDED_BY(commit_mutex_);
};

}  // namespace sightline::storage
