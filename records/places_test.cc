#include "records/places.h"

#include <gtest/gtest.h>

namespace sightline::records {
namespace {

TEST(StateOfCounty, KnowsStatesByTheirNumber) {
  EXPECT_EQ(StateOfCounty("06037"), "CA");
  EXPECT_EQ(StateOfCounty("72001"), "PR");
  EXPECT_EQ(StateOfCounty("03001"), "");
  EXPECT_EQ(StateOfCounty(""), "");
}

TEST(CellsTouch, WhenOneHoldsTheOther) {
  EXPECT_TRUE(CellsTouch("80c2c7b", "80c2c7b"));
  EXPECT_TRUE(CellsTouch("80c2c7b", "80c2c7"));
  EXPECT_TRUE(CellsTouch("80c2c7", "80c2c7b"));
  EXPECT_TRUE(CellsTouch("9", "80c2c7") == CellsTouch("80c2c7", "9"));
  EXPECT_FALSE(CellsTouch("80c2c7b", "80c2bdb"));
  EXPECT_FALSE(CellsTouch("", "80c2c7b"));
  EXPECT_FALSE(CellsTouch("no cell", "80c2c7b"));
}

}  // namespace
}  // namespace sightline::records
