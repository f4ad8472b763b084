// A run of the hash index: which entries of [begin, end) have a hash with a given
// fingerprint, in one file that is never changed.
//
// Source:  docs/formats.md "Storage", family hash_index.
// Shapes:  2^b buckets per kind of hash, by the fingerprint's b high bits, of
//          about 256 records each; a record is the fingerprint (8 bytes) and the
//          entry's offset from begin (4 bytes), both big-endian. Beside them one
//          filter per kind, which stays in memory.
// Errors:  kNotFound: the run is not there (any more). kDataLoss: it does not read
//          back as it must. kCancelled: from the caller's `pause`.
// Threads: an IndexRun is immutable; any thread.
// Durable: WriteRun and MergeRuns return when the run is on disk; before that,
//          nothing of it is to be seen.
// Cost:    Find: one point read. WriteRun, MergeRuns: a few copies of 12 bytes per
//          record, written and read in order; no comparison of hashes.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/hash_filter.h"
#include "storage/recent_hashes.h"
#include "storage/rocksdb_database.h"

namespace sightline::storage {

// Entries of a run at most: offsets have 32 bits, and a file should stay one that
// can be copied.
inline constexpr uint64_t kMaxRunEntries = uint64_t{1} << 27;

struct RunRange {
  uint64_t begin = 0;
  uint64_t end = 0;

  friend bool operator==(const RunRange&, const RunRange&) = default;
};

class IndexRun {
 public:
  IndexRun(RunRange range, int bucket_bits);

  // Reads header and filters of a stored run.
  static absl::StatusOr<std::shared_ptr<const IndexRun>> Load(
      const RocksDbDatabase& database, RunRange range);

  RunRange range() const { return range_; }
  uint64_t size() const { return range_.end - range_.begin; }
  int bucket_bits() const { return bucket_bits_; }

  const HashFilter& filter(HashKind kind) const {
    return filters_[static_cast<int>(kind)];
  }
  // While the run is being made.
  HashFilter& filter(HashKind kind) { return filters_[static_cast<int>(kind)]; }

  // Appends the indices of all entries whose hash has `fingerprint`.
  absl::Status Find(const RocksDbDatabase& database, HashKind kind,
                    uint64_t fingerprint, std::vector<uint64_t>* indices) const;

 private:
  absl::Status LoadFilter(const RocksDbDatabase& database, HashKind kind);

  const RunRange range_;
  const int bucket_bits_;
  HashFilter filters_[kHashKinds];
};

// Every stored run, by begin, then end.
absl::StatusOr<std::vector<RunRange>> ListRuns(const RocksDbDatabase& database);

// Whether the stored run is well formed: at most one record for an entry and kind of
// hash, each in the bucket of its fingerprint; filters that hold exactly those. kDataLoss:
// not. Takes memory for one more filter.
absl::Status CheckRun(const RocksDbDatabase& database, const IndexRun& run);

// Stores what `recent` holds. REQUIRES: nobody appends to it any more.
absl::StatusOr<std::shared_ptr<const IndexRun>> WriteRun(
    const RocksDbDatabase& database, const RecentHashes& recent);

// Stores one run in place of several. `pause` is called every now and then; when
// it fails, so does the merge, with that status and no trace. The old runs stay.
// REQUIRES: each run begins where the one before it ends; all together have at
// most kMaxRunEntries.
absl::StatusOr<std::shared_ptr<const IndexRun>> MergeRuns(
    const RocksDbDatabase& database,
    absl::Span<const std::shared_ptr<const IndexRun>> runs,
    absl::FunctionRef<absl::Status()> pause);

// Removes a run's file. Reads of the run answer kNotFound from then on.
absl::Status DeleteRun(const RocksDbDatabase& database, RunRange range);

}  // namespace sightline::storage
