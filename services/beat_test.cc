#include "services/beat.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <vector>

namespace sightline::services {
namespace {

TEST(Beat, AllHaveTheSameBeats) {
  const Beat one(absl::Hours(1000)), other(absl::Hours(1000));
  EXPECT_EQ(one.Next(), other.Next());
  EXPECT_GT(one.Next(), Beat::Clock::now());
  EXPECT_EQ(one.Next().time_since_epoch() % std::chrono::hours(1000),
            Beat::Clock::duration::zero());
}

TEST(Beat, CallsRunNotBeforeTheNextBeat) {
  Beat beat(absl::Milliseconds(1));
  for (int i = 0; i < 50; ++i) {
    const Beat::Clock::time_point next = beat.Next();
    std::promise<Beat::Clock::time_point> ran;
    beat.RunAtNext([&ran] { ran.set_value(Beat::Clock::now()); });
    EXPECT_GE(ran.get_future().get(), next);
  }
}

TEST(Beat, CallsRunInTheirOrder) {
  std::vector<int> ran;
  {
    Beat beat(absl::Hours(1000));
    for (int i = 0; i < 5; ++i) {
      beat.RunAtNext([&ran, i] { ran.push_back(i); });
    }
  }
  EXPECT_EQ(ran, (std::vector<int>{0, 1, 2, 3, 4}));
}

// Whoever calls may be called again while it runs.
TEST(Beat, ACallMayAskForTheNextBeat) {
  Beat beat(absl::Milliseconds(1));
  std::promise<void> done;
  beat.RunAtNext([&] { beat.RunAtNext([&done] { done.set_value(); }); });
  done.get_future().wait();
}

TEST(Beat, TheEndRunsWhatWaits) {
  bool ran = false;
  auto beat = std::make_unique<Beat>(absl::Hours(1000));
  beat->RunAtNext([&ran] { ran = true; });
  beat = nullptr;
  EXPECT_TRUE(ran);
}

}  // namespace
}  // namespace sightline::services
