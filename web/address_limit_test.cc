#include "web/address_limit.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/string_view.h"

namespace sightline::web {
namespace {

TEST(AddressLimit, CountsWhatIsHeld) {
  AddressLimit limit(2);
  EXPECT_TRUE(limit.Take("a"));
  EXPECT_TRUE(limit.Take("a"));
  EXPECT_FALSE(limit.Take("a"));
  EXPECT_TRUE(limit.Take("b"));
  limit.GiveBack("a");
  EXPECT_TRUE(limit.Take("a"));
  EXPECT_FALSE(limit.Take("a"));
}

TEST(AddressLimit, NoLimitIsNone) {
  AddressLimit limit(0);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(limit.Take("a"));
}

TEST(AddressLimit, ACustomerIsAnAddressOrASubnet) {
  const std::string v4("\x7f\0\0\1", 4);
  EXPECT_EQ(AddressLimit::KeyOf(v4), v4);
  const std::string mapped =
      std::string(10, '\0') + std::string("\xff\xff") + v4;
  EXPECT_EQ(AddressLimit::KeyOf(mapped), v4);
  const std::string subnet = "\x20\x01\x0d\xb8\x01\x02\x03\x04";
  EXPECT_EQ(AddressLimit::KeyOf(subnet + "12345678"), subnet);
  EXPECT_EQ(AddressLimit::KeyOf(subnet + "87654321"), subnet);
}

}  // namespace
}  // namespace sightline::web
