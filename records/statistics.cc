#include "records/statistics.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "records/entry_facts.h"
#include "records/request_row.h"
#include "statement/counts.h"

namespace sightline::records {
namespace {

// The most that a bucket without an end is counted for.
constexpr uint64_t kOpenBucketFrom = 500;

v1::ResidentRange RangeOf(v1::CountBucket bucket) {
  v1::ResidentRange out;
  if (bucket == v1::COUNT_BUCKET_UNSPECIFIED) return out;
  const statement::CountRange range = statement::RangeOf(bucket);
  out.set_least(range.min);
  out.set_most(std::min(range.max, std::max(range.min, kOpenBucketFrom)));
  if (bucket == v1::COUNT_BUCKET_500_PLUS) {
    out.set_most(kOpenBucketFrom);
    out.set_open(1);
  }
  return out;
}

// `sign` 1 or -1; unsigned arithmetic wraps both ways.
void Combine(const v1::ResidentRange& a, uint64_t sign,
             v1::ResidentRange* sum) {
  sum->set_least(sum->least() + sign * a.least());
  sum->set_most(sum->most() + sign * a.most());
  sum->set_open(sum->open() + sign * a.open());
}

void CombineOutcomes(const v1::Statistics& a, uint64_t sign,
                     v1::Statistics* sum) {
  std::map<int, uint64_t> counts;
  for (const v1::OutcomeCount& count : sum->outcomes()) {
    counts[count.outcome()] += count.count();
  }
  for (const v1::OutcomeCount& count : a.outcomes()) {
    counts[count.outcome()] += sign * count.count();
  }
  sum->clear_outcomes();
  for (const auto& [outcome, n] : counts) {
    if (n == 0) continue;
    v1::OutcomeCount* const out = sum->add_outcomes();
    out->set_outcome(static_cast<v1::Outcome>(outcome));
    out->set_count(n);
  }
}

void CombineRanges(const v1::Statistics& a, uint64_t sign,
                   v1::Statistics* sum) {
  Combine(a.notified(), sign, sum->mutable_notified());
  Combine(a.shared(), sign, sum->mutable_shared());
  Combine(a.declined(), sign, sum->mutable_declined());
  Combine(a.no_action(), sign, sum->mutable_no_action());
  Combine(a.opted_out(), sign, sum->mutable_opted_out());
}

void Combine(const v1::Statistics& a, uint64_t sign, v1::Statistics* sum) {
  const auto field = [&](auto get, auto set) {
    (sum->*set)((sum->*get)() + sign * (a.*get)());
  };
  using S = v1::Statistics;
  field(&S::requests, &S::set_requests);
  field(&S::violations, &S::set_violations);
  field(&S::violations_carried_out, &S::set_violations_carried_out);
  field(&S::emergencies, &S::set_emergencies);
  field(&S::assembly_related, &S::set_assembly_related);
  field(&S::indoor, &S::set_indoor);
  field(&S::with_seals, &S::set_with_seals);
  field(&S::compelled_after_decline, &S::set_compelled_after_decline);
  field(&S::camera_hours_asked, &S::set_camera_hours_asked);
  field(&S::camera_hours_given, &S::set_camera_hours_given);
  field(&S::clips, &S::set_clips);
  field(&S::answered, &S::set_answered);
  field(&S::answer_ms, &S::set_answer_ms);
  field(&S::assembly_listed, &S::set_assembly_listed);
  CombineOutcomes(a, sign, sum);
  CombineRanges(a, sign, sum);
}

void CountAnswers(const v1::RequestRow& row, v1::Statistics* out) {
  uint64_t hours = 0;
  uint64_t clips = 0;
  for (const v1::TimelineEvent& event : row.events()) {
    if (!event.has_response()) continue;
    hours += event.response().camera_hours_given();
    clips += event.response().clips();
  }
  out->set_camera_hours_given(hours);
  out->set_clips(clips);
  if (row.answered_index() == 0) return;
  out->set_answered(1);
  out->set_answer_ms(static_cast<uint64_t>(row.answered_unix_ms() -
                                           row.facts().admitted_unix_ms()));
}

bool HasSeals(const v1::RequestFacts& facts) {
  return facts.has_sealed_index() ||
         std::any_of(facts.sealed().begin(), facts.sealed().end(),
                     [](const v1::SealedField& field) {
                       return field.ground() != v1::SEAL_GROUND_PERSONAL_DATA;
                     });
}

}  // namespace

v1::Statistics StatisticsOf(const v1::RequestRow& row) {
  v1::Statistics out;
  const v1::FootageRequest& request = row.facts().request();
  out.set_requests(1);
  v1::OutcomeCount* const outcome = out.add_outcomes();
  outcome->set_outcome(row.outcome());
  outcome->set_count(1);
  out.set_violations(row.violates_policy() ? 1 : 0);
  out.set_violations_carried_out(
      row.violates_policy() && row.carried_out() ? 1 : 0);
  out.set_emergencies(IsEmergency(request) ? 1 : 0);
  out.set_assembly_related(request.assembly_related() == v1::DECLARED_YES ? 1
                                                                          : 0);
  out.set_assembly_listed(row.assembly_listed() ? 1 : 0);
  out.set_indoor(request.includes_indoor() == v1::DECLARED_YES ? 1 : 0);
  out.set_with_seals(HasSeals(row.facts()) ? 1 : 0);
  out.set_compelled_after_decline(row.compelled_by_index() != 0 ? 1 : 0);
  out.set_camera_hours_asked(request.camera_hours_asked());
  CountAnswers(row, &out);
  *out.mutable_notified() = RangeOf(row.residents().notified());
  *out.mutable_shared() = RangeOf(row.residents().shared());
  *out.mutable_declined() = RangeOf(row.residents().declined());
  *out.mutable_no_action() = RangeOf(row.residents().no_action());
  *out.mutable_opted_out() = RangeOf(row.residents().opted_out());
  return out;
}

void Add(const v1::Statistics& more, v1::Statistics* sum) {
  Combine(more, 1, sum);
}

void Subtract(const v1::Statistics& less, v1::Statistics* sum) {
  Combine(less, ~uint64_t{0}, sum);
}

std::vector<v1::StatisticsRow> MergeByKey(
    const std::vector<v1::StatisticsRow>& parts) {
  std::map<std::string, v1::StatisticsRow> merged;
  for (const v1::StatisticsRow& part : parts) {
    const auto [row, is_new] = merged.try_emplace(part.key(), part);
    if (!is_new) {
      Add(part.statistics(), row->second.mutable_statistics());
    }
  }
  std::vector<v1::StatisticsRow> rows;
  rows.reserve(merged.size());
  for (auto& [key, row] : merged) rows.push_back(std::move(row));
  return rows;
}

uint32_t MonthOf(int64_t unix_ms) {
  const absl::CivilMonth month =
      absl::ToCivilMonth(absl::FromUnixMillis(unix_ms), absl::UTCTimeZone());
  return static_cast<uint32_t>(month.year() * 100 + month.month());
}

bool IsMonth(uint32_t month) {
  const uint32_t in_year = month % 100;
  return month / 100 >= 1970 && month / 100 <= 9999 && in_year >= 1 &&
         in_year <= 12;
}

std::vector<std::pair<v1::StatisticsGrouping, std::string>> GroupsOf(
    const v1::RequestRow& row) {
  std::vector<std::pair<v1::StatisticsGrouping, std::string>> out;
  const auto add = [&](v1::StatisticsGrouping grouping,
                       const std::string& key) {
    if (!key.empty()) out.emplace_back(grouping, key);
  };
  add(v1::STATISTICS_GROUPING_AGENCY, row.facts().submitter());
  add(v1::STATISTICS_GROUPING_PLATFORM, row.facts().request().custodian());
  add(v1::STATISTICS_GROUPING_STATE, row.state_code());
  add(v1::STATISTICS_GROUPING_COUNTY, row.county_fips());
  add(v1::STATISTICS_GROUPING_MONTH,
      absl::StrCat(MonthOf(row.facts().admitted_unix_ms())));
  return out;
}

}  // namespace sightline::records
