#include "checkpoint/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

namespace sightline::checkpoint {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kMinute = 60'000;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;
constexpr int64_t kStart = 1'590'861'600'000;  // 2020-05-30 18:00 UTC

TEST(HistoryCuts, HasNoneWithinOneMinute) {
  EXPECT_THAT(HistoryCuts(kStart, kStart), IsEmpty());
  EXPECT_THAT(HistoryCuts(kStart, kStart + kMinute - 1), IsEmpty());
  EXPECT_THAT(HistoryCuts(kStart, kStart - 1), IsEmpty());
}

TEST(HistoryCuts, AreTheMinutesOfTheLastHour) {
  EXPECT_THAT(HistoryCuts(kStart, kStart + 2 * kMinute + 5),
              ElementsAre(kStart + kMinute, kStart + 2 * kMinute));
}

TEST(HistoryCuts, AreCoarserTheOlder) {
  const int64_t newest = kStart + 400 * kDay + 30 * kMinute + 1;
  const std::vector<int64_t> cuts = HistoryCuts(kStart, newest);
  EXPECT_TRUE(std::is_sorted(cuts.begin(), cuts.end()));
  const auto count = [&](int64_t youngest, int64_t oldest) {
    return std::count_if(cuts.begin(), cuts.end(), [&](int64_t cut) {
      return cut <= newest - youngest && cut > newest - oldest;
    });
  };
  EXPECT_EQ(count(0, kHour), 60);
  EXPECT_EQ(count(kHour, 2 * kDay), 47);
  EXPECT_EQ(count(2 * kDay, 100 * kDay), 98);
  EXPECT_EQ(count(100 * kDay, 400 * kDay), 10);
}

TEST(HistoryCuts, KeepWhatTheyDidNotDrop) {
  // What is shown at a later time of the times up to an earlier one was shown
  // then: nothing comes back.
  std::vector<int64_t> before;
  for (int64_t age = 0; age < 300 * kDay; age += 7 * kHour + 13 * kMinute) {
    const int64_t newest = kStart + age;
    std::vector<int64_t> cuts = HistoryCuts(kStart, newest);
    const int64_t last = before.empty() ? 0 : before.back();
    std::vector<int64_t> old;
    std::copy_if(cuts.begin(), cuts.end(), std::back_inserter(old),
                 [&](int64_t cut) { return cut <= last; });
    EXPECT_TRUE(
        std::includes(before.begin(), before.end(), old.begin(), old.end()))
        << age;
    before = std::move(cuts);
  }
}

}  // namespace
}  // namespace sightline::checkpoint
