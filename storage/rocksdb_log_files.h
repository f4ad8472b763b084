// A log's files in a RocksDB folder: for copies of logs, whose entries nobody
// here understands.
//
// Source:  docs/formats-storage.md "Files of a log".
// Shapes:  a key is a path, its value the file; the key 01 "format" names the
//          format.
// Errors:  Open: kFailedPrecondition: the folder is in use or holds something
//          else; kNotFound: nothing there, when it is to be read only. The rest:
//          rocksdb_status.h.
// Threads: thread-safe; one writer.
// Durable: writes go to the write-ahead log in their order; Sync puts it on disk.
//          A crash loses a tail of them, never one without those after it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tiles/log_files.h"

namespace rocksdb {
class DB;
}  // namespace rocksdb

namespace sightline::storage {

struct LogFilesOptions {
  // Sees the files as they are now, takes no lock and writes nothing.
  bool read_only = false;
  size_t block_cache_bytes = size_t{32} << 20;
  size_t write_buffer_bytes = size_t{32} << 20;
  int max_open_files = 256;
};

class RocksDbLogFiles final : public tiles::LogFiles {
 public:
  // Makes the folder when it is not there.
  static absl::StatusOr<std::unique_ptr<RocksDbLogFiles>> Open(
      const std::string& path, const LogFilesOptions& options = {});

  // Whether `path` looks like a RocksDB folder, of whatever kind.
  static bool IsRocksDbFolder(const std::string& path);

  ~RocksDbLogFiles() override;

  absl::StatusOr<std::string> Read(absl::string_view path) const override;
  absl::Status Write(absl::string_view path, absl::string_view bytes) override;
  absl::Status Remove(absl::string_view path) override;
  absl::Status Sync() override;

 private:
  explicit RocksDbLogFiles(std::unique_ptr<rocksdb::DB> db);

  absl::Status CheckFormat(const std::string& path, bool may_write);

  const std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace sightline::storage
