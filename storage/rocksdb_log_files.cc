#include "storage/rocksdb_log_files.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rocksdb/cache.h"
#include "rocksdb/db.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/options.h"
#include "rocksdb/table.h"
#include "rocksdb/write_batch.h"
#include "storage/rocksdb_status.h"

namespace sightline::storage {
namespace {

constexpr absl::string_view kFormatKey =
    "\x01"
    "format";
constexpr absl::string_view kFormat = "sightline-log-files/v1";

rocksdb::Options MakeOptions(const LogFilesOptions& options) {
  rocksdb::Options out;
  out.create_if_missing = !options.read_only;
  out.paranoid_checks = true;
  // Whatever the log of writes ends with: what came before it is whole.
  out.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  out.max_open_files = options.max_open_files;
  out.write_buffer_size = options.write_buffer_bytes;
  out.max_total_wal_size = 4 * options.write_buffer_bytes;
  out.max_log_file_size = size_t{4} << 20;
  out.keep_log_file_num = 2;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.cache_index_and_filter_blocks = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return out;
}

// RocksDB has no code of its own for it.
bool IsLocked(const rocksdb::Status& status) {
  return status.IsIOError() && absl::StrContains(status.ToString(), "lock");
}

// Whether there is nothing but what RocksDB begins a folder with, which a crash
// may have left.
bool IsUnbegun(const std::string& path) {
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(path, error)) {
    const std::string name = file.path().filename().string();
    if (name != "LOCK" && name != "IDENTITY" && name != "LOG" &&
        !absl::StartsWith(name, "LOG.old.") &&
        !absl::StartsWith(name, "MANIFEST-") &&
        !absl::StartsWith(name, "OPTIONS-") &&
        !absl::EndsWith(name, ".dbtmp")) {
      return false;
    }
  }
  return true;
}

absl::Status SomethingElse(const std::string& path) {
  return absl::FailedPreconditionError(
      absl::StrCat(path, " is a RocksDB folder, but not one of a log's files"));
}

rocksdb::Status OpenDb(const std::string& path, const LogFilesOptions& options,
                       rocksdb::DB** db) {
  const rocksdb::Options rocksdb_options = MakeOptions(options);
  if (options.read_only) {
    return rocksdb::DB::OpenForReadOnly(rocksdb_options, path, db);
  }
  return rocksdb::DB::Open(rocksdb_options, path, db);
}

}  // namespace

bool RocksDbLogFiles::IsRocksDbFolder(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path + "/CURRENT", ignored);
}

absl::StatusOr<std::unique_ptr<RocksDbLogFiles>> RocksDbLogFiles::Open(
    const std::string& path, const LogFilesOptions& options) {
  const bool is_new = !IsRocksDbFolder(path);
  std::error_code error;
  if (is_new && options.read_only) {
    return absl::NotFoundError(absl::StrCat("no RocksDB folder ", path));
  }
  if (is_new && std::filesystem::exists(path, error) && !IsUnbegun(path)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " holds files, but is no RocksDB folder"));
  }
  if (is_new) std::filesystem::create_directories(path, error);
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = OpenDb(path, options, &db);
  if (IsLocked(status)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is in use by another process"));
  }
  // A store's folder has families that this one knows nothing of.
  if (status.IsInvalidArgument()) return SomethingElse(path);
  if (!status.ok()) return base::Annotate(FromRocksDb(status), path);
  std::unique_ptr<RocksDbLogFiles> files(
      new RocksDbLogFiles(std::unique_ptr<rocksdb::DB>(db)));
  RETURN_IF_ERROR(files->CheckFormat(path, !options.read_only));
  return files;
}

RocksDbLogFiles::RocksDbLogFiles(std::unique_ptr<rocksdb::DB> db)
    : db_(std::move(db)) {}

RocksDbLogFiles::~RocksDbLogFiles() = default;

absl::Status RocksDbLogFiles::CheckFormat(const std::string& path,
                                          bool may_write) {
  const absl::StatusOr<std::string> format = Read(kFormatKey);
  if (format.ok() && *format == kFormat) return absl::OkStatus();
  if (!absl::IsNotFound(format.status())) {
    RETURN_IF_ERROR(format.status());
    return SomethingElse(path);
  }
  // Empty: new, or a crash came before the format did.
  const std::unique_ptr<rocksdb::Iterator> any(
      db_->NewIterator(rocksdb::ReadOptions()));
  any->SeekToFirst();
  if (any->Valid() || !any->status().ok() || !may_write) {
    return SomethingElse(path);
  }
  RETURN_IF_ERROR(Write(kFormatKey, kFormat));
  return Sync();
}

absl::StatusOr<std::string> RocksDbLogFiles::Read(
    absl::string_view path) const {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  std::string bytes;
  const rocksdb::Status status = db_->Get(options, ToSlice(path), &bytes);
  if (status.IsNotFound()) {
    return absl::NotFoundError(absl::StrCat("no file ", path));
  }
  if (!status.ok()) return base::Annotate(FromRocksDb(status), path);
  return bytes;
}

absl::Status RocksDbLogFiles::Write(absl::string_view path,
                                    absl::string_view bytes) {
  return FromRocksDb(
      db_->Put(rocksdb::WriteOptions(), ToSlice(path), ToSlice(bytes)));
}

absl::Status RocksDbLogFiles::Remove(absl::string_view path) {
  rocksdb::WriteBatch changes;
  changes.Delete(ToSlice(path));
  const std::string below = absl::StrCat(path, "/");
  rocksdb::ReadOptions options;
  const std::string end = absl::StrCat(path, "0");  // '/' + 1
  const rocksdb::Slice bound = ToSlice(end);
  options.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options));
  for (it->Seek(ToSlice(below)); it->Valid(); it->Next()) {
    changes.Delete(it->key());
  }
  if (!it->status().ok()) return FromRocksDb(it->status());
  return FromRocksDb(db_->Write(rocksdb::WriteOptions(), &changes));
}

absl::Status RocksDbLogFiles::Sync() {
  return FromRocksDb(db_->FlushWAL(/*sync=*/true));
}

}  // namespace sightline::storage
