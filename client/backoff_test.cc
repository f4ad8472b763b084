#include "client/backoff.h"

#include <gtest/gtest.h>

#include <thread>

#include "crypto/fixed_rng.h"

namespace sightline::client {
namespace {

TEST(Backoff, GrowsToItsMaximumAndStartsAnew) {
  crypto::FixedRng rng(1);
  Backoff backoff(absl::Milliseconds(100), absl::Milliseconds(400), &rng);
  for (const int top : {100, 200, 400, 400}) {
    const absl::Duration delay = backoff.Next();
    EXPECT_GE(delay, absl::Milliseconds(top) / 2);
    EXPECT_LE(delay, absl::Milliseconds(top));
  }
  backoff.Reset();
  EXPECT_LE(backoff.Next(), absl::Milliseconds(100));
}

TEST(Backoff, WaitsAsLongAsTheServerAsks) {
  crypto::FixedRng rng(1);
  Backoff backoff(absl::Milliseconds(1), absl::Milliseconds(2), &rng);
  EXPECT_EQ(backoff.Next(absl::Seconds(7)), absl::Seconds(7));
}

TEST(Pause, EndsWhenCancelledFromAnotherThread) {
  Pause pause;
  std::thread other([&pause] { pause.Cancel(); });
  EXPECT_FALSE(pause.Wait(absl::Hours(1)));
  other.join();
  EXPECT_FALSE(pause.Wait(absl::ZeroDuration()));
}

TEST(Pause, WaitsToTheEnd) {
  Pause pause;
  EXPECT_TRUE(pause.Wait(absl::Milliseconds(1)));
}

}  // namespace
}  // namespace sightline::client
