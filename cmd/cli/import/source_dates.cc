#include "cmd/cli/import/source_dates.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace sightline::cli {
namespace {

constexpr std::array<absl::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

// A number of exactly `digits` digits.
std::optional<int> Number(absl::string_view text, size_t digits) {
  int value = 0;
  if (text.size() != digits ||
      !std::all_of(text.begin(), text.end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(text, &value)) {
    return std::nullopt;
  }
  return value;
}

// Numbers of the given widths with a separator between them.
std::optional<std::vector<int>> Numbers(absl::string_view text, char separator,
                                        const std::vector<size_t>& digits) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, separator);
  if (parts.size() != digits.size()) return std::nullopt;
  std::vector<int> out;
  for (size_t i = 0; i < parts.size(); ++i) {
    const std::optional<int> number = Number(parts[i], digits[i]);
    if (!number.has_value()) return std::nullopt;
    out.push_back(*number);
  }
  return out;
}

}  // namespace

std::optional<absl::CivilDay> ParseDay(absl::string_view text) {
  const auto parts = Numbers(text, '-', {4, 2, 2});
  if (!parts.has_value()) return std::nullopt;
  const absl::CivilDay day((*parts)[0], (*parts)[1], (*parts)[2]);
  // Another day: the calendar does not have this one.
  if (day.month() != (*parts)[1] || day.day() != (*parts)[2]) {
    return std::nullopt;
  }
  return day;
}

std::optional<absl::CivilDay> ParseMonth(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ' ');
  if (parts.size() != 2) return std::nullopt;
  const auto month = std::find(kMonths.begin(), kMonths.end(), parts[0]);
  const std::optional<absl::CivilDay> year = ParseYear(parts[1]);
  if (month == kMonths.end() || !year.has_value()) return std::nullopt;
  return absl::CivilDay(year->year(),
                        std::distance(kMonths.begin(), month) + 1);
}

std::optional<absl::CivilDay> ParseYear(absl::string_view text) {
  const std::optional<int> year = Number(text, 4);
  if (!year.has_value()) return std::nullopt;
  return absl::CivilDay(*year);
}

std::optional<absl::Time> ParseSourceTime(absl::string_view text,
                                          absl::TimeZone zone) {
  if (absl::ConsumeSuffix(&text, " UTC")) zone = absl::UTCTimeZone();
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ' ');
  if (parts.size() != 2) return std::nullopt;
  const std::optional<absl::CivilDay> day = ParseDay(parts[0]);
  auto clock = Numbers(parts[1], ':', {2, 2, 2});
  if (!clock.has_value()) clock = Numbers(parts[1], ':', {2, 2});
  if (!day.has_value() || !clock.has_value()) return std::nullopt;
  clock->resize(3);
  if ((*clock)[0] > 23 || (*clock)[1] > 59 || (*clock)[2] > 59) {
    return std::nullopt;
  }
  return zone
      .At(absl::CivilSecond(day->year(), day->month(), day->day(), (*clock)[0],
                            (*clock)[1], (*clock)[2]))
      .pre;
}

}  // namespace sightline::cli
