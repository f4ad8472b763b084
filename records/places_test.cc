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

}  // namespace
}  // namespace sightline::records
