#include "checkpoint/cosignature.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "base/status_matchers.h"

namespace sightline::checkpoint {
namespace {

using ::sightline::base::StatusIs;

TEST(CosignatureMessage, HasTheSpecifiedLines) {
  EXPECT_EQ(CosignatureMessage(1750000000, "origin\n8\nroot\nextension\n"),
            "cosignature/v1\ntime 1750000000\norigin\n8\nroot\nextension\n");
}

TEST(Cosignature, ComesBackFromItsBytes) {
  Cosignature cosignature;
  cosignature.time_unix_s = 0x0102030405060708;
  cosignature.signature = std::string(64, 's');
  const std::string bytes = FormatCosignature(cosignature);
  EXPECT_EQ(base::HexEncode(bytes.substr(0, 8)), "0102030405060708");
  ASSERT_OK_AND_ASSIGN(const Cosignature again, ParseCosignature(bytes));
  EXPECT_EQ(again.time_unix_s, cosignature.time_unix_s);
  EXPECT_EQ(again.signature, cosignature.signature);
}

TEST(ParseCosignature, Takes72Bytes) {
  for (size_t size : {0, 64, 71, 73, 2428}) {
    EXPECT_THAT(ParseCosignature(std::string(size, '\0')),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << size;
  }
}

TEST(ParseCosignature, RefusesTimestampsAbove63Bits) {
  const std::string rest(64, 's');
  EXPECT_OK(ParseCosignature(base::U64(kMaxTimestamp) + rest));
  EXPECT_THAT(ParseCosignature(base::U64(kMaxTimestamp + 1) + rest),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sightline::checkpoint
