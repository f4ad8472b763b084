#include "base/rate_limit.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "base/fake_clock.h"

namespace sightline::base {
namespace {

constexpr Rate kTwoASecond = {2, 3};

class RateLimitTest : public ::testing::Test {
 protected:
  FakeClock clock_{1'000'000};
  RateLimit limit_{&clock_, 4};
};

TEST_F(RateLimitTest, LetsABurstGoAndThenSaysHowLongToWait) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit_.Take("a", kTwoASecond), 0);
  EXPECT_EQ(limit_.Take("a", kTwoASecond), 1);
  EXPECT_EQ(limit_.Take("b", kTwoASecond), 0);
}

TEST_F(RateLimitTest, FillsUpWithTimeUpToTheBurst) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit_.Take("a", kTwoASecond), 0);
  clock_.Advance(500);
  EXPECT_EQ(limit_.Take("a", kTwoASecond), 0);
  EXPECT_GT(limit_.Take("a", kTwoASecond), 0);
  clock_.Advance(60'000);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit_.Take("a", kTwoASecond), 0);
  EXPECT_GT(limit_.Take("a", kTwoASecond), 0);
}

TEST_F(RateLimitTest, WaitsLongWhenTheRateIsSmall) {
  const Rate daily = {24.0 / 86400, 1};
  EXPECT_EQ(limit_.Take("a", daily), 0);
  EXPECT_EQ(limit_.Take("a", daily), 3600);
}

TEST_F(RateLimitTest, AClockSetBackGivesNothing) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit_.Take("a", kTwoASecond), 0);
  clock_.Advance(-3'600'000);
  EXPECT_GT(limit_.Take("a", kTwoASecond), 0);
}

TEST_F(RateLimitTest, ZeroIsNoLimit) {
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limit_.Take("a", Rate{}), 0);
  EXPECT_EQ(limit_.names(), 0u);
}

TEST_F(RateLimitTest, ForgetsWhoAskedLongestAgo) {
  for (int i = 0; i < 10; ++i) {
    limit_.Take(absl::StrCat(i), {1, 1});
    clock_.Advance(1);
  }
  EXPECT_EQ(limit_.names(), 4u);
  EXPECT_GT(limit_.Take("9", {1, 1}), 0);
  EXPECT_EQ(limit_.Take("0", {1, 1}), 0);
}

}  // namespace
}  // namespace sightline::base
