#include "cmd/cli/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "base/status_matchers.h"

namespace sightline::cli {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(ParseTime, TakesDaysMinutesAndOffsets) {
  const struct {
    const char* text;
    int64_t seconds;
    int32_t nanos;
  } cases[] = {
      {"2020-05-30", 1590796800, 0},
      {"2020-05-30T18:00", 1590861600, 0},
      {"2020-05-30T18:00:00Z", 1590861600, 0},
      {"2020-05-30T18:00:00-07:00", 1590886800, 0},
      {"2020-05-30T18:00:00.250Z", 1590861600, 250'000'000},
      {"1969-12-31T23:59:59.5Z", -1, 500'000'000},
  };
  for (const auto& c : cases) {
    ASSERT_OK_AND_ASSIGN(const auto time, ParseTime(c.text));
    EXPECT_EQ(time.seconds(), c.seconds) << c.text;
    EXPECT_EQ(time.nanos(), c.nanos) << c.text;
  }
}

TEST(ParseTime, SaysWhatWouldBeRight) {
  for (const char* text :
       {"", "yesterday", "2020-13-01", "30.5.2020", "2020-05-30T25:00"}) {
    EXPECT_THAT(ParseTime(text).status(),
                StatusIs(kInvalid, HasSubstr("want 2020-05-30")))
        << text;
  }
}

TEST(ParseBucket, PutsNumbersIntoTheirBuckets) {
  const struct {
    const char* text;
    v1::CountBucket bucket;
  } cases[] = {
      {"0", v1::COUNT_BUCKET_0},
      {"1", v1::COUNT_BUCKET_1_4},
      {"4", v1::COUNT_BUCKET_1_4},
      {"5", v1::COUNT_BUCKET_5_19},
      {"19", v1::COUNT_BUCKET_5_19},
      {"20", v1::COUNT_BUCKET_20_99},
      {"99", v1::COUNT_BUCKET_20_99},
      {"100", v1::COUNT_BUCKET_100_499},
      {"499", v1::COUNT_BUCKET_100_499},
      {"500", v1::COUNT_BUCKET_500_PLUS},
      {"20_99", v1::COUNT_BUCKET_20_99},
      {"500_plus", v1::COUNT_BUCKET_500_PLUS},
      {"COUNT_BUCKET_0", v1::COUNT_BUCKET_0},
  };
  for (const auto& c : cases) {
    ASSERT_OK_AND_ASSIGN(const auto bucket, ParseBucket(c.text));
    EXPECT_EQ(bucket, c.bucket) << c.text;
  }
  for (const char* text : {"-1", "many", "1.5", "unspecified"}) {
    EXPECT_THAT(ParseBucket(text).status(), StatusIs(kInvalid)) << text;
  }
}

TEST(ParseEnum, TakesAnySpellingOfAName) {
  for (const char* text : {"legal_process", "Legal-Process", "legal process",
                           "CHANNEL_LEGAL_PROCESS"}) {
    ASSERT_OK_AND_ASSIGN(const auto channel, ParseEnum<v1::Channel>(text));
    EXPECT_EQ(channel, v1::CHANNEL_LEGAL_PROCESS) << text;
  }
}

TEST(ParseEnum, NamesTheChoicesAndNeverUnspecified) {
  EXPECT_THAT(ParseEnum<v1::Declared>("perhaps").status(),
              StatusIs(kInvalid, HasSubstr("want one of yes, no")));
  EXPECT_THAT(ParseEnum<v1::Declared>("unspecified").status(),
              StatusIs(kInvalid));
}

TEST(ParseNumber, TakesPlainDecimalsOnly) {
  ASSERT_OK_AND_ASSIGN(const uint64_t number, ParseNumber("--index", "17"));
  EXPECT_EQ(number, 17u);
  for (const char* text :
       {"", "-1", "+1", "1e3", "0x10", " 1", "18446744073709551616"}) {
    EXPECT_THAT(ParseNumber("--index", text).status(),
                StatusIs(kInvalid, HasSubstr("--index")))
        << text;
  }
}

TEST(ParseHash, WantsSixtyFourDigits) {
  ASSERT_OK_AND_ASSIGN(const std::string bytes,
                       ParseHash("--hash", std::string(64, 'a')));
  EXPECT_EQ(bytes, std::string(32, '\xaa'));
  for (const std::string& text : {std::string(), std::string(63, 'a'),
                                  std::string(66, 'a'), std::string(64, 'g')}) {
    EXPECT_THAT(ParseHash("--hash", text).status(),
                StatusIs(kInvalid, HasSubstr("--hash")))
        << text;
  }
}

}  // namespace
}  // namespace sightline::cli
