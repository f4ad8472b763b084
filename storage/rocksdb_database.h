// An open data folder: RocksDB with our column families, options and format.
//
// Source:  docs/formats.md "Storage".
// Errors:  Open: kFailedPrecondition: the folder is in use, of another format
//          version, or holds something else; kNotFound: no store there;
//          kDataLoss: files are missing or damaged. The rest: rocksdb_status.h.
// Threads: thread-safe.
// Durable: Open of a new folder returns when the empty store is on disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "rocksdb/iterator.h"
#include "rocksdb/options.h"
#include "storage/rocksdb_layout.h"
#include "storage/rocksdb_options.h"

namespace sightline::storage {

class RocksDbDatabase {
 public:
  static absl::StatusOr<std::unique_ptr<RocksDbDatabase>> Open(
      absl::string_view path, const RocksDbOptions& options);

  ~RocksDbDatabase();
  RocksDbDatabase(const RocksDbDatabase&) = delete;
  RocksDbDatabase& operator=(const RocksDbDatabase&) = delete;

  rocksdb::DB* db() const { return db_.get(); }
  rocksdb::ColumnFamilyHandle* family(Family family) const {
    return handles_[static_cast<size_t>(family)];
  }
  const std::string& path() const { return path_; }
  const RocksDbOptions& options() const { return options_; }
  rocksdb::Env* env() const { return env_.get(); }

  // kNotFound when there is no such key.
  absl::Status Get(Family family, absl::string_view key,
                   rocksdb::PinnableSlice* value) const;

  // Reads blocks past the cache when `scan`: a long walk must not push out what
  // others need.
  std::unique_ptr<rocksdb::Iterator> NewIterator(Family family,
                                                 bool scan = false) const;

  // One synced write of a single key.
  absl::Status Put(Family family, absl::string_view key,
                   absl::string_view value);

  absl::Status Delete(Family family, absl::string_view key);

  absl::StatusOr<uint64_t> FreeBytes() const;

  // As the family was opened with, for a file that is to be ingested.
  rocksdb::Options FileOptions(Family family) const;

  // Path of the folder for such files, which is on the same file system.
  std::string IngestPath() const;

 private:
  RocksDbDatabase(absl::string_view path, const RocksDbOptions& options);

  absl::Status OpenFolder();
  absl::Status PrepareFolder();
  absl::Status CheckFormat();
  absl::Status CheckWriteAheadLogs();
  absl::Status WriteFormat();
  absl::Status OpenDb();
  absl::Status OpenReadOnly();
  absl::Status ClearIngestFolder();

  const std::string path_;
  const RocksDbOptions options_;
  const std::unique_ptr<rocksdb::Env> env_;
  rocksdb::DBOptions db_options_;
  std::vector<rocksdb::ColumnFamilyDescriptor> families_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

}  // namespace sightline::storage
