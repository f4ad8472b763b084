// Identity and leaf hashes of entries, as the store holds them: what the hash
// index only points at.
//
// Errors:  kDataLoss: an entry below the tree size has no such hash.
// Threads: thread-compatible.
// Cost:    one point read each; the first identity hash opens an iterator.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/sha256.h"
#include "storage/recent_hashes.h"
#include "storage/rocksdb_database.h"
#include "storage/segment_reader.h"

namespace sightline::storage {

class StoredHashes {
 public:
  // `database` must outlive it. Sees no entry that came after its first read.
  explicit StoredHashes(const RocksDbDatabase* database)
      : database_(database) {}

  absl::StatusOr<crypto::Digest> Read(HashKind kind, uint64_t index);

  // Replaces `*out` by the hashes of [begin, end).
  // REQUIRES: begin < end, both in one bundle.
  absl::Status ReadRange(HashKind kind, uint64_t begin, uint64_t end,
                         std::vector<crypto::Digest>* out);

 private:
  absl::Status ReadIdentities(uint64_t begin, uint64_t end,
                              std::vector<crypto::Digest>* out);
  absl::Status ReadLeafHashes(uint64_t begin, uint64_t end,
                              std::vector<crypto::Digest>* out);

  const RocksDbDatabase* const database_;
  std::optional<SegmentReader> identities_;
};

}  // namespace sightline::storage
