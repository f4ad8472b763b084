// RocksDB's statuses as ours.
//
// Errors:  NotFound -> kNotFound; Corruption and a missing file -> kDataLoss; a
//          full disk -> kResourceExhausted; other I/O, busy, timed out ->
//          kUnavailable; the rest is a wrong call of ours -> kInternal.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "rocksdb/slice.h"
#include "rocksdb/status.h"

namespace sightline::storage {

// For reads, and for everything that is no commit.
absl::Status FromRocksDb(const rocksdb::Status& status);

// For a write that RocksDB refused or failed. It may have reached the disk or
// not, a full disk included (the write fails, the bytes before it stay), so the
// code is kUnavailable or kInternal and the message says so.
absl::Status UnknownOutcome(const rocksdb::Status& status);

inline rocksdb::Slice ToSlice(absl::string_view bytes) {
  return rocksdb::Slice(bytes.data(), bytes.size());
}

inline absl::string_view ToView(const rocksdb::Slice& slice) {
  return absl::string_view(slice.data(), slice.size());
}

}  // namespace sightline::storage
