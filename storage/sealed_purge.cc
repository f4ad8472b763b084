#include "storage/sealed_purge.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rocksdb/db.h"
#include "rocksdb/metadata.h"
#include "rocksdb/options.h"
#include "storage/rocksdb_status.h"

namespace sightline::storage {
namespace {

// RocksDB removes files on threads of its own, some moments after they went out of
// use.
constexpr int kLooks = 200;
constexpr int kLookMicros = 20'000;

// Tables of sealed payloads that reach into the range, and logs that hold
// anything.
absl::StatusOr<std::vector<std::string>> FilesWith(
    const RocksDbDatabase& database, const std::string& first,
    const std::string& last) {
  std::vector<std::string> out;
  std::vector<rocksdb::LiveFileMetaData> tables;
  database.db()->GetLiveFilesMetaData(&tables);
  const std::string family = database.family(Family::kSealed)->GetName();
  for (const rocksdb::LiveFileMetaData& table : tables) {
    if (table.column_family_name != family || table.smallestkey > last ||
        table.largestkey < first) {
      continue;
    }
    out.push_back(absl::StrCat(table.db_path, table.name));
  }
  std::vector<std::string> names;
  RETURN_IF_ERROR(
      FromRocksDb(database.env()->GetChildren(database.path(), &names)));
  for (const std::string& name : names) {
    if (!absl::EndsWith(name, ".log")) continue;
    std::string path = absl::StrCat(database.path(), "/", name);
    uint64_t size = 0;
    const rocksdb::Status status = database.env()->GetFileSize(path, &size);
    if (status.ok() && size > 0) out.push_back(std::move(path));
  }
  return out;
}

absl::Status FlushAll(const RocksDbDatabase& database) {
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  for (int i = 0; i < kFamilies; ++i) {
    families.push_back(database.family(static_cast<Family>(i)));
  }
  return FromRocksDb(database.db()->Flush(rocksdb::FlushOptions(), families));
}

absl::Status Rewrite(const RocksDbDatabase& database, const std::string& first,
                     const std::string& last) {
  rocksdb::CompactRangeOptions options;
  // Also the lowest level, which is where a payload outlives its tombstone.
  options.bottommost_level_compaction =
      rocksdb::BottommostLevelCompaction::kForceOptimized;
  const rocksdb::Slice begin(first);
  const rocksdb::Slice end(last);
  return FromRocksDb(database.db()->CompactRange(
      options, database.family(Family::kSealed), &begin, &end));
}

absl::Status AwaitGone(const RocksDbDatabase& database,
                       const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    int looks = 0;
    while (!database.env()->FileExists(file).IsNotFound()) {
      if (++looks == kLooks) {
        return absl::UnavailableError(
            absl::StrCat(file, " is still there after a purge"));
      }
      database.env()->SleepForMicroseconds(kLookMicros);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PurgeSealed(const RocksDbDatabase& database,
                         const PendingPurge& purge) {
  const std::string first(NumberKey(purge.first).view());
  const std::string last(NumberKey(purge.last).view());
  // What commits wrote before this is in these files or in memory.
  ASSIGN_OR_RETURN(const std::vector<std::string> before,
                   FilesWith(database, first, last));
  RETURN_IF_ERROR(FlushAll(database));
  RETURN_IF_ERROR(Rewrite(database, first, last));
  return AwaitGone(database, before);
}

}  // namespace sightline::storage
