#include "records/request_filter.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "records/entry_facts.h"
#include "records/places.h"
#include "records/request_row.h"
#include "statement/geography.h"
#include "statement/submitter_id.h"
#include "statement/timestamps.h"

namespace sightline::records {
namespace {

template <typename List>
void CheckCount(const List& list, absl::string_view name,
                statement::Violations* violations) {
  if (list.size() <= kMaxFilterValues) return;
  violations->Add(
      absl::StrCat("filter.", name),
      absl::StrCat(list.size(), " values, want at most ", kMaxFilterValues));
}

void CheckCounts(const v1::RequestFilter& filter,
                 statement::Violations* violations) {
  CheckCount(filter.submitters(), "submitters", violations);
  CheckCount(filter.offence_codes(), "offence_codes", violations);
  CheckCount(filter.purposes(), "purposes", violations);
  CheckCount(filter.channels(), "channels", violations);
  CheckCount(filter.legal_processes(), "legal_processes", violations);
  CheckCount(filter.outcomes(), "outcomes", violations);
  CheckCount(filter.states(), "states", violations);
}

void CheckNames(const v1::RequestFilter& filter,
                statement::Violations* violations) {
  for (const std::string& submitter : filter.submitters()) {
    if (!statement::IsSubmitterId(submitter)) {
      violations->Add("filter.submitters", "not a submitter id");
    }
  }
  if (!filter.custodian().empty() &&
      !statement::IsSubmitterId(filter.custodian())) {
    violations->Add("filter.custodian", "not a submitter id");
  }
  if (!filter.state().empty() && !statement::IsState(filter.state())) {
    violations->Add("filter.state", "want two letters, CA");
  }
  if (!filter.county_fips().empty() &&
      !statement::IsCountyFips(filter.county_fips())) {
    violations->Add("filter.county_fips", "want five digits, 06037");
  }
  if (!filter.s2_cell().empty() &&
      !statement::S2Level(filter.s2_cell()).has_value()) {
    violations->Add("filter.s2_cell", "not the token of an S2 cell");
  }
}

void CheckSpan(const Span& span, absl::string_view name,
               statement::Violations* violations) {
  if (span.from < span.before) return;
  violations->Add(absl::StrCat("filter.", name, "_before"),
                  absl::StrCat("want it after ", name, "_from"));
}

// An empty list takes everything.
template <typename List, typename Value>
bool In(const List& list, const Value& value) {
  return list.empty() ||
         std::find(list.begin(), list.end(), value) != list.end();
}

bool Touches(const Span& span, const v1::TimeWindow& window) {
  return window.has_begin() && window.has_end() &&
         statement::ToUnixMs(window.begin()) < span.before &&
         statement::ToUnixMs(window.end()) > span.from;
}

bool FitsTimes(const v1::RequestFilter& filter, const v1::RequestFacts& facts) {
  const Span admitted = AdmittedOf(filter);
  if (facts.admitted_unix_ms() < admitted.from ||
      facts.admitted_unix_ms() >= admitted.before) {
    return false;
  }
  if (!filter.has_touches_from() && !filter.has_touches_before()) return true;
  const Span span = TouchesOf(filter);
  return Touches(span, facts.request().incident_window()) ||
         Touches(span, facts.request().footage_window());
}

bool FitsDeclared(v1::Declared wanted, bool value) {
  return wanted == v1::DECLARED_UNSPECIFIED ||
         value == (wanted == v1::DECLARED_YES);
}

bool FitsPlace(const v1::RequestFilter& filter, const v1::RequestRow& row) {
  if (!filter.state().empty() && row.state_code() != filter.state()) {
    return false;
  }
  if (filter.county_fips().empty()) return true;
  const v1::CoarseArea& area = row.facts().request().area();
  return row.county_fips() == filter.county_fips() ||
         (!area.state().empty() &&
          area.state() == StateOfCounty(filter.county_fips()));
}

bool IsUnanswered(const v1::RequestRow& row, uint32_t days,
                  int64_t as_of_unix_ms) {
  return row.answered_index() == 0 &&
         row.state() != v1::REQUEST_STATE_WITHDRAWN &&
         as_of_unix_ms - row.facts().admitted_unix_ms() >= days * kDayMs;
}

}  // namespace

void CheckFilter(const v1::RequestFilter& filter,
                 statement::Violations* violations) {
  CheckCounts(filter, violations);
  CheckNames(filter, violations);
  CheckSpan(TouchesOf(filter), "touches", violations);
  CheckSpan(AdmittedOf(filter), "admitted", violations);
  if (filter.unanswered_days() > 36500) {
    violations->Add("filter.unanswered_days", "want at most 36500");
  }
}

bool MatchesFacts(const v1::RequestFilter& filter,
                  const v1::RequestFacts& facts) {
  const v1::FootageRequest& request = facts.request();
  return FitsTimes(filter, facts) &&
         In(filter.submitters(), facts.submitter()) &&
         (filter.custodian().empty() ||
          request.custodian() == filter.custodian()) &&
         (filter.s2_cell().empty() ||
          statement::S2CellsOverlap(request.area().s2_cell(),
                                    filter.s2_cell())) &&
         In(filter.offence_codes(), request.offence_code()) &&
         In(filter.purposes(), request.purpose()) &&
         In(filter.channels(), request.channel()) &&
         In(filter.legal_processes(), request.legal_process()) &&
         (filter.assembly_related() == v1::DECLARED_UNSPECIFIED ||
          request.assembly_related() == filter.assembly_related()) &&
         ((!filter.is_emergency() && !filter.review_overdue()) ||
          IsEmergency(request));
}

bool Matches(const v1::RequestFilter& filter, const v1::RequestRow& row,
             int64_t as_of_unix_ms) {
  return MatchesFacts(filter, row.facts()) && FitsPlace(filter, row) &&
         In(filter.outcomes(), row.outcome()) &&
         In(filter.states(), row.state()) &&
         FitsDeclared(filter.is_sealed(), row.is_sealed()) &&
         FitsDeclared(filter.assembly_listed(), row.assembly_listed()) &&
         (!filter.violates_policy() || row.violates_policy()) &&
         (!filter.review_overdue() ||
          row.review() == v1::REVIEW_STATE_OVERDUE) &&
         (!filter.compelled_after_decline() || row.compelled_by_index() != 0) &&
         (filter.unanswered_days() == 0 ||
          IsUnanswered(row, filter.unanswered_days(), as_of_unix_ms));
}

Span TouchesOf(const v1::RequestFilter& filter) {
  Span span;
  if (filter.has_touches_from()) {
    span.from = statement::ToUnixMs(filter.touches_from());
  }
  if (filter.has_touches_before()) {
    span.before = statement::ToUnixMs(filter.touches_before());
  }
  return span;
}

Span AdmittedOf(const v1::RequestFilter& filter) {
  Span span;
  if (filter.has_admitted_from()) {
    span.from = statement::ToUnixMs(filter.admitted_from());
  }
  if (filter.has_admitted_before()) {
    span.before = statement::ToUnixMs(filter.admitted_before());
  }
  return span;
}

bool IsByDay(const v1::RequestFilter& filter) {
  return filter.has_touches_from() && filter.submitters().empty();
}

DaySpan DaysOfSpan(const Span& span) {
  DaySpan days;
  if (span.from > 0) days.first = static_cast<uint32_t>(span.from / kDayMs);
  if (span.before <= 0) {
    days.last = 0;
  } else if (span.before != std::numeric_limits<int64_t>::max()) {
    days.last = static_cast<uint32_t>((span.before - 1) / kDayMs);
  }
  return days;
}

std::optional<uint32_t> OrderDay(const v1::RequestFilter& filter,
                                 const v1::FootageRequest& request) {
  if (!IsByDay(filter)) return 0;
  const TouchedDays touched = DaysOf(request);
  if (touched.is_long) return 0;
  const DaySpan span = DaysOfSpan(TouchesOf(filter));
  const auto first =
      std::lower_bound(touched.days.begin(), touched.days.end(), span.first);
  if (first == touched.days.end() || *first > span.last) return std::nullopt;
  return *first;
}

}  // namespace sightline::records
