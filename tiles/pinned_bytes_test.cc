#include "tiles/pinned_bytes.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace sightline::tiles {
namespace {

struct Owner {
  explicit Owner(int* deleted) : deleted(deleted) {}
  ~Owner() { ++*deleted; }
  std::string bytes = "held";
  int* deleted;
};

PinnedBytes Pin(int* deleted) {
  auto owner = std::make_unique<Owner>(deleted);
  const absl::string_view bytes = owner->bytes;
  return PinnedBytes(bytes, std::move(owner));
}

TEST(PinnedBytes, KeepsTheOwnerUntilItGoes) {
  int deleted = 0;
  {
    const PinnedBytes pinned = Pin(&deleted);
    EXPECT_EQ(pinned.bytes(), "held");
    EXPECT_EQ(deleted, 0);
  }
  EXPECT_EQ(deleted, 1);
}

TEST(PinnedBytes, MovesTheOwnerAlong) {
  int deleted = 0;
  PinnedBytes first = Pin(&deleted);
  PinnedBytes second = std::move(first);
  EXPECT_EQ(second.bytes(), "held");
  second = PinnedBytes::Unowned("other");
  EXPECT_EQ(deleted, 1);
  EXPECT_EQ(second.bytes(), "other");
}

TEST(PinnedBytes, FromStringHoldsShortAndLongStrings) {
  for (const size_t size : {0, 3, 5000}) {
    PinnedBytes pinned = PinnedBytes::FromString(std::string(size, 'x'));
    const PinnedBytes moved = std::move(pinned);
    EXPECT_EQ(moved.bytes(), std::string(size, 'x'));
  }
}

}  // namespace
}  // namespace sightline::tiles
