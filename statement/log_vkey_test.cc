#include "statement/log_vkey.h"

#include <gtest/gtest.h>

#include <string>

#include "base/status_matchers.h"
#include "statement/test_log.h"

namespace sightline::statement {
namespace {

using ::sightline::base::StatusIs;

// Key with seed 32 x 01.
constexpr absl::string_view kOrigin = "example.com/vector-log";
constexpr absl::string_view kVkey =
    "example.com/vector-log+3c72303e+"
    "AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";

TEST(LogVkey, GivesTheVector) {
  EXPECT_EQ(LogVkey(kOrigin, TestKey(1).public_key()), kVkey);
}

TEST(ParseLogVkey, ReadsTheVector) {
  ASSERT_OK_AND_ASSIGN(const crypto::PublicKey key,
                       ParseLogVkey(kVkey, kOrigin));
  EXPECT_EQ(key, TestKey(1).public_key());
}

TEST(ParseLogVkey, RefusesAnythingElse) {
  const std::string good(kVkey);
  for (const std::string& bad :
       {std::string(), std::string(kOrigin), good + "=",
        good.substr(0, good.size() - 1),
        // key id, case of the key id, type, name
        std::string("example.com/vector-log+3c72303f+"
                    "AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"),
        std::string("example.com/vector-log+3C72303E+"
                    "AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"),
        std::string("example.com/vector-log+3c72303e+"
                    "BIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"),
        std::string("example.com/vector-lob+3c72303e+"
                    "AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c")}) {
    EXPECT_THAT(ParseLogVkey(bad, kOrigin),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << bad;
  }
  EXPECT_FALSE(ParseLogVkey(kVkey, "example.com/other").ok());
}

}  // namespace
}  // namespace sightline::statement
