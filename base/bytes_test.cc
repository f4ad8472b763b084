#include "base/bytes.h"

#include <gtest/gtest.h>

#include "base/status_matchers.h"

namespace sightline::base {
namespace {

using ::testing::HasSubstr;

TEST(Hex, RoundTrips) {
  EXPECT_EQ(HexEncode(std::string("\x00\xffz", 3)), "00ff7a");
  EXPECT_THAT(HexDecode("00ff7a"), IsOkAndHolds(std::string("\x00\xffz", 3)));
}

TEST(Hex, RefusesUpperCaseOddLengthAndOtherCharacters) {
  for (const char* bad : {"0A", "0", "0g", " 00"}) {
    EXPECT_THAT(HexDecode(bad), StatusIs(absl::StatusCode::kInvalidArgument))
        << bad;
  }
}

TEST(Base64, RoundTripsEveryLength) {
  std::string bytes;
  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(Base64Decode(Base64Encode(bytes)), IsOkAndHolds(bytes));
    bytes.push_back(static_cast<char>(i * 37));
  }
}

TEST(Base64, RefusesSecondSpellings) {
  // No padding, stray bits, white space, URL-safe alphabet, extra padding.
  for (const char* bad : {"aGVsbG8", "aGVsbG9=", "aGVs bG8=", "-_8=",
                          "aGVsbG8==", "aGVsbG8=\n"}) {
    EXPECT_THAT(Base64Decode(bad), StatusIs(absl::StatusCode::kInvalidArgument))
        << bad;
  }
}

TEST(BigEndian, RoundTrips) {
  std::string out;
  AppendU16(0x0102, &out);
  AppendU32(0x03040506, &out);
  AppendU64(0x0708090a0b0c0d0eULL, &out);
  EXPECT_EQ(HexEncode(out), "0102030405060708090a0b0c0d0e");
  EXPECT_EQ(ReadU16(out), 0x0102);
  EXPECT_EQ(ReadU32(absl::string_view(out).substr(2)), 0x03040506u);
  EXPECT_EQ(ReadU64(absl::string_view(out).substr(6)), 0x0708090a0b0c0d0eULL);
}

TEST(Decimal, IsStrict) {
  EXPECT_THAT(ParseDecimal("0"), IsOkAndHolds(0u));
  EXPECT_THAT(ParseDecimal("18446744073709551615"), IsOkAndHolds(UINT64_MAX));
  for (const char* bad :
       {"", "08", "+8", "-1", " 8", "8 ", "18446744073709551616", "x"}) {
    EXPECT_THAT(ParseDecimal(bad), StatusIs(absl::StatusCode::kInvalidArgument,
                                            HasSubstr("decimal")))
        << bad;
  }
}

}  // namespace
}  // namespace sightline::base
