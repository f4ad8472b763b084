// Dates as public records write them.
//
// Errors:  nothing: not such a date, or one that no calendar has.
// Threads: pure; any thread.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace sightline::cli {

// "2018-03-22".
std::optional<absl::CivilDay> ParseDay(absl::string_view text);

// "July 2020": its first day.
std::optional<absl::CivilDay> ParseMonth(absl::string_view text);

// "2019": its first day.
std::optional<absl::CivilDay> ParseYear(absl::string_view text);

// "2016-01-06 23:15:02 UTC", or "2021-08-07 04:42", which says no zone and is
// read in `zone`. A time that the zone skips or repeats is the earlier reading.
std::optional<absl::Time> ParseSourceTime(absl::string_view text,
                                          absl::TimeZone zone);

}  // namespace sightline::cli
