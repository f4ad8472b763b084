// Which requests a question is about, and in which order they come.
//
// Source:  proto RequestFilter; docs/records.md "Filters".
// Errors:  CheckFilter: kInvalidArgument with a BadRequest naming every fault.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "absl/status/status.h"
#include "proto/sightline/v1/record.pb.h"
#include "statement/violations.h"

namespace sightline::records {

inline constexpr int kMaxFilterValues = 16;

// Adds what is wrong with `filter`; fields are named from "filter" on.
void CheckFilter(const v1::RequestFilter& filter,
                 statement::Violations* violations);

// Whether what the request itself says fits: a row that fails this one fails
// Matches too, and needs not be made.
bool MatchesFacts(const v1::RequestFilter& filter,
                  const v1::RequestFacts& facts);

// `row` was made as of `as_of_unix_ms`.
bool Matches(const v1::RequestFilter& filter, const v1::RequestRow& row,
             int64_t as_of_unix_ms);

// Times of the filter; what is not given is the end of time.
struct Span {
  int64_t from = std::numeric_limits<int64_t>::min();
  int64_t before = std::numeric_limits<int64_t>::max();
};
Span TouchesOf(const v1::RequestFilter& filter);
Span AdmittedOf(const v1::RequestFilter& filter);

// Whether rows come by day rather than by index alone.
bool IsByDay(const v1::RequestFilter& filter);

// The day by which a request that touches the span comes: the first of the span
// that it touches; 0 when it touches more than kMaxDays, or when rows come by
// index. Nothing when it touches no day of the span.
std::optional<uint32_t> OrderDay(const v1::RequestFilter& filter,
                                 const v1::FootageRequest& request);

// First and last day of the span, for keys.
struct DaySpan {
  uint32_t first = 0;
  uint32_t last = std::numeric_limits<uint32_t>::max();
};
DaySpan DaysOfSpan(const Span& span);

}  // namespace sightline::records
