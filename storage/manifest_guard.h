// A file system for RocksDB that removes nothing after the manifest could not be
// written.
//
// RocksDB's manifest names the files that the database is made of. When its write
// or sync fails, the change may be on disk or not; RocksDB then removes the files
// that a failed ingestion would have added, and if the change was on disk after
// all, the database does not open any more. Files that nobody names are removed
// when the database is next opened, so keeping them costs nothing else.
//
// Threads: thread-safe.
#pragma once

#include <memory>

#include "rocksdb/env.h"

namespace sightline::storage {

// On top of `env`, which must outlive the result.
std::unique_ptr<rocksdb::Env> MakeManifestGuard(rocksdb::Env* env);

}  // namespace sightline::storage
