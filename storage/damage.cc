#include "storage/damage.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rocksdb/write_batch.h"
#include "storage/rocksdb_database.h"
#include "storage/rocksdb_options.h"
#include "storage/rocksdb_status.h"

namespace sightline::storage {
namespace {

struct KeyValue {
  std::string key;
  std::string value;
};

std::string LastKey(Family family, const DamageSpot& spot) {
  switch (family) {
    case Family::kTiles:
      return std::string(TileKey(spot.tile_level, spot.number).view());
    case Family::kMeta:
      if (spot.number == 0) return kIndexSaltKey;
      return spot.number == 1 ? kPurgeKey : kTreeStateKey;
    case Family::kFeeds:
    case Family::kHashIndex:
      return std::string(64, '\xFF');
    default:
      return std::string(NumberKey(spot.number).view());
  }
}

absl::StatusOr<std::unique_ptr<RocksDbDatabase>> OpenExisting(
    absl::string_view path) {
  RocksDbOptions options;
  options.create_if_missing = false;
  return RocksDbDatabase::Open(path, options);
}

// Moves to the value that `spot` numbers, from 0.
void SeekToNth(uint64_t number, rocksdb::Iterator* iterator) {
  iterator->SeekToFirst();
  for (; number > 0 && iterator->Valid(); --number) iterator->Next();
}

bool IsCounted(Family family) {
  return family == Family::kHashIndex || family == Family::kFeeds;
}

absl::StatusOr<KeyValue> Find(const RocksDbDatabase& database, Family family,
                              const DamageSpot& spot) {
  const auto iterator = database.NewIterator(family);
  if (family == Family::kEntries || family == Family::kIdentities) {
    iterator->Seek(ToSlice(NumberKey(spot.number).view()));
    if (!iterator->Valid()) iterator->SeekToLast();
  } else if (IsCounted(family) && spot.number != UINT64_MAX) {
    SeekToNth(spot.number, iterator.get());
  } else {
    iterator->SeekForPrev(LastKey(family, spot));
  }
  RETURN_IF_ERROR(FromRocksDb(iterator->status()));
  const bool is_another = family == Family::kMeta && iterator->Valid() &&
                          iterator->key() != LastKey(family, spot);
  if (!iterator->Valid() || is_another) {
    return absl::NotFoundError(absl::StrCat(
        "nothing stored in ", kFamilyNames[static_cast<int>(family)]));
  }
  return KeyValue{iterator->key().ToString(), iterator->value().ToString()};
}

void FlipBit(size_t byte, std::string* bytes) {
  (*bytes)[byte < bytes->size() ? byte : bytes->size() / 2] ^= 1;
}

// Puts `next` in place of `old`, in files: a test may go on to damage those.
absl::Status Replace(const RocksDbDatabase& database, Family family,
                     const KeyValue& old, const KeyValue* next) {
  rocksdb::WriteBatch write;
  write.Delete(database.family(family), old.key);
  if (next != nullptr) {
    write.Put(database.family(family), next->key, next->value);
  }
  rocksdb::WriteOptions options;
  options.sync = true;
  RETURN_IF_ERROR(FromRocksDb(database.db()->Write(options, &write)));
  return FromRocksDb(
      database.db()->Flush(rocksdb::FlushOptions(), database.family(family)));
}

}  // namespace

absl::Status FlipStoredBit(absl::string_view path, Family family,
                           const DamageSpot& spot) {
  ASSIGN_OR_RETURN(const auto database, OpenExisting(path));
  ASSIGN_OR_RETURN(const KeyValue old, Find(*database, family, spot));
  KeyValue next = old;
  if (family == Family::kControl) {
    FlipBit(next.key.size() - 1, &next.key);
  } else if (next.value.empty()) {
    return absl::NotFoundError("the value is empty");
  } else {
    FlipBit(spot.byte, &next.value);
  }
  return Replace(*database, family, old, &next);
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> DumpStored(
    absl::string_view path) {
  RocksDbOptions options;
  options.create_if_missing = false;
  options.read_only = true;
  ASSIGN_OR_RETURN(const auto database, RocksDbDatabase::Open(path, options));
  std::vector<std::pair<std::string, std::string>> all;
  for (int i = 0; i < kFamilies; ++i) {
    const auto iterator = database->NewIterator(static_cast<Family>(i));
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
      all.emplace_back(
          absl::StrCat(kFamilyNames[i], "/", iterator->key().ToString()),
          iterator->value().ToString());
    }
    RETURN_IF_ERROR(FromRocksDb(iterator->status()));
  }
  return all;
}

absl::Status RemoveStored(absl::string_view path, Family family,
                          const DamageSpot& spot) {
  ASSIGN_OR_RETURN(const auto database, OpenExisting(path));
  ASSIGN_OR_RETURN(const KeyValue old, Find(*database, family, spot));
  return Replace(*database, family, old, nullptr);
}

}  // namespace sightline::storage
