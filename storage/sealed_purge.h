// Destroys payloads that were deleted or replaced in RocksDB: there they stay in
// the write-ahead log, in tables and beneath tombstones until files are rewritten.
//
// Errors:  kUnavailable: old files are still there; ask again. Then
//          rocksdb_status.h.
// Threads: any thread; commits go on meanwhile.
// Cost:    flushes every family, and rewrites the tables of sealed payloads that
//          reach into the range.
//
// What a file system, a backup or a snapshot keeps of removed files is beyond it.
#pragma once

#include "absl/status/status.h"
#include "storage/rocksdb_database.h"
#include "storage/rocksdb_layout.h"

namespace sightline::storage {

absl::Status PurgeSealed(const RocksDbDatabase& database,
                         const PendingPurge& purge);

}  // namespace sightline::storage
