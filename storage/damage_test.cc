#include "storage/damage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/status_matchers.h"
#include "storage/rocksdb_log_store.h"
#include "storage/temp_folder.h"
#include "storage/test_log.h"

namespace sightline::storage {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

// What the store says of itself, with `log` as the truth.
absl::Status Check(const std::string& path, const TestLog& log) {
  RocksDbOptions options;
  options.create_if_missing = false;
  ASSIGN_OR_RETURN(const auto store, RocksDbLogStore::Open(path, options));
  return CheckStore(*store, log);
}

class Damage : public ::testing::Test {
 protected:
  void SetUp() override {
    RocksDbOptions options;
    options.index_run_entries = 64;
    options.reserve_bytes = 0;
    auto store = RocksDbLogStore::Open(folder_.Store(), options);
    ASSERT_OK(store);
    for (const size_t n : {100, 200, 7}) {
      ASSERT_OK((*store)->Commit(log_.Make(n)));
      log_.Adopt();
    }
    ASSERT_OK((*store)->WaitUntilIdle());
  }

  const TempFolder folder_;
  TestLog log_;
};

TEST_F(Damage, IsSeenInEveryKindOfValue) {
  ASSERT_OK(Check(folder_.Store(), log_));
  const DamageSpot spots[] = {
      {},                               // the newest
      {.tile_level = 0, .number = 105}  // one in the middle
  };
  for (int i = 0; i < kFamilies; ++i) {
    const Family family = static_cast<Family>(i);
    for (DamageSpot spot : spots) {
      // Its last value is a filter, and few of its bits answer anything.
      if (family == Family::kHashIndex) continue;
      if (family == Family::kFeeds && spot.number == 105) spot.number = 0;
      ASSERT_OK(FlipStoredBit(folder_.Store(), family, spot));
      EXPECT_FALSE(Check(folder_.Store(), log_).ok()) << kFamilyNames[i];
      ASSERT_OK(FlipStoredBit(folder_.Store(), family, spot));
      ASSERT_OK(Check(folder_.Store(), log_)) << kFamilyNames[i];
    }
  }
}

TEST_F(Damage, OfTheRightEdgeStopsAStart) {
  ASSERT_OK(RemoveStored(folder_.Store(), Family::kEntries));
  EXPECT_THAT(Check(folder_.Store(), log_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("entries end")));
}

TEST_F(Damage, OfTheTreeStateStopsAStart) {
  ASSERT_OK(FlipStoredBit(folder_.Store(), Family::kMeta, {.byte = 7}));
  EXPECT_THAT(Check(folder_.Store(), log_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("tree size")));
}

TEST_F(Damage, OfAMissingSegmentIsDataLoss) {
  ASSERT_OK(RemoveStored(folder_.Store(), Family::kEntries, {.number = 100}));
  EXPECT_THAT(Check(folder_.Store(), log_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("entry 100")));
}

TEST_F(Damage, OfAMissingTileIsNotFound) {
  ASSERT_OK(RemoveStored(folder_.Store(), Family::kTiles,
                         {.tile_level = 0, .number = 0}));
  EXPECT_THAT(Check(folder_.Store(), log_), Not(base::IsOk()));
}

TEST_F(Damage, NeedsSomethingToDamage) {
  const TempFolder empty;
  ASSERT_OK(RocksDbLogStore::Open(empty.Store(), RocksDbOptions()));
  EXPECT_THAT(FlipStoredBit(empty.Store(), Family::kEntries),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(FlipStoredBit(empty.path() + "/none", Family::kEntries),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace sightline::storage
