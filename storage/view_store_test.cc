// What every view store owes, and what the one on disk owes beyond that.
#include "storage/view_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status_matchers.h"
#include "storage/memory_view_store.h"
#include "storage/rocksdb_view_store.h"
#include "storage/temp_folder.h"

namespace sightline::storage {
namespace {

using base::IsOk;
using base::StatusIs;
using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Engine {
  std::string name;
  std::function<std::unique_ptr<ViewStore>(const std::string& path)> make;
};

ViewBatch Puts(const Pairs& pairs) {
  ViewBatch batch;
  for (const auto& [key, value] : pairs) batch.Put(key, value);
  return batch;
}

Pairs Read(const ViewSnapshot& snapshot, const std::string& begin,
           const std::string& end) {
  Pairs out;
  EXPECT_THAT(
      snapshot.Scan(begin, end,
                    [&](absl::string_view key, absl::string_view value) {
                      out.emplace_back(std::string(key), std::string(value));
                      return true;
                    }),
      IsOk());
  return out;
}

class ViewStoreContract : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    store_ = GetParam().make(folder_.Store());
    ASSERT_NE(store_, nullptr);
  }
  Pairs All() { return Read(*store_->Snapshot(), std::string(), "\xff"); }

  TempFolder folder_;
  std::unique_ptr<ViewStore> store_;
};

TEST_P(ViewStoreContract, GivesBackWhatWasWritten) {
  const std::string binary("\0\xff\n", 3);
  ASSERT_THAT(store_->Write(Puts({{"a", "1"}, {"b" + binary, binary}})),
              IsOk());
  const auto snapshot = store_->Snapshot();
  EXPECT_EQ(snapshot->Get("a").value(), "1");
  EXPECT_EQ(snapshot->Get("b" + binary).value(), binary);
  EXPECT_EQ(snapshot->Get("b").value(), std::nullopt);
}

TEST_P(ViewStoreContract, ScansInOrderOfBytesWithinBounds) {
  ASSERT_THAT(store_->Write(Puts({{"k\xfe", "4"},
                                  {"k", "1"},
                                  {std::string("k\0", 2), "2"},
                                  {"kz", "3"},
                                  {"l", "5"}})),
              IsOk());
  const auto snapshot = store_->Snapshot();
  EXPECT_EQ(Read(*snapshot, std::string("k\0", 2), "l"),
            (Pairs{{std::string("k\0", 2), "2"}, {"kz", "3"}, {"k\xfe", "4"}}));
  EXPECT_EQ(Read(*snapshot, "k", AfterPrefix("k")).size(), 4u);
  EXPECT_TRUE(Read(*snapshot, "l", "k").empty());
}

TEST_P(ViewStoreContract, AScanEndsWhenTold) {
  ASSERT_THAT(store_->Write(Puts({{"a", ""}, {"b", ""}, {"c", ""}})), IsOk());
  int seen = 0;
  ASSERT_THAT(
      store_->Snapshot()->Scan(
          "a", "z",
          [&](absl::string_view, absl::string_view) { return ++seen < 2; }),
      IsOk());
  EXPECT_EQ(seen, 2);
}

TEST_P(ViewStoreContract, TheLaterChangeOfAKeyCounts) {
  ViewBatch batch = Puts({{"a", "1"}, {"a", "2"}, {"b", "1"}});
  batch.Delete("b");
  batch.Delete("c");
  batch.Put("c", "3");
  ASSERT_THAT(store_->Write(batch), IsOk());
  EXPECT_EQ(All(), (Pairs{{"a", "2"}, {"c", "3"}}));
}

TEST_P(ViewStoreContract, ASnapshotStaysAsItWas) {
  ASSERT_THAT(store_->Write(Puts({{"a", "1"}, {"b", "1"}})), IsOk());
  const auto before = store_->Snapshot();
  ViewBatch batch = Puts({{"a", "2"}, {"c", "2"}});
  batch.Delete("b");
  ASSERT_THAT(store_->Write(batch), IsOk());
  EXPECT_EQ(Read(*before, "a", "z"), (Pairs{{"a", "1"}, {"b", "1"}}));
  ASSERT_THAT(store_->DropAll(), IsOk());
  EXPECT_EQ(Read(*before, "a", "z"), (Pairs{{"a", "1"}, {"b", "1"}}));
  EXPECT_TRUE(All().empty());
}

TEST_P(ViewStoreContract, CanBeFilledAgainAfterDropAll) {
  ASSERT_THAT(store_->Write(Puts({{"a", "1"}, {std::string(1, '\0'), "x"}})),
              IsOk());
  ASSERT_THAT(store_->DropAll(), IsOk());
  EXPECT_TRUE(All().empty());
  ASSERT_THAT(store_->Write(Puts({{"b", "2"}})), IsOk());
  EXPECT_EQ(All(), (Pairs{{"b", "2"}}));
}

TEST_P(ViewStoreContract, RefusesKeysWithoutShapeAndWritesNothing) {
  for (const std::string& key :
       {std::string(), std::string("\xff"), std::string(513, 'k')}) {
    EXPECT_THAT(store_->Write(Puts({{"a", "1"}, {key, "2"}})),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_TRUE(All().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Engines, ViewStoreContract,
    ::testing::Values(
        Engine{"Memory",
               [](const std::string&) {
                 return std::make_unique<MemoryViewStore>();
               }},
        Engine{"RocksDb",
               [](const std::string& path) -> std::unique_ptr<ViewStore> {
                 auto store = RocksDbViewStore::Open(path);
                 EXPECT_THAT(store, IsOk());
                 return store.ok() ? *std::move(store) : nullptr;
               }}),
    [](const auto& info) { return info.param.name; });

TEST(RocksDbViewStore, KeepsWhatWasWrittenAcrossAReopen) {
  const TempFolder folder;
  {
    ASSERT_OK_AND_ASSIGN(auto store, RocksDbViewStore::Open(folder.Store()));
    ASSERT_THAT(store->Write(Puts({{"a", "1"}})), IsOk());
  }
  ASSERT_OK_AND_ASSIGN(auto store, RocksDbViewStore::Open(folder.Store()));
  EXPECT_EQ(store->Snapshot()->Get("a").value(), "1");
}

TEST(RocksDbViewStore, ADamagedFolderBeginsEmpty) {
  const TempFolder folder;
  {
    ASSERT_OK_AND_ASSIGN(auto store, RocksDbViewStore::Open(folder.Store()));
    ASSERT_THAT(store->Write(Puts({{"a", "1"}})), IsOk());
  }
  for (const auto& file : std::filesystem::directory_iterator(folder.Store())) {
    if (file.path().filename().string().rfind("MANIFEST", 0) == 0) {
      std::ofstream(file.path(), std::ios::trunc) << "not a manifest";
    }
  }
  ASSERT_OK_AND_ASSIGN(auto store, RocksDbViewStore::Open(folder.Store()));
  EXPECT_EQ(store->Snapshot()->Get("a").value(), std::nullopt);
}

TEST(RocksDbViewStore, OneProcessAtATime) {
  const TempFolder folder;
  ASSERT_OK_AND_ASSIGN(auto store, RocksDbViewStore::Open(folder.Store()));
  EXPECT_THAT(RocksDbViewStore::Open(folder.Store()),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(RemoveViews(folder.Store()),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(RemoveViews, LeavesNothingToRead) {
  const TempFolder folder;
  {
    ASSERT_OK_AND_ASSIGN(auto store, RocksDbViewStore::Open(folder.Store()));
    ASSERT_THAT(store->Write(Puts({{"a", "1"}})), IsOk());
  }
  EXPECT_THAT(RemoveViews(folder.Store()), IsOk());
  EXPECT_THAT(RemoveViews(folder.path() + "/none"), IsOk());
  ASSERT_OK_AND_ASSIGN(auto store, RocksDbViewStore::Open(folder.Store()));
  EXPECT_EQ(store->Snapshot()->Get("a").value(), std::nullopt);
}

TEST(AfterPrefix, IsTheFirstKeyBeyondIt) {
  EXPECT_EQ(AfterPrefix("ab"), "ac");
  EXPECT_EQ(AfterPrefix("a\xff"), "b");
  EXPECT_EQ(AfterPrefix("a\x7f"), "a\x80");
}

}  // namespace
}  // namespace sightline::storage
