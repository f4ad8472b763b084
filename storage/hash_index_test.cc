#include "storage/hash_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/status_matchers.h"
#include "crypto/sha256.h"
#include "storage/index_run.h"
#include "storage/recent_hashes.h"
#include "storage/rocksdb_database.h"
#include "storage/rocksdb_log_store.h"
#include "storage/temp_folder.h"
#include "storage/test_log.h"

namespace sightline::storage {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr FingerprintSalt kSalt = {0x1234567890ABCDEF, 0xFEDCBA0987654321};

RocksDbOptions SmallRuns(uint32_t run_entries = 16) {
  RocksDbOptions options;
  options.index_run_entries = run_entries;
  options.reserve_bytes = 0;
  return options;
}

std::vector<crypto::Digest> Identities(const TestLog& log, uint64_t begin,
                                       uint64_t end) {
  std::vector<crypto::Digest> hashes;
  for (; begin < end; ++begin) hashes.push_back(log.IdentityHash(begin));
  return hashes;
}

void Fill(const std::string& path, TestLog& log, uint64_t entries) {
  ASSERT_OK_AND_ASSIGN(const auto store,
                       RocksDbLogStore::Open(path, SmallRuns(1u << 20)));
  while (log.size() < entries) {
    ASSERT_OK(
        store->Commit(log.Make(std::min<uint64_t>(100, entries - log.size()))));
    log.Adopt();
  }
}

// An open database and its hash index, without the store around them.
struct OpenIndex {
  std::unique_ptr<RocksDbDatabase> database;
  std::unique_ptr<HashIndex> index;
};

OpenIndex OpenIndexAt(const std::string& path, uint64_t tree_size,
                      const RocksDbOptions& options = SmallRuns()) {
  OpenIndex open;
  auto database = RocksDbDatabase::Open(path, options);
  EXPECT_OK(database);
  open.database = *std::move(database);
  auto index = HashIndex::Open(open.database.get(), kSalt, tree_size);
  EXPECT_OK(index);
  if (index.ok()) open.index = *std::move(index);
  return open;
}

void ExpectFindsAll(const HashIndex& index, const TestLog& log) {
  std::vector<std::optional<uint64_t>> found;
  ASSERT_OK(index.Find(HashKind::kIdentity, Identities(log, 0, log.size() + 50),
                       &found));
  for (uint64_t i = 0; i < found.size(); ++i) {
    if (i < log.size()) {
      ASSERT_EQ(found[i], i);
      std::vector<std::optional<uint64_t>> leaf;
      ASSERT_OK(index.Find(HashKind::kLeaf, {log.LeafHash(i)}, &leaf));
      ASSERT_EQ(leaf[0], i);
    } else {
      ASSERT_EQ(found[i], std::nullopt) << i;
    }
  }
}

TEST(RecentHashes, FindsTheFirstOfEqualHashes) {
  RecentHashes recent(1000, 64, kSalt);
  const std::vector<crypto::Digest> same(64, crypto::Digest{7});
  recent.Append(same, same);
  EXPECT_EQ(recent.Find(HashKind::kIdentity, same[0]), 1000);
  int distinct = 0;
  recent.ForEach(HashKind::kLeaf, [&](uint64_t, uint32_t offset) {
    EXPECT_EQ(offset, 0u);
    ++distinct;
  });
  EXPECT_EQ(distinct, 1);
}

TEST(RecentHashes, FindsAllWhenFull) {
  const TestLog log;
  const std::vector<crypto::Digest> hashes = Identities(log, 0, 1000);
  RecentHashes recent(5, 1000, kSalt);
  recent.Append(hashes, hashes);
  EXPECT_EQ(recent.room(), 0u);
  for (size_t i = 0; i < hashes.size(); ++i) {
    ASSERT_EQ(recent.Find(HashKind::kLeaf, hashes[i]), 5 + i);
  }
  EXPECT_EQ(recent.Find(HashKind::kLeaf, log.IdentityHash(1000)), std::nullopt);
}

TEST(HashIndex, MergesRunsOfASizeByFour) {
  const TempFolder folder;
  TestLog log;
  Fill(folder.Store(), log, 16 * 27 + 3);
  const OpenIndex open = OpenIndexAt(folder.Store(), log.size());
  ASSERT_OK(open.index->WaitUntilIdle());
  // 27 = 123 to the base of four.
  EXPECT_THAT(
      open.index->Runs(),
      ElementsAre(RunRange{0, 256}, RunRange{256, 320}, RunRange{320, 384},
                  RunRange{384, 400}, RunRange{400, 416}, RunRange{416, 432}));
  ExpectFindsAll(*open.index, log);
  // Merged runs are gone from the disk, too.
  EXPECT_THAT(ListRuns(*open.database), IsOkAndHolds(open.index->Runs()));
  EXPECT_TRUE(std::filesystem::is_empty(open.database->IngestPath()));
}

TEST(HashIndex, MergesRunsOfManyBuckets) {
  const TempFolder folder;
  TestLog log;
  Fill(folder.Store(), log, 4 * 700 + 1);
  const OpenIndex open =
      OpenIndexAt(folder.Store(), log.size(), SmallRuns(700));
  ASSERT_OK(open.index->WaitUntilIdle());
  EXPECT_THAT(open.index->Runs(), ElementsAre(RunRange{0, 2800}));
  ExpectFindsAll(*open.index, log);
}

TEST(HashIndex, GoesOnWithAnotherRunSize) {
  const TempFolder folder;
  TestLog log;
  Fill(folder.Store(), log, 1000);
  ASSERT_OK(OpenIndexAt(folder.Store(), 600).index->WaitUntilIdle());
  {
    const OpenIndex open = OpenIndexAt(folder.Store(), 900, SmallRuns(100));
    ASSERT_OK(open.index->WaitUntilIdle());
  }
  const OpenIndex open = OpenIndexAt(folder.Store(), 1000, SmallRuns(30));
  ASSERT_OK(open.index->WaitUntilIdle());
  ExpectFindsAll(*open.index, log);
}

TEST(HashIndex, ReplaysWhatNoRunHolds) {
  const TempFolder folder;
  TestLog log;
  Fill(folder.Store(), log, 500);
  for (const uint64_t size : {1, 16, 17, 255, 256, 257, 300, 500}) {
    const OpenIndex open = OpenIndexAt(folder.Store(), size);
    ASSERT_OK(open.index->WaitUntilIdle());
    std::vector<std::optional<uint64_t>> found;
    ASSERT_OK(open.index->Find(HashKind::kIdentity,
                               Identities(log, 0, size + 1), &found));
    for (uint64_t i = 0; i < size; ++i) ASSERT_EQ(found[i], i);
    ASSERT_EQ(found[size], std::nullopt);
  }
}

TEST(HashIndex, RemovesRunsThatAMergeLeftBehind) {
  const TempFolder folder;
  TestLog log;
  Fill(folder.Store(), log, 65);
  RunRange merged{0, 64};
  {
    // As a process that ended between storing the merged run and removing the
    // ones it was made of.
    const OpenIndex open = OpenIndexAt(folder.Store(), 16 * 3 + 1);
    ASSERT_OK(open.index->WaitUntilIdle());
    RecentHashes recent(0, 64, kSalt);
    const std::vector<crypto::Digest> hashes = Identities(log, 0, 64);
    std::vector<crypto::Digest> leaves;
    for (uint64_t i = 0; i < 64; ++i) leaves.push_back(log.LeafHash(i));
    recent.Append(hashes, leaves);
    ASSERT_OK(WriteRun(*open.database, recent));
  }
  const OpenIndex open = OpenIndexAt(folder.Store(), log.size());
  ASSERT_OK(open.index->WaitUntilIdle());
  EXPECT_THAT(open.index->Runs(), ElementsAre(merged));
  EXPECT_THAT(ListRuns(*open.database), IsOkAndHolds(ElementsAre(merged)));
  ExpectFindsAll(*open.index, log);
}

TEST(HashIndex, AbandonsAMergeWithoutATrace) {
  const TempFolder folder;
  TestLog log;
  Fill(folder.Store(), log, 16 * 3 + 1);
  const OpenIndex open = OpenIndexAt(folder.Store(), log.size());
  ASSERT_OK(open.index->WaitUntilIdle());
  const std::vector<RunRange> ranges = open.index->Runs();
  std::vector<std::shared_ptr<const IndexRun>> runs;
  for (const RunRange& range : ranges) {
    ASSERT_OK_AND_ASSIGN(runs.emplace_back(),
                         IndexRun::Load(*open.database, range));
  }
  EXPECT_THAT(MergeRuns(*open.database, runs,
                        [] { return absl::CancelledError("enough"); }),
              base::StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(ListRuns(*open.database), IsOkAndHolds(ranges));
  EXPECT_TRUE(std::filesystem::is_empty(open.database->IngestPath()));
}

TEST(HashIndex, PutsAMergeOffWhenTheDiskIsFull) {
  const TempFolder folder;
  TestLog log;
  Fill(folder.Store(), log, 16 * 5 + 1);
  RocksDbOptions options = SmallRuns();
  options.reserve_bytes = uint64_t{1} << 60;
  const OpenIndex open = OpenIndexAt(folder.Store(), log.size(), options);
  ASSERT_OK(open.index->WaitUntilIdle());
  EXPECT_EQ(open.index->Runs().size(), 5u);
  ExpectFindsAll(*open.index, log);
}

TEST(HashIndex, RefusesAnIndexThatIsAheadOfTheTree) {
  const TempFolder folder;
  TestLog log;
  Fill(folder.Store(), log, 100);
  ASSERT_OK(OpenIndexAt(folder.Store(), 100).index->WaitUntilIdle());
  ASSERT_OK_AND_ASSIGN(const auto database,
                       RocksDbDatabase::Open(folder.Store(), SmallRuns()));
  EXPECT_THAT(HashIndex::Open(database.get(), kSalt, 50),
              base::StatusIs(absl::StatusCode::kDataLoss));
}

// Pins the bytes of a run: changing them needs a new format version.
TEST(IndexRun, KeepsItsFormat) {
  const TempFolder folder;
  TestLog log;
  Fill(folder.Store(), log, 600);
  const OpenIndex open = OpenIndexAt(folder.Store(), 0);
  RecentHashes recent(0, 600, kSalt);
  std::vector<crypto::Digest> leaves;
  for (uint64_t i = 0; i < 600; ++i) leaves.push_back(log.LeafHash(i));
  recent.Append(Identities(log, 0, 600), leaves);
  ASSERT_OK(WriteRun(*open.database, recent));
  const auto iterator = open.database->NewIterator(Family::kHashIndex);
  std::string keys;
  crypto::Sha256Hasher values;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    keys += base::HexEncode(iterator->key().ToString()).substr(16) + " ";
    values.Update(iterator->value().ToString());
  }
  EXPECT_EQ(keys,
            "00000000000002580000000000 00000000000002580100000000 "
            "00000000000002580100000001 00000000000002580200000000 "
            "00000000000002580200000001 00000000000002580300000000 "
            "00000000000002580400000000 ");
  EXPECT_EQ(base::HexEncode(crypto::AsBytes(values.Finish())),
            "3ec8e7968ebf7f95b027e697e3c21d0b8256f0f317260a66d333b682d161bd51");
}

// Readers keep asking while runs are written, merged and removed.
TEST(HashIndex, FindsAllWhileRunsAreMerged) {
  const TempFolder folder;
  TestLog log;
  Fill(folder.Store(), log, 3000);
  const OpenIndex open = OpenIndexAt(folder.Store(), 16);
  const std::vector<crypto::Digest> first = Identities(log, 0, 16);
  std::atomic<bool> done{false};
  bool found_all = true;
  std::thread reader([&] {
    std::vector<std::optional<uint64_t>> found;
    while (!done && found_all) {
      found_all = open.index->Find(HashKind::kIdentity, first, &found).ok();
      for (uint64_t i = 0; i < first.size() && found_all; ++i) {
        found_all = found[i] == i;
      }
    }
  });
  for (uint64_t i = 16; i < 3000; i += 8) {
    std::vector<crypto::Digest> leaves;
    for (uint64_t j = i; j < i + 8; ++j) leaves.push_back(log.LeafHash(j));
    ASSERT_OK(open.index->AwaitRoom());
    open.index->Append(Identities(log, i, i + 8), leaves);
  }
  ASSERT_OK(open.index->WaitUntilIdle());
  done = true;
  reader.join();
  EXPECT_TRUE(found_all);
  ExpectFindsAll(*open.index, log);
}

}  // namespace
}  // namespace sightline::storage
