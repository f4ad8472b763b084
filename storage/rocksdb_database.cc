#include "storage/rocksdb_database.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/manifest_guard.h"
#include "storage/rocksdb_status.h"
#include "storage/rocksdb_tuning.h"
#include "storage/wal_tail.h"

namespace sightline::storage {
namespace {

// Attempts at a read-only view while a writer replaces the files it is made of.
constexpr int kReadOnlyAttempts = 5;

std::string Parent(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string WithoutTrailingSlash(absl::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return std::string(path);
}

absl::Status SyncFolder(rocksdb::Env* env, const std::string& path) {
  std::unique_ptr<rocksdb::Directory> folder;
  RETURN_IF_ERROR(FromRocksDb(env->NewDirectory(path, &folder)));
  return FromRocksDb(folder->Fsync());
}

// The last of the blocks that a write-ahead log is made of.
rocksdb::Status ReadLastBlock(rocksdb::Env* env, const std::string& file,
                              std::string* block) {
  uint64_t size = 0;
  rocksdb::Status status = env->GetFileSize(file, &size);
  if (!status.ok() || size == 0) return status;
  const uint64_t begin = (size - 1) / kWalBlockBytes * kWalBlockBytes;
  std::unique_ptr<rocksdb::RandomAccessFile> reader;
  status = env->NewRandomAccessFile(file, &reader, rocksdb::EnvOptions());
  if (!status.ok()) return status;
  std::string space(size - begin, '\0');
  rocksdb::Slice read;
  status = reader->Read(begin, space.size(), &read, space.data());
  *block = read.ToString();
  return status;
}

absl::StatusOr<std::vector<std::string>> FilesIn(rocksdb::Env* env,
                                                 const std::string& path) {
  std::vector<std::string> all;
  RETURN_IF_ERROR(FromRocksDb(env->GetChildren(path, &all)));
  std::vector<std::string> files;
  for (std::string& name : all) {
    if (name != "." && name != "..") files.push_back(std::move(name));
  }
  return files;
}

// RocksDB has no code of its own for a lock that somebody else holds.
bool IsLocked(const rocksdb::Status& status) {
  return status.IsIOError() && absl::StrContains(status.ToString(), "/LOCK");
}

absl::Status NoStore(const std::string& path) {
  return absl::NotFoundError(absl::StrCat("no store in ", path));
}

}  // namespace

RocksDbDatabase::RocksDbDatabase(absl::string_view path,
                                 const RocksDbOptions& options)
    : path_(WithoutTrailingSlash(path)),
      options_(options),
      env_(MakeManifestGuard(options.env != nullptr ? options.env
                                                    : rocksdb::Env::Default())),
      db_options_(MakeDbOptions(options, env_.get())),
      families_(MakeFamilies(options)) {}

RocksDbDatabase::~RocksDbDatabase() {
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  if (db_ != nullptr) db_->Close().PermitUncheckedError();
}

absl::StatusOr<std::unique_ptr<RocksDbDatabase>> RocksDbDatabase::Open(
    absl::string_view path, const RocksDbOptions& options) {
  RETURN_IF_ERROR(options.Validate());
  std::unique_ptr<RocksDbDatabase> database(new RocksDbDatabase(path, options));
  RETURN_IF_ERROR(database->OpenFolder());
  return database;
}

absl::Status RocksDbDatabase::OpenFolder() {
  RETURN_IF_ERROR(PrepareFolder());
  RETURN_IF_ERROR(CheckWriteAheadLogs());
  if (options_.read_only) return OpenReadOnly();
  RETURN_IF_ERROR(OpenDb());
  return ClearIngestFolder();
}

absl::Status RocksDbDatabase::PrepareFolder() {
  const bool may_create = options_.create_if_missing && !options_.read_only;
  if (env_->FileExists(path_).IsNotFound()) {
    if (!may_create) return NoStore(path_);
    RETURN_IF_ERROR(FromRocksDb(env_->CreateDirIfMissing(path_)));
    RETURN_IF_ERROR(SyncFolder(env(), Parent(path_)));
  }
  if (env_->FileExists(absl::StrCat(path_, "/", kFormatFile)).ok()) {
    return CheckFormat();
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> files, FilesIn(env(), path_));
  for (const std::string& name : files) {
    if (absl::StartsWith(name, kFormatFile)) continue;  // half written
    return absl::FailedPreconditionError(
        absl::StrCat(path_, " holds files but is no data folder: ", name));
  }
  return may_create ? WriteFormat() : NoStore(path_);
}

absl::Status RocksDbDatabase::CheckFormat() {
  std::string line;
  RETURN_IF_ERROR(FromRocksDb(rocksdb::ReadFileToString(
      env(), absl::StrCat(path_, "/", kFormatFile), &line)));
  if (line != kFormatLine) {
    return absl::FailedPreconditionError(
        absl::StrCat("data folder ", path_, " has another format: '",
                     absl::string_view(line).substr(0, line.find('\n')),
                     "', want '", "sightline store 1'"));
  }
  if (env_->FileExists(path_ + "/CURRENT").ok()) return absl::OkStatus();
  // Either a crash while the store was being made, or what named it is gone.
  ASSIGN_OR_RETURN(const std::vector<std::string> files, FilesIn(env(), path_));
  for (const std::string& name : files) {
    if (absl::EndsWith(name, ".sst") || absl::EndsWith(name, ".log")) {
      return absl::DataLossError(
          absl::StrCat("data folder ", path_, " has lost its file CURRENT"));
    }
  }
  const bool may_create = options_.create_if_missing && !options_.read_only;
  return may_create ? absl::OkStatus() : NoStore(path_);
}

// Before RocksDB drops what it takes for a record that was never finished.
absl::Status RocksDbDatabase::CheckWriteAheadLogs() {
  ASSIGN_OR_RETURN(const std::vector<std::string> files, FilesIn(env(), path_));
  for (const std::string& name : files) {
    if (!absl::EndsWith(name, ".log")) continue;
    const std::string file = absl::StrCat(path_, "/", name);
    std::string block;
    const rocksdb::Status read = ReadLastBlock(env(), file, &block);
    if (read.IsNotFound()) continue;  // a running server has removed it
    RETURN_IF_ERROR(FromRocksDb(read));
    const absl::Status tail = CheckWalTail(block);
    if (!tail.ok()) return base::Annotate(tail, file);
  }
  return absl::OkStatus();
}

absl::Status RocksDbDatabase::WriteFormat() {
  const std::string name = absl::StrCat(path_, "/", kFormatFile);
  RETURN_IF_ERROR(FromRocksDb(rocksdb::WriteStringToFile(
      env(), kFormatLine, name + ".tmp", /*should_sync=*/true)));
  RETURN_IF_ERROR(FromRocksDb(env_->RenameFile(name + ".tmp", name)));
  return SyncFolder(env(), path_);
}

absl::Status RocksDbDatabase::OpenDb() {
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(db_options_, path_, families_, &handles_, &db);
  db_.reset(db);
  if (IsLocked(status)) {
    return absl::FailedPreconditionError(
        absl::StrCat("data folder ", path_,
                     " is in use by another process; stop "
                     "that one first, or give this one a folder of its own (",
                     status.ToString(), ")"));
  }
  return base::Annotate(FromRocksDb(status),
                        absl::StrCat("data folder ", path_));
}

absl::Status RocksDbDatabase::OpenReadOnly() {
  rocksdb::Status status;
  for (int i = 0; i < kReadOnlyAttempts; ++i) {
    rocksdb::DB* db = nullptr;
    status = rocksdb::DB::OpenForReadOnly(db_options_, path_, families_,
                                          &handles_, &db);
    db_.reset(db);
    if (status.ok()) return absl::OkStatus();
  }
  return base::Annotate(FromRocksDb(status),
                        absl::StrCat("data folder ", path_, ", read-only"));
}

absl::Status RocksDbDatabase::ClearIngestFolder() {
  const std::string folder = IngestPath();
  RETURN_IF_ERROR(FromRocksDb(env_->CreateDirIfMissing(folder)));
  ASSIGN_OR_RETURN(const std::vector<std::string> files,
                   FilesIn(env(), folder));
  for (const std::string& name : files) {
    RETURN_IF_ERROR(
        FromRocksDb(env_->DeleteFile(absl::StrCat(folder, "/", name))));
  }
  return absl::OkStatus();
}

absl::Status RocksDbDatabase::Get(Family which, absl::string_view key,
                                  rocksdb::PinnableSlice* value) const {
  return FromRocksDb(
      db_->Get(rocksdb::ReadOptions(), family(which), ToSlice(key), value));
}

std::unique_ptr<rocksdb::Iterator> RocksDbDatabase::NewIterator(
    Family which, bool scan) const {
  rocksdb::ReadOptions read;
  read.fill_cache = !scan;
  return std::unique_ptr<rocksdb::Iterator>(
      db_->NewIterator(read, family(which)));
}

absl::Status RocksDbDatabase::Put(Family which, absl::string_view key,
                                  absl::string_view value) {
  rocksdb::WriteOptions write;
  write.sync = true;
  return FromRocksDb(
      db_->Put(write, family(which), ToSlice(key), ToSlice(value)));
}

absl::Status RocksDbDatabase::Delete(Family which, absl::string_view key) {
  rocksdb::WriteOptions write;
  write.sync = true;
  return FromRocksDb(db_->Delete(write, family(which), ToSlice(key)));
}

absl::StatusOr<uint64_t> RocksDbDatabase::FreeBytes() const {
  uint64_t bytes = 0;
  RETURN_IF_ERROR(FromRocksDb(env_->GetFreeSpace(path_, &bytes)));
  return bytes;
}

rocksdb::Options RocksDbDatabase::FileOptions(Family which) const {
  return rocksdb::Options(db_options_,
                          families_[static_cast<size_t>(which)].options);
}

std::string RocksDbDatabase::IngestPath() const {
  return absl::StrCat(path_, "/", kIngestFolder);
}

}  // namespace sightline::storage
