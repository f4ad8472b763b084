// From an identity or leaf hash to the entry that has it, at a cost per entry
// that does not grow with the log.
//
// Source:  docs/formats.md "Storage", family hash_index; docs/adr.
// Shapes:  entries [0, n), cut into runs. The newest runs are in memory
//          (recent_hashes.h); a full one goes to a file (index_run.h), and four
//          files of a size become one, so that there are few at any size: at most
//          three of each size.
// Errors:  kDataLoss: the index and what it points at disagree. AwaitRoom: what
//          went wrong with a file in the background, for good.
// Threads: one thread appends; any thread finds. A thread of its own writes files.
// Durable: nothing is lost: what is not in a file yet is read back from the
//          entries' own hashes when the store is opened, at most three runs of it.
// Cost:    Append: two insertions into a table per entry. Find, of a hash that is not
//          there: a cache line per run; of one that is there: two point reads.
//          Memory: 92 bytes per entry not in a file, 4 bytes per entry in one.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/mutex.h"
#include "crypto/sha256.h"
#include "storage/fingerprint.h"
#include "storage/index_run.h"
#include "storage/recent_hashes.h"
#include "storage/rocksdb_database.h"

namespace sightline::storage {

class HashIndex {
 public:
  // Reads the runs and what came after them. `database` must outlive the index.
  // Writes no files when the database is read-only.
  static absl::StatusOr<std::unique_ptr<HashIndex>> Open(
      const RocksDbDatabase* database, const FingerprintSalt& salt,
      uint64_t tree_size);

  // Abandons a merge under way and joins the thread.
  ~HashIndex();

  HashIndex(const HashIndex&) = delete;
  HashIndex& operator=(const HashIndex&) = delete;

  // Waits while more than one full run has not gone to its file yet. To be called
  // before the entries of an Append are stored, since that cannot fail any more.
  absl::Status AwaitRoom() ABSL_LOCKS_EXCLUDED(mutex_);

  // Adds the next entries. REQUIRES: they are in the store; as many of both.
  void Append(absl::Span<const crypto::Digest> identity_hashes,
              absl::Span<const crypto::Digest> leaf_hashes);

  // For each hash the index of an entry that has it, if any.
  absl::Status Find(HashKind kind, absl::Span<const crypto::Digest> hashes,
                    std::vector<std::optional<uint64_t>>* out) const;

  // Whether every run in a file is well formed (index_run.h, CheckRun).
  absl::Status CheckRuns() const ABSL_LOCKS_EXCLUDED(mutex_);

  // Waits until every full run is in a file and no merge is due.
  absl::Status WaitUntilIdle();

  // Ranges of the runs in files, ascending.
  std::vector<RunRange> Runs() const;

 private:
  using Run = std::shared_ptr<const IndexRun>;
  // Replaced as a whole, so that a reader keeps what it started with. A view and
  // the index own the runs together.
  struct View {
    std::vector<Run> runs;
    std::vector<std::shared_ptr<const RecentHashes>> recent;
  };

  HashIndex(const RocksDbDatabase* database, const FingerprintSalt& salt);

  absl::Status LoadRuns(uint64_t tree_size);
  absl::Status Replay(uint64_t tree_size);
  void StartRun() ABSL_LOCKS_EXCLUDED(mutex_);

  absl::Status FindIn(const View& view, HashKind kind,
                      absl::Span<const crypto::Digest> hashes,
                      std::vector<std::optional<uint64_t>>* out) const;
  std::shared_ptr<const View> view() const ABSL_LOCKS_EXCLUDED(mutex_);

  // The background thread.
  void RunBackground();
  bool AwaitWork() ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status BackgroundStep();
  absl::Status WriteWaiting();
  absl::Status MergeDue();
  absl::Status PauseMerge();
  void PublishRun(Run run) ABSL_LOCKS_EXCLUDED(mutex_);
  void PublishMerge(absl::Span<const Run> old_runs, Run run)
      ABSL_LOCKS_EXCLUDED(mutex_);
  absl::StatusOr<bool> HasRoomFor(absl::Span<const Run> runs);
  std::vector<Run> DueRuns() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int SizeClass(const IndexRun& run) const;

  const RocksDbDatabase* const database_;
  const FingerprintSalt salt_;
  const uint32_t run_entries_;
  std::shared_ptr<RecentHashes> current_;  // the appending thread's

  mutable base::Mutex mutex_;
  base::CondVar changed_;
  std::shared_ptr<const View> view_ ABSL_GUARDED_BY(mutex_);
  // Full runs of view_->recent, oldest first.
  std::deque<std::shared_ptr<const RecentHashes>> waiting_
      ABSL_GUARDED_BY(mutex_);
  bool idle_ ABSL_GUARDED_BY(mutex_) = true;
  // The disk had no room for a merge; asked again after the next run.
  bool merges_put_off_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);

  std::thread thread_;
};

}  // namespace sightline::storage
