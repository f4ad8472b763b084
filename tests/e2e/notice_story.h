// What a test adds to the real notices, which say nothing of answers and break no rule
// of California's: when they are logged, who answers what, and a stricter policy. Each
// by a rule of its own, so that the truth is known. Tests only.
//
// The notices of each year are logged in a month of their own, February 2026 and so
// on; answers come after them. platform:google answers by the number of a notice's
// row, platform:ring counts residents for the notices that name it alone.
//
// Units:   times in Unix milliseconds.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "proto/sightline/v1/record.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "tests/e2e/real_notices.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {

inline constexpr char kRing[] = "platform:ring";
inline constexpr char kShipped[] = "ca-electronic-warrant";
inline constexpr char kStrict[] = "strict-2019";
inline constexpr char kKeeper[] = "keeper:test";

inline constexpr int64_t kDay = 86'400'000;
// How long a seal of a notice lasts.
inline constexpr int64_t kSealed = 90 * kDay;
inline constexpr int64_t k2017 = 1'483'228'800'000;
inline constexpr int64_t k2019 = 1'546'300'800'000;

inline constexpr int kFirstYear = 2016;
inline constexpr int kYears = 6;
// When the notices of a year are logged, and the month of it, "202602".
constexpr int64_t LoggedAt(int year) {
  return kTestTimeMs + (year - kFirstYear) * 31 * kDay;
}
std::string LoggedIn(int year);
inline constexpr int64_t kAnswered = LoggedAt(kFirstYear + kYears);
// When the questions are asked.
inline constexpr int64_t kAsked = kAnswered + 10 * kDay;

// Where a notice comes from, file and row, which its entry tells.
using Place = std::pair<std::string, uint64_t>;
Place PlaceOf(const Notice& notice);
Place PlaceOf(const v1::RequestRow& row);

// --- Answers ---
// Unspecified: none.
v1::Outcome OutcomeOf(const Notice& notice);
bool IsAnswered(const Notice& notice);
bool IsGiven(const Notice& notice);
// Of emergencies that something was given for: within California's three days.
bool IsToldInTime(const Notice& notice);

// --- The stricter policy, of warrants from 2019 on ---
v1::PolicyVersion StrictPolicy();
bool IsStrict(const Notice& notice);
// The rules that a notice breaks, in alphabetical order.
std::vector<std::string> Broken(const Notice& notice);

// --- Seals: those that ended by 2017 are opened, by kKeeper ---
bool IsOpened(const Notice& notice);
bool IsSealed(const Notice& notice);

}  // namespace sightline::tests
