#include "statement/counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace sightline::statement {
namespace {

constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();

TEST(Buckets, EndWhereTheNextBegins) {
  EXPECT_EQ(BucketOf(0), v1::COUNT_BUCKET_0);
  EXPECT_EQ(BucketOf(1), v1::COUNT_BUCKET_1_4);
  EXPECT_EQ(BucketOf(4), v1::COUNT_BUCKET_1_4);
  EXPECT_EQ(BucketOf(5), v1::COUNT_BUCKET_5_19);
  EXPECT_EQ(BucketOf(19), v1::COUNT_BUCKET_5_19);
  EXPECT_EQ(BucketOf(20), v1::COUNT_BUCKET_20_99);
  EXPECT_EQ(BucketOf(99), v1::COUNT_BUCKET_20_99);
  EXPECT_EQ(BucketOf(100), v1::COUNT_BUCKET_100_499);
  EXPECT_EQ(BucketOf(499), v1::COUNT_BUCKET_100_499);
  EXPECT_EQ(BucketOf(500), v1::COUNT_BUCKET_500_PLUS);
  EXPECT_EQ(BucketOf(kMost), v1::COUNT_BUCKET_500_PLUS);
}

TEST(Buckets, RangesHoldWhatFallsIntoThem) {
  for (uint64_t count = 0; count <= 600; ++count) {
    const CountRange range = RangeOf(BucketOf(count));
    EXPECT_LE(range.min, count);
    EXPECT_GE(range.max, count);
    EXPECT_EQ(BucketOf(range.min), BucketOf(count));
    EXPECT_EQ(BucketOf(range.max), BucketOf(count));
  }
  EXPECT_EQ(RangeOf(v1::COUNT_BUCKET_UNSPECIFIED), (CountRange{0, kMost}));
}

TEST(Buckets, SumsStopAtTheLargestNumber) {
  EXPECT_EQ(Sum({1, 4}, {5, 19}), (CountRange{6, 23}));
  EXPECT_EQ(Sum({1, 4}, {500, kMost}), (CountRange{501, kMost}));
}

// "12 - 0 | 30": a dash for what is absent, the total last.
std::string Told(const std::vector<uint64_t>& cells) {
  const SuppressedCounts told = SuppressSmallCells(cells);
  std::string out;
  for (const auto& cell : told.cells) {
    absl::StrAppend(&out, cell.has_value() ? absl::StrCat(*cell) : "-", " ");
  }
  return absl::StrCat(out, "| ",
                      told.total.has_value() ? absl::StrCat(*told.total) : "-");
}

TEST(SmallCells, NothingSmallNothingAbsent) {
  EXPECT_EQ(Told({}), "| 0");
  EXPECT_EQ(Told({0, 0}), "0 0 | 0");
  EXPECT_EQ(Told({5, 0, 31}), "5 0 31 | 36");
}

TEST(SmallCells, OneTakesTheNextSmallestWithIt) {
  EXPECT_EQ(Told({4, 20, 9, 0}), "- 20 - 0 | 33");
}

TEST(SmallCells, TwoHideEachOther) {
  EXPECT_EQ(Told({4, 2, 50}), "- - 50 | 56");
}

TEST(SmallCells, FewPeopleTogetherAreStillFew) {
  EXPECT_EQ(Told({1, 1, 50, 60}), "- - - 60 | 112");
}

TEST(SmallCells, TwoFullOnesWouldBeKnownFromTheirSum) {
  EXPECT_EQ(Told({4, 4, 50}), "- - - | 58");
  EXPECT_EQ(Told({4, 4}), "- - | -");
}

TEST(SmallCells, ASmallTotalIsAbsent) {
  EXPECT_EQ(Told({3, 0}), "- 0 | -");
  EXPECT_EQ(Told({1, 2}), "- - | -");
}

TEST(SmallCells, TheThresholdIsTheCallers) {
  EXPECT_EQ(SuppressSmallCells({7, 8, 40}, 10).cells,
            (std::vector<std::optional<uint64_t>>{{}, {}, 40}));
  EXPECT_EQ(SuppressSmallCells({7, 8, 40}, 7).total, 55u);
}

}  // namespace
}  // namespace sightline::statement
