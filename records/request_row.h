// A request with all that was said of it, and what follows from that.
//
// Source:  proto/sightline/v1/record.proto; docs/records.md "States".
// Units:   times are Unix milliseconds UTC.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "proto/sightline/v1/record.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::records {

// Days within which the holder must be told of an emergency disclosure, where the
// policy in force does not say.
inline constexpr int kNoticeDays = 3;
inline constexpr int64_t kDayMs = 86'400'000;

struct RequestParts {
  v1::RequestFacts facts;
  std::vector<v1::TimelineEvent> events;       // by index
  const v1::SubmitterFacts* agency = nullptr;  // null: not known
  const v1::PolicyFacts* policy = nullptr;     // null: none in force
};

v1::RequestRow MakeRequestRow(const RequestParts& parts, int64_t as_of_unix_ms);

// An answer after which nothing more is expected.
bool IsFinal(v1::Outcome outcome);

// Where a request is, of its own entry and its agency's enrolment.
struct Place {
  std::string state;
  std::string county_fips;
};
Place PlaceOf(const v1::RequestFacts& facts, const v1::SubmitterFacts* agency);

// Days since 1970 that the incident or the footage touches, ascending; empty
// when no window is given. More than kMaxDays are not counted one by one.
struct TouchedDays {
  std::vector<uint32_t> days;
  bool is_long = false;
};
inline constexpr uint32_t kMaxDays = 62;
TouchedDays DaysOf(const v1::FootageRequest& request);

}  // namespace sightline::records
