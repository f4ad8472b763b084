#include "statement/geography.h"

#include <gtest/gtest.h>

#include <string>

namespace sightline::statement {
namespace {

TEST(IsState, KnowsStatesDistrictAndTerritories) {
  EXPECT_TRUE(IsState("CA"));
  EXPECT_TRUE(IsState("AK"));
  EXPECT_TRUE(IsState("WY"));
  EXPECT_TRUE(IsState("DC"));
  EXPECT_TRUE(IsState("PR"));
  EXPECT_FALSE(IsState("ca"));
  EXPECT_FALSE(IsState("XX"));
  EXPECT_FALSE(IsState(""));
  EXPECT_FALSE(IsState("CAL"));
}

TEST(IsCountyFips, HasFiveDigits) {
  EXPECT_TRUE(IsCountyFips("06037"));
  EXPECT_TRUE(IsCountyFips("72153"));
  EXPECT_FALSE(IsCountyFips("6037"));
  EXPECT_FALSE(IsCountyFips("060370"));
  EXPECT_FALSE(IsCountyFips("0603a"));
  EXPECT_FALSE(IsCountyFips("00037"));
  EXPECT_FALSE(IsCountyFips("06000"));
}

TEST(S2Level, CountsFromTheTrailingBit) {
  EXPECT_EQ(S2Level("1"), 0);        // face 0
  EXPECT_EQ(S2Level("b"), 0);        // face 5
  EXPECT_EQ(S2Level("04"), 1);       // the first child of face 0
  EXPECT_EQ(S2Level("89c25"), 8);    // part of New York
  EXPECT_EQ(S2Level("80c2c7"), 10);  // part of Los Angeles
  EXPECT_EQ(S2Level("80c2c75"), 12);
  EXPECT_EQ(S2Level("80c2c754"), 13);
  EXPECT_EQ(S2Level("80c2c75000000001"), 30);
}

TEST(S2Level, RefusesWhatIsNoToken) {
  for (absl::string_view token :
       {"", "0", "X", "80C2C7", "80c2c70", "80c2c750000000011", "80c2c8", "d",
        "f", "80c2c7 ", "zz", "00000000000000002"}) {
    EXPECT_FALSE(S2Level(token).has_value()) << token;
  }
}

TEST(S2Id, IsTheTokenWithItsZeros) {
  EXPECT_EQ(S2Id("80c2c7"), 0x80c2c70000000000u);
  EXPECT_EQ(S2Id("80c2c75000000001"), 0x80c2c75000000001u);
  EXPECT_FALSE(S2Id("80c2c8").has_value());
}

TEST(S2CellsOverlap, IsWhetherOneLiesInTheOther) {
  EXPECT_TRUE(S2CellsOverlap("80c2c7", "80c2c7"));
  EXPECT_TRUE(S2CellsOverlap("80c2c7", "80c2c71"));
  EXPECT_TRUE(S2CellsOverlap("80c2c71", "80c2c7"));
  EXPECT_TRUE(S2CellsOverlap("80c2c4", "80c2c7"));
  EXPECT_FALSE(S2CellsOverlap("80c2c7", "80c2c1"));
  EXPECT_FALSE(S2CellsOverlap("80c2c7", "89c259"));
  EXPECT_FALSE(S2CellsOverlap("80c2c71", "80c2c73"));
  EXPECT_TRUE(S2CellsOverlap("9", "80c2c7"));  // a face holds its cells
  EXPECT_FALSE(S2CellsOverlap("1", "80c2c7"));
}

TEST(S2CellsOverlap, IsNotWhatIsNoCell) {
  EXPECT_FALSE(S2CellsOverlap("", "80c2c7"));
  EXPECT_FALSE(S2CellsOverlap("80c2c7", "no cell"));
  EXPECT_FALSE(S2CellsOverlap("80c2c8", "80c2c8"));
  EXPECT_TRUE(S2CellsOverlap(0x80c2c70000000000u, 0x80c2c71000000000u));
  EXPECT_FALSE(S2CellsOverlap(0, 0x80c2c70000000000u));
  EXPECT_FALSE(S2CellsOverlap(0x80c2c70000000000u, 0xffffffffffffffffu));
}

}  // namespace
}  // namespace sightline::statement
