// Walks the segments of a column family: what each batch added to each bundle.
//
// Source:  docs/formats.md "Storage"; rocksdb_layout.h.
// Errors:  kDataLoss: no segment where there must be one.
// Threads: thread-compatible; sees the store as it was when it was made.
#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "rocksdb/iterator.h"
#include "storage/rocksdb_database.h"
#include "storage/rocksdb_layout.h"

namespace sightline::storage {

class SegmentReader {
 public:
  // `database` must outlive the reader. `scan`: see RocksDbDatabase.
  SegmentReader(const RocksDbDatabase& database, Family family, bool scan);

  // Moves to the segment that must hold `index`.
  absl::Status Seek(uint64_t index);

  // Moves to the segment after this one. kNotFound at the end.
  absl::Status Next();

  // Moves to the last segment of all. kNotFound when there is none.
  absl::Status SeekToLast();

  // The segment holds entries [begin(), end()).
  uint64_t begin() const { return range_.begin; }
  uint64_t end() const { return range_.end; }
  // Valid until the reader moves.
  absl::string_view value() const;

 private:
  absl::Status Read();

  const Family family_;
  const std::unique_ptr<rocksdb::Iterator> iterator_;
  SegmentRange range_;
};

}  // namespace sightline::storage
