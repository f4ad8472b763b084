#include "records/list_filter.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"
#include "records/entry_facts.h"
#include "records/request_filter.h"
#include "records/seal_row.h"
#include "records/statistics.h"
#include "statement/geography.h"
#include "statement/submitter_id.h"
#include "statement/timestamps.h"
#include "statement/whole_seal.h"

namespace sightline::records {
namespace {

template <typename List>
void CheckCount(const List& list, absl::string_view name,
                statement::Violations* violations) {
  if (list.size() <= kMaxFilterValues) return;
  violations->Add(name, absl::StrCat(list.size(), " values, want at most ",
                                     kMaxFilterValues));
}

template <typename Request>
void CheckPlace(const Request& request, statement::Violations* violations) {
  if (!request.state().empty() && !statement::IsState(request.state())) {
    violations->Add("state", "want two letters, CA");
  }
  if (!request.county_fips().empty() &&
      !statement::IsCountyFips(request.county_fips())) {
    violations->Add("county_fips", "want five digits, 06037");
  }
}

void CheckMonths(uint32_t from, uint32_t until, bool optional,
                 statement::Violations* violations) {
  const auto check = [&](uint32_t month, absl::string_view field) {
    if (IsMonth(month) || (optional && month == 0)) return;
    violations->Add(field, "want year * 100 + month, 202006");
  };
  check(from, "from_month");
  check(until, "until_month");
  if (until != 0 && until < from) {
    violations->Add("until_month", "want it not before from_month");
  }
}

void CheckSubmitter(const std::string& submitter, absl::string_view name,
                    statement::Violations* violations) {
  if (!submitter.empty() && !statement::IsSubmitterId(submitter)) {
    violations->Add(name, "not a submitter id");
  }
}

void CheckSpan(bool has_both, const google::protobuf::Timestamp& from,
               const google::protobuf::Timestamp& before,
               absl::string_view name, statement::Violations* violations) {
  if (!has_both || statement::ToUnixMs(from) < statement::ToUnixMs(before)) {
    return;
  }
  violations->Add(absl::StrCat(name, "_before"),
                  absl::StrCat("want it after ", name, "_from"));
}

// An empty list takes everything.
template <typename List, typename Value>
bool In(const List& list, const Value& value) {
  return list.empty() ||
         std::find(list.begin(), list.end(), value) != list.end();
}

template <typename Request>
bool FitsPlace(const Request& request, const v1::SubmitterFacts& submitter) {
  return (request.state().empty() || request.state() == submitter.state()) &&
         (request.county_fips().empty() ||
          request.county_fips() == submitter.county_fips());
}

uint32_t MonthAfter(uint32_t month) {
  return month % 100 == 12 ? month + 89 : month + 1;
}

}  // namespace

void CheckConditions(const v1::ListSealsRequest& request,
                     statement::Violations* violations) {
  if (!request.submitter().empty() &&
      request.submitter() != statement::kSealedSubmitter &&
      !statement::IsSubmitterId(request.submitter())) {
    violations->Add("submitter", "not a submitter id");
  }
  CheckPlace(request, violations);
  CheckSpan(request.has_sealed_from() && request.has_sealed_before(),
            request.sealed_from(), request.sealed_before(), "sealed",
            violations);
  CheckCount(request.granters(), "granters", violations);
  CheckCount(request.legal_processes(), "legal_processes", violations);
  CheckCount(request.channels(), "channels", violations);
  CheckCount(request.purposes(), "purposes", violations);
  CheckCount(request.offence_codes(), "offence_codes", violations);
}

void CheckConditions(const v1::ListChangesRequest& request,
                     statement::Violations* violations) {
  CheckCount(request.submitters(), "submitters", violations);
  for (const std::string& submitter : request.submitters()) {
    if (!statement::IsSubmitterId(submitter)) {
      violations->Add("submitters", "not a submitter id");
    }
  }
  CheckPlace(request, violations);
  CheckSpan(request.has_admitted_from() && request.has_admitted_before(),
            request.admitted_from(), request.admitted_before(), "admitted",
            violations);
}

void CheckConditions(const v1::ReconcileRequest& request,
                     statement::Violations* violations) {
  CheckMonths(request.from_month(), request.until_month(), false, violations);
  CheckSubmitter(request.submitter(), "submitter", violations);
  CheckSubmitter(request.counterparty(), "counterparty", violations);
  CheckPlace(request, violations);
  CheckCount(request.channels(), "channels", violations);
  CheckCount(request.legal_processes(), "legal_processes", violations);
  CheckCount(request.outcomes(), "outcomes", violations);
}

void CheckConditions(const v1::GetStatisticsRequest& request,
                     statement::Violations* violations) {
  CheckMonths(request.from_month(), request.until_month(), true, violations);
  if (request.group_by() == v1::STATISTICS_GROUPING_UNSPECIFIED ||
      !v1::StatisticsGrouping_IsValid(request.group_by())) {
    violations->Add("group_by", "want a grouping");
  }
  if (request.key().size() > 200) {
    violations->Add("key", "want at most 200 bytes");
  }
}

bool MatchesSeal(const v1::ListSealsRequest& request, const v1::SealRow& seal) {
  return TakesGround(request.ground(), seal.ground()) &&
         (!request.overdue() || seal.overdue()) &&
         (request.submitter().empty() ||
          seal.submitter() == request.submitter()) &&
         (!request.has_sealed_from() ||
          seal.sealed_since_unix_ms() >=
              statement::ToUnixMs(request.sealed_from())) &&
         (!request.has_sealed_before() ||
          seal.sealed_since_unix_ms() <
              statement::ToUnixMs(request.sealed_before())) &&
         In(request.granters(), seal.granter()) &&
         In(request.legal_processes(), seal.legal_process()) &&
         In(request.channels(), seal.channel()) &&
         In(request.purposes(), seal.purpose()) &&
         In(request.offence_codes(), seal.offence_code());
}

bool MatchesPlace(const v1::ListSealsRequest& request,
                  const v1::SealRow& seal) {
  return FitsPlace(request, seal.agency());
}

bool MatchesChange(const v1::ListChangesRequest& request,
                   const v1::TimelineEvent& event) {
  return event.index() >= request.since_index() && IsChange(event.kind()) &&
         In(request.kinds(), event.kind()) &&
         In(request.submitters(), event.submitter()) &&
         (!request.has_admitted_from() ||
          event.admitted_unix_ms() >=
              statement::ToUnixMs(request.admitted_from())) &&
         (!request.has_admitted_before() ||
          event.admitted_unix_ms() <
              statement::ToUnixMs(request.admitted_before()));
}

bool MatchesPlace(const v1::ListChangesRequest& request,
                  const v1::TimelineEvent& event) {
  return FitsPlace(request, event.agency());
}

bool MatchesBook(const v1::ReconcileRequest& request, const Book& book) {
  if (book.month < request.from_month() || book.month > request.until_month()) {
    return false;
  }
  if (!request.counterparty().empty() &&
      book.counterparty != request.counterparty()) {
    return false;
  }
  if (!request.submitter().empty()) {
    return book.submitter == request.submitter();
  }
  return book.counterparty.empty() ||
         statement::SubmitterKindOf(book.submitter) !=
             v1::SUBMITTER_KIND_PLATFORM;
}

bool MatchesClass(const v1::ReconcileRequest& request,
                  const v1::ReconcileRow& row) {
  return In(request.channels(), row.channel()) &&
         In(request.legal_processes(), row.legal_process()) &&
         In(request.outcomes(), row.outcome());
}

bool MatchesPlace(const v1::ReconcileRequest& request,
                  const v1::SubmitterFacts* submitter) {
  if (!AsksForPlace(request)) return true;
  return submitter != nullptr && FitsPlace(request, *submitter);
}

v1::RequestFilter FilterOf(const v1::GetStatisticsRequest& request) {
  v1::RequestFilter filter = request.filter();
  if (request.from_month() != 0) {
    const int64_t from = statement::MonthBegin(request.from_month());
    if (!filter.has_admitted_from() ||
        statement::ToUnixMs(filter.admitted_from()) < from) {
      *filter.mutable_admitted_from() = statement::FromUnixMs(from);
    }
  }
  if (request.until_month() != 0 && request.until_month() != 999912) {
    const int64_t before =
        statement::MonthBegin(MonthAfter(request.until_month()));
    if (!filter.has_admitted_before() ||
        statement::ToUnixMs(filter.admitted_before()) > before) {
      *filter.mutable_admitted_before() = statement::FromUnixMs(before);
    }
  }
  return filter;
}

}  // namespace sightline::records
