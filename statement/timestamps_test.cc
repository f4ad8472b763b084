#include "statement/timestamps.h"

#include <gtest/gtest.h>

namespace sightline::statement {
namespace {

google::protobuf::Timestamp Time(int64_t seconds, int32_t nanos) {
  google::protobuf::Timestamp out;
  out.set_seconds(seconds);
  out.set_nanos(nanos);
  return out;
}

TEST(Timestamps, ConvertBothWays) {
  EXPECT_EQ(ToUnixMs(Time(1590861600, 123000000)), 1590861600123);
  EXPECT_EQ(FromUnixMs(1590861600123).seconds(), 1590861600);
  EXPECT_EQ(FromUnixMs(1590861600123).nanos(), 123000000);
  EXPECT_EQ(ToUnixMs(Time(1, 1999999)), 1001);
}

TEST(Timestamps, EndInTheYear9999) {
  EXPECT_TRUE(IsValidTimestamp(Time(0, 0)));
  EXPECT_TRUE(IsValidTimestamp(Time(253402300799, 999999999)));
  EXPECT_FALSE(IsValidTimestamp(Time(253402300800, 0)));
  EXPECT_FALSE(IsValidTimestamp(Time(-1, 0)));
  EXPECT_FALSE(IsValidTimestamp(Time(0, -1)));
  EXPECT_FALSE(IsValidTimestamp(Time(0, 1000000000)));
}

TEST(Timestamps, InvalidOnesBecomeTheNearest) {
  EXPECT_EQ(ToUnixMs(Time(INT64_MAX, 0)), 253402300799999);
  EXPECT_EQ(ToUnixMs(Time(INT64_MIN, 0)), 0);
  EXPECT_EQ(ToUnixMs(Time(1, INT32_MAX)), 1999);
  EXPECT_EQ(FromUnixMs(-5).seconds(), 0);
  EXPECT_EQ(FromUnixMs(INT64_MAX).seconds(), 253402300799);
}

}  // namespace
}  // namespace sightline::statement
