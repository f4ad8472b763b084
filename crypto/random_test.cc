#include "crypto/random.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "crypto/fixed_rng.h"

namespace sightline::crypto {
namespace {

TEST(RealRng, NeverRepeats) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(RandomBytes(16));
  EXPECT_EQ(seen.size(), 100u);
}

TEST(RealRng, GivesTheSizeAskedFor) {
  EXPECT_EQ(RandomBytes(0).size(), 0u);
  EXPECT_EQ(RandomBytes(33).size(), 33u);
  EXPECT_EQ(Rng::Real()->Secret(32).size(), 32u);
}

TEST(FixedRng, FollowsFromItsSeed) {
  FixedRng a(7);
  FixedRng b(7);
  FixedRng c(8);
  const std::string bytes = a.Bytes(100);
  EXPECT_EQ(bytes, b.Bytes(100));
  EXPECT_NE(bytes, c.Bytes(100));
}

TEST(FixedRng, IsOneStreamHoweverItIsCut) {
  FixedRng whole(1);
  FixedRng parts(1);
  std::string joined;
  for (size_t size : {0, 1, 31, 32, 33, 3}) joined += parts.Bytes(size);
  EXPECT_EQ(joined, whole.Bytes(100));
}

}  // namespace
}  // namespace sightline::crypto
