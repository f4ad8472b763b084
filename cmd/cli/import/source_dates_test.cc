#include "cmd/cli/import/source_dates.h"

#include <gtest/gtest.h>

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace sightline::cli {
namespace {

TEST(SourceDates, ReadsDaysMonthsAndYears) {
  EXPECT_EQ(ParseDay("2018-03-22"), absl::CivilDay(2018, 3, 22));
  EXPECT_EQ(ParseDay("2020-02-29"), absl::CivilDay(2020, 2, 29));
  EXPECT_EQ(ParseMonth("July 2020"), absl::CivilDay(2020, 7, 1));
  EXPECT_EQ(ParseMonth("December 2018"), absl::CivilDay(2018, 12, 1));
  EXPECT_EQ(ParseYear("2019"), absl::CivilDay(2019, 1, 1));
}

TEST(SourceDates, RefusesWhatNoCalendarHas) {
  for (absl::string_view text :
       {"", "2018-3-22", "2019-02-29", "2018-13-01", "2018-00-10", "22-03-2018",
        "2018-03-22 ", "2018/03/22", "+018-03-22"}) {
    EXPECT_EQ(ParseDay(text), std::nullopt) << text;
  }
  for (absl::string_view text :
       {"", "Jul 2020", "July", "2020 July", "July 20"}) {
    EXPECT_EQ(ParseMonth(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseYear("19"), std::nullopt);
  EXPECT_EQ(ParseYear("20x9"), std::nullopt);
}

TEST(SourceDates, ReadsTimesWithAndWithoutAZone) {
  const absl::TimeZone west = absl::FixedTimeZone(-8 * 3600);
  EXPECT_EQ(ParseSourceTime("2016-01-06 23:15:02 UTC", west),
            absl::FromCivil(absl::CivilSecond(2016, 1, 6, 23, 15, 2),
                            absl::UTCTimeZone()));
  EXPECT_EQ(ParseSourceTime("2019-12-31 17:05", west),
            absl::FromCivil(absl::CivilSecond(2020, 1, 1, 1, 5, 0),
                            absl::UTCTimeZone()));
  EXPECT_EQ(ParseSourceTime("2019-12-31 17:05:59", west),
            absl::FromCivil(absl::CivilSecond(2020, 1, 1, 1, 5, 59),
                            absl::UTCTimeZone()));
}

TEST(SourceDates, RefusesTimesThatNoClockHas) {
  for (absl::string_view text :
       {"", "2016-01-06", "2016-01-06 24:00", "2016-01-06 23:60",
        "2016-01-06 23:15:60", "2016-01-06T23:15:02Z", "2016-01-06 23:15 PST",
        "2016-01-06  23:15", "2016-02-30 10:00"}) {
    EXPECT_EQ(ParseSourceTime(text, absl::UTCTimeZone()), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace sightline::cli
