#include "storage/rocksdb_view_store.h"

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

// Few readers, so few parts: what is read often must not push out its neighbours.
constexpr int kCacheShardBits = 3;

rocksdb::Options MakeOptions(const ViewStoreOptions& options) {
  rocksdb::Options out;
  out.create_if_missing = true;
  out.paranoid_checks = true;
  // Whatever the log of writes ends with: what came before it is whole.
  out.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  out.max_open_files = options.max_open_files;
  out.write_buffer_size = options.write_buffer_bytes;
  out.max_total_wal_size = 4 * options.write_buffer_bytes;
  out.max_log_file_size = size_t{4} << 20;
  out.keep_log_file_num = 2;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache =
      rocksdb::NewLRUCache(options.block_cache_bytes, kCacheShardBits);
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  // A whole filter is a megabyte and more for each file: too much for a part of
  // the cache, so that it would be read again from the file for every key.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.pin_top_level_index_and_filter = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return out;
}

// RocksDB has no code of its own for it.
bool IsLocked(const rocksdb::Status& status) {
  return status.IsIOError() && absl::StrContains(status.ToString(), "lock");
}

absl::Status InUse(const std::string& path) {
  return absl::FailedPreconditionError(
      absl::StrCat("the views in ", path, " are in use by another process"));
}

class RocksDbSnapshot final : public ViewSnapshot {
 public:
  explicit RocksDbSnapshot(rocksdb::DB* db)
      : db_(db), snapshot_(db->GetSnapshot()) {
    read_.snapshot = snapshot_;
    read_.verify_checksums = true;
  }
  ~RocksDbSnapshot() override { db_->ReleaseSnapshot(snapshot_); }
  RocksDbSnapshot(const RocksDbSnapshot&) = delete;
  RocksDbSnapshot& operator=(const RocksDbSnapshot&) = delete;

  absl::StatusOr<std::optional<std::string>> Get(
      absl::string_view key) const override {
    std::string value;
    const rocksdb::Status status = db_->Get(read_, ToSlice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return FromRocksDb(status);
    return value;
  }

  absl::Status Scan(absl::string_view begin, absl::string_view end,
                    ViewVisitor visit) const override {
    rocksdb::ReadOptions read = read_;
    const rocksdb::Slice bound = ToSlice(end);
    read.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read));
    for (it->Seek(ToSlice(begin)); it->Valid(); it->Next()) {
      if (!visit(ToView(it->key()), ToView(it->value()))) break;
    }
    return FromRocksDb(it->status());
  }

 private:
  rocksdb::DB* const db_;
  const rocksdb::Snapshot* const snapshot_;
  rocksdb::ReadOptions read_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RocksDbViewStore>> RocksDbViewStore::Open(
    const std::string& path, const ViewStoreOptions& options) {
  const rocksdb::Options rocksdb_options = MakeOptions(options);
  rocksdb::DB* db = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(rocksdb_options, path, &db);
  if (status.IsCorruption() ||
      FromRocksDb(status).code() == absl::StatusCode::kDataLoss) {
    status = rocksdb::DestroyDB(path, rocksdb_options);
    if (status.ok()) status = rocksdb::DB::Open(rocksdb_options, path, &db);
  }
  if (IsLocked(status)) return InUse(path);
  if (!status.ok()) return base::Annotate(FromRocksDb(status), path);
  return std::unique_ptr<RocksDbViewStore>(
      new RocksDbViewStore(std::unique_ptr<rocksdb::DB>(db)));
}

RocksDbViewStore::RocksDbViewStore(std::unique_ptr<rocksdb::DB> db)
    : db_(std::move(db)) {}

RocksDbViewStore::~RocksDbViewStore() = default;

absl::Status RocksDbViewStore::Write(const ViewBatch& batch) {
  RETURN_IF_ERROR(CheckViewBatch(batch));
  rocksdb::WriteBatch changes;
  for (const auto& [key, value] : batch.changes()) {
    if (value.has_value()) {
      changes.Put(ToSlice(key), ToSlice(*value));
    } else {
      changes.Delete(ToSlice(key));
    }
  }
  return FromRocksDb(db_->Write(rocksdb::WriteOptions(), &changes));
}

std::unique_ptr<const ViewSnapshot> RocksDbViewStore::Snapshot() const {
  return std::make_unique<RocksDbSnapshot>(db_.get());
}

absl::Status RocksDbViewStore::DropAll() {
  // No key begins with 0xff.
  return FromRocksDb(
      db_->DeleteRange(rocksdb::WriteOptions(), db_->DefaultColumnFamily(),
                       rocksdb::Slice(), rocksdb::Slice("\xff")));
}

absl::Status RemoveViews(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return absl::OkStatus();
  // Takes the lock itself.
  const rocksdb::Status status =
      rocksdb::DestroyDB(path, MakeOptions(ViewStoreOptions()));
  if (IsLocked(status)) return InUse(path);
  return base::Annotate(FromRocksDb(status), path);
}

}  // namespace sightline::storage
