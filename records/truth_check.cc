#include "records/truth_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/status_matchers.h"
#include "proto/sightline/v1/record_service.pb.h"
#include "records/pending_views.h"
#include "records/queries.h"
#include "records/row_check.h"
#include "records/statistics.h"
#include "statement/timestamps.h"

namespace sightline::records {
namespace {

constexpr int64_t kDay = YearMaker::kDay;

using Rows = std::vector<v1::RequestRow>;

// Every page of a question, as a list of rows.
template <typename Request, typename Response, typename Row>
std::vector<Row> AllPages(const Queries& queries,
                          absl::Status (Queries::*ask)(const Request&,
                                                       Response*) const,
                          Request request, Row*) {
  std::vector<Row> rows;
  while (true) {
    Response response;
    EXPECT_OK((queries.*ask)(request, &response));
    rows.insert(rows.end(), response.rows().begin(), response.rows().end());
    if (response.next_page_token().empty()) return rows;
    request.set_page_token(response.next_page_token());
  }
}

class Asker {
 public:
  Asker(const storage::ViewSnapshot& snapshot, int64_t now)
      : queries_(&snapshot, now) {}

  Rows Search(const v1::RequestFilter& filter, uint32_t page_size = 0) const {
    v1::SearchRequestsRequest request;
    *request.mutable_filter() = filter;
    request.set_page_size(page_size);
    return AllPages(queries_, &Queries::SearchRequests, request,
                    static_cast<v1::RequestRow*>(nullptr));
  }
  std::vector<v1::SealRow> Seals(const v1::ListSealsRequest& request) const {
    return AllPages(queries_, &Queries::ListSeals, request,
                    static_cast<v1::SealRow*>(nullptr));
  }
  std::vector<v1::FeedRow> Feed(const v1::ListFeedRequest& request) const {
    return AllPages(queries_, &Queries::ListFeed, request,
                    static_cast<v1::FeedRow*>(nullptr));
  }
  std::vector<v1::TimelineEvent> Changes(
      const v1::ListChangesRequest& request) const {
    return AllPages(queries_, &Queries::ListChanges, request,
                    static_cast<v1::TimelineEvent*>(nullptr));
  }
  std::vector<v1::ReconcileRow> Reconcile(
      const v1::ReconcileRequest& request) const {
    return AllPages(queries_, &Queries::Reconcile, request,
                    static_cast<v1::ReconcileRow*>(nullptr));
  }
  std::vector<v1::StatisticsRow> Statistics(
      const v1::GetStatisticsRequest& request) const {
    return AllPages(queries_, &Queries::GetStatistics, request,
                    static_cast<v1::StatisticsRow*>(nullptr));
  }

 private:
  const Queries queries_;
};

template <typename Message>
std::vector<std::string> Bytes(const std::vector<Message>& rows) {
  std::vector<std::string> out;
  for (const Message& row : rows) out.push_back(SerialiseView(row));
  return out;
}

std::set<uint64_t> IndicesOf(const Rows& rows) {
  std::set<uint64_t> out;
  for (const v1::RequestRow& row : rows) out.insert(row.facts().index());
  EXPECT_EQ(out.size(), rows.size()) << "a request was given twice";
  return out;
}

template <typename Predicate>
std::set<uint64_t> TrueIndices(const YearMaker& year, Predicate holds) {
  std::set<uint64_t> out;
  for (const TrueRequest& request : year.requests()) {
    if (holds(request)) out.insert(request.index);
  }
  return out;
}

bool TouchesTruly(const v1::TimeWindow& window, int64_t from, int64_t before) {
  return window.has_begin() && statement::ToUnixMs(window.begin()) < before &&
         statement::ToUnixMs(window.end()) > from;
}

v1::RequestFilter Touching(int64_t from, int64_t before) {
  v1::RequestFilter filter;
  *filter.mutable_touches_from() = statement::FromUnixMs(from);
  *filter.mutable_touches_before() = statement::FromUnixMs(before);
  return filter;
}

const int64_t kMay = YearMaker::kBegin + 121 * kDay;
const int64_t kJuly = kMay + 61 * kDay;

bool TouchedMayOrJune(const TrueRequest& request) {
  return TouchesTruly(request.said.incident_window(), kMay, kJuly) ||
         TouchesTruly(request.said.footage_window(), kMay, kJuly);
}

void CheckDaysAndPlaces(const YearMaker& year, const Asker& ask) {
  v1::RequestFilter filter = Touching(kMay, kJuly);
  EXPECT_EQ(IndicesOf(ask.Search(filter)), TrueIndices(year, TouchedMayOrJune));
  filter.set_county_fips("06037");
  const Rows rows = ask.Search(filter);
  EXPECT_EQ(IndicesOf(rows), TrueIndices(year, [](const TrueRequest& request) {
              return TouchedMayOrJune(request) &&
                     (request.county == "06037" ||
                      request.said.area().state() == "CA");
            }));
  for (const v1::RequestRow& row : rows) {
    const auto truth = std::find_if(
        year.requests().begin(), year.requests().end(),
        [&](const auto& r) { return r.index == row.facts().index(); });
    ASSERT_NE(truth, year.requests().end());
    EXPECT_EQ(row.facts().request().offence_code(), truth->said.offence_code());
    EXPECT_EQ(row.facts().request().purpose(), truth->said.purpose());
  }
  filter = Touching(kMay + 10 * kDay, kMay + 11 * kDay);
  filter.set_s2_cell("80c2c7b");
  EXPECT_EQ(IndicesOf(ask.Search(filter)),
            TrueIndices(year, [](const TrueRequest& r) {
              return (r.cell == "80c2c7b" || r.cell == "80c2c7") &&
                     (TouchesTruly(r.said.incident_window(), kMay + 10 * kDay,
                                   kMay + 11 * kDay) ||
                      TouchesTruly(r.said.footage_window(), kMay + 10 * kDay,
                                   kMay + 11 * kDay));
            }));
}

void CheckFeeds(const YearMaker& year, const Asker& ask) {
  for (const auto& [submitter, indices] : year.feeds()) {
    v1::ListFeedRequest request;
    request.set_submitter(submitter);
    std::vector<uint64_t> all;
    for (const v1::FeedRow& row : ask.Feed(request)) all.push_back(row.index());
    EXPECT_EQ(all, indices);
    *request.mutable_admitted_from() = statement::FromUnixMs(kMay);
    *request.mutable_admitted_before() = statement::FromUnixMs(kJuly);
    std::vector<uint64_t> within;
    for (const v1::FeedRow& row : ask.Feed(request)) {
      if (row.admitted_unix_ms() >= kMay && row.admitted_unix_ms() < kJuly) {
        within.push_back(row.index());
      }
    }
    std::vector<uint64_t> truly;
    for (const uint64_t index : indices) {
      if (year.admitted(index) >= kMay && year.admitted(index) < kJuly) {
        truly.push_back(index);
      }
    }
    EXPECT_EQ(within, truly) << submitter;
  }
}

void CheckUnanswered(const YearMaker& year, const Asker& ask, int64_t now) {
  v1::RequestFilter filter;
  filter.set_unanswered_days(30);
  EXPECT_EQ(IndicesOf(ask.Search(filter)),
            TrueIndices(year, [&](const TrueRequest& request) {
              return request.answered_by == 0 && !request.withdrawn &&
                     now - request.admitted >= 30 * kDay;
            }));
  filter.set_custodian("platform:two");
  EXPECT_EQ(IndicesOf(ask.Search(filter)),
            TrueIndices(year, [&](const TrueRequest& request) {
              return request.answered_by == 0 && !request.withdrawn &&
                     request.platform == "platform:two" &&
                     now - request.admitted >= 30 * kDay;
            }));
}

void CheckRows(const YearMaker& year, const Asker& ask) {
  const Rows rows = ask.Search({}, 200);
  ASSERT_EQ(rows.size(), year.requests().size());
  for (size_t i = 0; i < rows.size(); ++i) {
    const TrueRequest& truth = year.requests()[i];
    const v1::RequestRow& row = rows[i];
    ASSERT_EQ(row.facts().index(), truth.index);
    EXPECT_EQ(row.state_code(), truth.state);
    EXPECT_EQ(row.county_fips(), truth.county);
    EXPECT_EQ(row.outcome(), truth.outcome) << truth.index;
    EXPECT_EQ(row.answered_index(), truth.answered_by);
    EXPECT_EQ(row.carried_out(), truth.given);
    EXPECT_EQ(row.residents().index(), truth.counted_by);
    EXPECT_EQ(row.residents().shared(), truth.shared);
    EXPECT_EQ(row.residents().declined(), truth.refused);
  }
}

void CheckViolations(const YearMaker& year, const Asker& ask) {
  v1::RequestFilter filter;
  filter.set_violates_policy(true);
  std::set<uint64_t> carried_out;
  const Rows rows = ask.Search(filter);
  for (const v1::RequestRow& row : rows) {
    if (row.carried_out()) carried_out.insert(row.facts().index());
  }
  EXPECT_EQ(IndicesOf(rows),
            TrueIndices(year, [](const auto& r) { return r.breaks_policy; }));
  EXPECT_EQ(carried_out, TrueIndices(year, [](const auto& r) {
              return r.breaks_policy && r.given;
            }));
}

void CheckCompelled(const YearMaker& year, const Asker& ask) {
  v1::RequestFilter filter;
  filter.set_compelled_after_decline(true);
  std::map<uint64_t, uint64_t> pairs;
  for (const v1::RequestRow& row : ask.Search(filter)) {
    pairs[row.facts().index()] = row.compelled_by_index();
  }
  std::map<uint64_t, uint64_t> truly;
  for (const TrueRequest& request : year.requests()) {
    if (request.compelled_by != 0) truly[request.index] = request.compelled_by;
  }
  EXPECT_EQ(pairs, truly);
  EXPECT_FALSE(truly.empty());
}

v1::NoticeState TrueNotice(const TrueRequest& request, int64_t now) {
  if (!request.given) return v1::NOTICE_STATE_NOT_DUE;
  const int64_t due = request.given_at + 3 * kDay;
  if (request.notice_at != 0) {
    return request.notice_at <= due ? v1::NOTICE_STATE_IN_TIME
                                    : v1::NOTICE_STATE_LATE;
  }
  return now < due ? v1::NOTICE_STATE_PENDING : v1::NOTICE_STATE_NOT_GIVEN;
}

v1::ReviewState TrueReview(const TrueRequest& request, int64_t now) {
  if (request.reviewed_by != 0) return v1::REVIEW_STATE_GIVEN;
  return now < request.admitted + YearMaker::kReviewDays * kDay
             ? v1::REVIEW_STATE_DUE
             : v1::REVIEW_STATE_OVERDUE;
}

void CheckReviews(const YearMaker& year, const Asker& ask, int64_t now) {
  std::set<uint64_t> too_early;
  std::set<int> states;
  const Rows rows = ask.Search({}, 200);
  ASSERT_EQ(rows.size(), year.requests().size());
  for (size_t i = 0; i < rows.size(); ++i) {
    const TrueRequest& truth = year.requests()[i];
    const v1::RequestRow& row = rows[i];
    if (row.given_before_logged()) too_early.insert(truth.index);
    if (!truth.is_emergency) {
      EXPECT_EQ(row.review(), v1::REVIEW_STATE_UNSPECIFIED);
      EXPECT_EQ(row.review_deadline_unix_ms(), 0);
      continue;
    }
    states.insert(row.review());
    EXPECT_EQ(row.review(), TrueReview(truth, now)) << truth.index;
    EXPECT_EQ(row.review_verdict(), truth.verdict);
    EXPECT_EQ(row.reviewed_index(), truth.reviewed_by);
    EXPECT_EQ(row.review_deadline_unix_ms(),
              truth.admitted + YearMaker::kReviewDays * kDay);
  }
  EXPECT_EQ(states.count(v1::REVIEW_STATE_GIVEN), 1u);
  EXPECT_EQ(too_early,
            TrueIndices(year, [](const auto& r) { return r.given_too_early; }));
  EXPECT_FALSE(too_early.empty());
  v1::RequestFilter filter;
  filter.set_review_overdue(true);
  const std::set<uint64_t> overdue = IndicesOf(ask.Search(filter));
  EXPECT_EQ(overdue, TrueIndices(year, [&](const auto& r) {
              return r.is_emergency &&
                     TrueReview(r, now) == v1::REVIEW_STATE_OVERDUE;
            }));
  EXPECT_FALSE(overdue.empty());
}

void CheckEmergencies(const YearMaker& year, const Asker& ask, int64_t now) {
  v1::RequestFilter filter;
  filter.set_is_emergency(true);
  std::map<uint64_t, int> notices;
  for (const v1::RequestRow& row : ask.Search(filter)) {
    notices[row.facts().index()] = row.notice();
    EXPECT_EQ(row.facts().request().verification(),
              v1::REQUESTER_VERIFICATION_CALL_BACK);
  }
  std::map<uint64_t, int> truly;
  for (const TrueRequest& request : year.requests()) {
    if (request.is_emergency) truly[request.index] = TrueNotice(request, now);
  }
  EXPECT_EQ(notices, truly);
}

void CheckSeals(const YearMaker& year, const Asker& ask, int64_t now) {
  std::map<std::pair<uint64_t, std::string>, TrueSeal> truly = year.seals();
  int64_t last = 0;
  std::set<std::pair<uint64_t, std::string>> overdue;
  for (const v1::SealRow& row : ask.Seals({})) {
    const std::pair<uint64_t, std::string> key(row.index(), row.path());
    ASSERT_EQ(truly.count(key), 1u) << row.index() << row.path();
    EXPECT_EQ(row.sealed_until_unix_ms(), truly[key].until);
    EXPECT_EQ(row.renewals(), truly[key].renewals);
    EXPECT_EQ(row.erased(), truly[key].erased);
    EXPECT_LE(last, row.sealed_until_unix_ms());
    last = row.sealed_until_unix_ms();
    if (row.overdue()) overdue.insert(key);
    truly.erase(key);
  }
  EXPECT_TRUE(truly.empty()) << truly.size() << " seals are missing";
  std::set<std::pair<uint64_t, std::string>> truly_overdue;
  for (const auto& [key, seal] : year.seals()) {
    if (!seal.erased && seal.until <= now) truly_overdue.insert(key);
  }
  EXPECT_EQ(overdue, truly_overdue);
  v1::ListSealsRequest request;
  request.set_overdue(true);
  EXPECT_EQ(ask.Seals(request).size(), truly_overdue.size());
}

void CheckReports(const YearMaker& year, const Asker& ask) {
  v1::ReconcileRequest request;
  request.set_from_month(202001);
  request.set_until_month(202012);
  request.set_disagreements(true);
  std::map<YearMaker::BookLine, std::pair<uint64_t, uint64_t>> found;
  for (const v1::ReconcileRow& row : ask.Reconcile(request)) {
    if (!row.counterparty().empty()) continue;
    found[{row.submitter(), row.month(), row.channel(), row.legal_process()}] =
        {row.reported(), row.logged()};
  }
  EXPECT_EQ(found, year.wrong_reports());
  EXPECT_FALSE(found.empty());
}

using Pairs = std::map<
    YearMaker::PairLine,
    std::tuple<std::optional<uint64_t>, std::optional<uint64_t>, uint64_t>>;

// As the agency's side has them; of a platform's side, turned around.
Pairs PairsOf(const std::vector<v1::ReconcileRow>& rows, bool is_platforms) {
  Pairs out;
  for (const v1::ReconcileRow& row : rows) {
    if (row.counterparty().empty()) continue;
    std::optional<uint64_t> own;
    std::optional<uint64_t> others;
    if (row.has_report_index()) own = row.reported();
    if (row.has_counterparty_report_index()) {
      others = row.counterparty_reported();
    }
    const auto& agency = is_platforms ? row.counterparty() : row.submitter();
    const auto& platform = is_platforms ? row.submitter() : row.counterparty();
    if (is_platforms) own.swap(others);
    const bool is_new =
        out.emplace(YearMaker::PairLine(agency, platform, row.month(),
                                        row.channel(), row.legal_process()),
                    std::make_tuple(own, others, row.logged()))
            .second;
    EXPECT_TRUE(is_new) << row.ShortDebugString();
  }
  return out;
}

// What one side reports and the other, or the log, does not.
void CheckPairs(const YearMaker& year, const Asker& ask) {
  v1::ReconcileRequest request;
  request.set_from_month(202001);
  request.set_until_month(202012);
  request.set_disagreements(true);
  Pairs truly;
  Pairs of_one;
  uint64_t unheard = 0;
  const std::string& one = year.platforms()[0];
  for (const auto& [line, pair] : year.WrongPairs()) {
    const auto said =
        std::make_tuple(pair.agency_says, pair.platform_says, pair.logged);
    truly.emplace(line, said);
    if (std::get<1>(line) == one) of_one.emplace(line, said);
    if (!pair.agency_says.has_value() && pair.logged == 0) ++unheard;
  }
  EXPECT_EQ(PairsOf(ask.Reconcile(request), false), truly);
  // Of agencies that neither logged nor reported, too.
  EXPECT_GT(unheard, 0u);
  request.set_counterparty(one);
  EXPECT_EQ(PairsOf(ask.Reconcile(request), false), of_one);
  request.clear_counterparty();
  request.set_submitter(one);
  EXPECT_EQ(PairsOf(ask.Reconcile(request), true), of_one);
}

void CheckChanges(const YearMaker& year, const Asker& ask) {
  const uint64_t since = year.entries().size() / 3;
  v1::ListChangesRequest request;
  request.set_since_index(since);
  std::vector<uint64_t> found;
  for (const v1::TimelineEvent& row : ask.Changes(request)) {
    found.push_back(row.index());
  }
  std::vector<uint64_t> truly;
  for (const uint64_t index : year.changes()) {
    if (index >= since) truly.push_back(index);
  }
  EXPECT_EQ(found, truly);
}

void CheckCounts(const YearMaker& year, const Asker& ask) {
  v1::GetStatisticsRequest request;
  request.set_group_by(v1::STATISTICS_GROUPING_AGENCY);
  std::map<std::string, std::vector<uint64_t>> truly;
  for (const TrueRequest& r : year.requests()) {
    std::vector<uint64_t>& sums = truly[r.agency];
    sums.resize(4);
    ++sums[0];
    sums[1] += r.answered_by != 0 ? 1 : 0;
    sums[2] += r.is_emergency ? 1 : 0;
    sums[3] += r.breaks_policy && r.given ? 1 : 0;
  }
  std::map<std::string, std::vector<uint64_t>> found;
  for (const v1::StatisticsRow& row : ask.Statistics(request)) {
    const v1::Statistics& s = row.statistics();
    found[row.key()] = {s.requests(), s.answered(), s.emergencies(),
                        s.violations_carried_out()};
    EXPECT_EQ(row.submitter().submitter(), row.key());
  }
  EXPECT_EQ(found, truly);
}

// Requests beside an assembly that a calendar lists, found and counted.
void CheckListed(const YearMaker& year, const Asker& ask) {
  v1::RequestFilter filter;
  filter.set_assembly_listed(v1::DECLARED_YES);
  const auto truly =
      TrueIndices(year, [](const auto& r) { return r.is_listed; });
  EXPECT_EQ(IndicesOf(ask.Search(filter)), truly);
  EXPECT_FALSE(truly.empty());
  v1::GetStatisticsRequest request;
  request.set_group_by(v1::STATISTICS_GROUPING_AGENCY);
  uint64_t counted = 0;
  for (const v1::StatisticsRow& row : ask.Statistics(request)) {
    counted += row.statistics().assembly_listed();
  }
  EXPECT_EQ(counted, truly.size());
}

// What is counted of those that fit a filter, by platform.
void CheckFilteredCounts(const YearMaker& year, const Asker& ask) {
  v1::GetStatisticsRequest request;
  request.set_group_by(v1::STATISTICS_GROUPING_PLATFORM);
  request.set_from_month(202005);
  request.set_until_month(202006);
  request.mutable_filter()->set_state("CA");
  request.mutable_filter()->add_purposes(v1::PURPOSE_THEFT);
  request.mutable_filter()->add_channels(v1::CHANNEL_DIRECT_ASK);
  std::map<std::string, uint64_t> truly;
  for (const TrueRequest& r : year.requests()) {
    if (r.admitted >= kMay && r.admitted < kJuly && r.state == "CA" &&
        r.said.purpose() == v1::PURPOSE_THEFT &&
        r.said.channel() == v1::CHANNEL_DIRECT_ASK && !r.platform.empty()) {
      ++truly[r.platform];
    }
  }
  std::map<std::string, uint64_t> found;
  for (const v1::StatisticsRow& row : MergeByKey(ask.Statistics(request))) {
    found[row.key()] = row.statistics().requests();
  }
  EXPECT_EQ(found, truly);
}

// Lists, narrowed by who and when.
void CheckNarrowedLists(const YearMaker& year, const Asker& ask) {
  const std::string& agency = year.agencies()[1];
  std::set<uint64_t> own(year.feeds().at(agency).begin(),
                         year.feeds().at(agency).end());
  v1::ListChangesRequest changes;
  changes.add_submitters(agency);
  *changes.mutable_admitted_from() = statement::FromUnixMs(kMay);
  *changes.mutable_admitted_before() = statement::FromUnixMs(kJuly);
  changes.set_state(agency.substr(4, 2));
  std::vector<uint64_t> found;
  for (const v1::TimelineEvent& row : ask.Changes(changes)) {
    EXPECT_EQ(row.agency().submitter(), agency);
    found.push_back(row.index());
  }
  std::vector<uint64_t> truly;
  for (const uint64_t index : year.changes()) {
    if (own.count(index) > 0 && year.admitted(index) >= kMay &&
        year.admitted(index) < kJuly) {
      truly.push_back(index);
    }
  }
  EXPECT_EQ(found, truly);
  v1::ListSealsRequest seals;
  seals.add_purposes(v1::PURPOSE_THEFT);
  *seals.mutable_sealed_from() = statement::FromUnixMs(kMay);
  *seals.mutable_sealed_before() = statement::FromUnixMs(kJuly);
  std::set<uint64_t> sealed;
  for (const v1::SealRow& row : ask.Seals(seals)) sealed.insert(row.index());
  EXPECT_EQ(sealed, TrueIndices(year, [&](const TrueRequest& r) {
              return r.said.purpose() == v1::PURPOSE_THEFT &&
                     r.admitted >= kMay && r.admitted < kJuly &&
                     year.seals().count({r.index, "case_number"}) > 0;
            }));
}

std::vector<v1::ListSealsRequest> ManySealQuestions(const YearMaker& year) {
  std::vector<v1::ListSealsRequest> out(8);
  out[1].set_submitter(year.agencies()[1]);
  out[2].set_submitter(year.platforms()[0]);
  out[3].set_ground(v1::SEAL_GROUND_PERSONAL_DATA);
  out[4].set_state("CA");
  out[4].add_channels(v1::CHANNEL_DIRECT_ASK);
  out[5].set_county_fips("17031");
  out[5].set_overdue(true);
  out[6].add_granters(v1::SEAL_GRANTER_COURT);
  out[6].add_granters(v1::SEAL_GRANTER_STATUTE);
  out[7].add_legal_processes(v1::LEGAL_PROCESS_SEARCH_WARRANT);
  out[7].add_offence_codes("220");
  for (v1::ListSealsRequest& seals : out) seals.set_page_size(11);
  return out;
}

std::vector<v1::ReconcileRequest> ManyReconciliations(const YearMaker& year) {
  std::vector<v1::ReconcileRequest> out(11);
  out[1].set_submitter(year.agencies()[1]);
  out[2].set_submitter(year.platforms()[0]);
  out[3].set_state("CA");
  out[3].add_channels(v1::CHANNEL_DIRECT_ASK);
  out[4].set_county_fips("17031");
  out[5].add_legal_processes(v1::LEGAL_PROCESS_NONE_CONSENT);
  out[5].add_outcomes(v1::OUTCOME_UNSPECIFIED);
  out[6].set_disagreements(true);
  out[7].set_counterparty(year.platforms()[1]);
  out[8].set_submitter(year.platforms()[0]);
  out[8].set_counterparty(year.agencies()[1]);
  out[9].set_submitter(year.agencies()[1]);
  out[9].set_counterparty(year.platforms()[2]);
  out[9].set_disagreements(true);
  out[10].set_counterparty(year.agencies()[1]);
  out[10].set_state("CA");
  for (v1::ReconcileRequest& request : out) {
    request.set_from_month(202002);
    request.set_until_month(202011);
    request.set_page_size(20);
  }
  return out;
}

std::vector<v1::RequestFilter> ManyFilters() {
  std::vector<v1::RequestFilter> filters(18);
  filters[1].add_submitters("ori:CA0000100");
  filters[1].add_submitters("ori:IL0000300");
  filters[2].set_state("CA");
  filters[2].set_is_sealed(v1::DECLARED_YES);
  filters[3].set_county_fips("17031");
  filters[4].add_offence_codes("220");
  filters[4].add_offence_codes("13A");
  filters[5].add_channels(v1::CHANNEL_DIRECT_ASK);
  filters[5].add_purposes(v1::PURPOSE_THEFT);
  filters[6].set_assembly_related(v1::DECLARED_YES);
  filters[7].add_outcomes(v1::OUTCOME_FULL);
  filters[7].set_custodian("platform:one");
  filters[8].add_states(v1::REQUEST_STATE_OVERDUE);
  filters[8].add_states(v1::REQUEST_STATE_ESCALATED);
  filters[9] = Touching(kMay, kJuly);
  filters[9].add_submitters("ori:CA0000100");
  filters[10] = Touching(kMay + 12345, kMay + 3 * kDay + 999);
  *filters[11].mutable_admitted_from() = statement::FromUnixMs(kMay + 777);
  *filters[11].mutable_admitted_before() = statement::FromUnixMs(kJuly - 777);
  *filters[12].mutable_touches_from() = statement::FromUnixMs(kJuly);
  filters[12].add_legal_processes(v1::LEGAL_PROCESS_SEARCH_WARRANT);
  *filters[13].mutable_touches_before() = statement::FromUnixMs(kMay);
  filters[13].set_violates_policy(true);
  filters[14].set_review_overdue(true);
  filters[15].set_review_overdue(true);
  filters[15].set_state("CA");
  filters[15].add_submitters("ori:CA0000100");
  filters[16].set_assembly_listed(v1::DECLARED_YES);
  filters[17].set_assembly_listed(v1::DECLARED_NO);
  filters[17].set_state("IL");
  return filters;
}

}  // namespace

void CheckAgainstTruth(const YearMaker& year,
                       const storage::ViewSnapshot& snapshot, int64_t now) {
  const Asker ask(snapshot, now);
  CheckDaysAndPlaces(year, ask);
  CheckFeeds(year, ask);
  CheckUnanswered(year, ask, now);
  CheckRows(year, ask);
  CheckViolations(year, ask);
  CheckCompelled(year, ask);
  CheckEmergencies(year, ask, now);
  CheckReviews(year, ask, now);
  CheckSeals(year, ask, now);
  CheckReports(year, ask);
  CheckPairs(year, ask);
  CheckChanges(year, ask);
  CheckCounts(year, ask);
  CheckListed(year, ask);
  CheckFilteredCounts(year, ask);
  CheckNarrowedLists(year, ask);
}

void CheckAgainstModel(const YearMaker& year, const Model& model,
                       const storage::ViewSnapshot& snapshot, int64_t now) {
  const Asker ask(snapshot, now);
  for (const v1::RequestFilter& filter : ManyFilters()) {
    EXPECT_EQ(Bytes(ask.Search(filter, 37)), Bytes(model.Search(filter, now)))
        << filter.ShortDebugString();
  }
  for (int by = v1::STATISTICS_GROUPING_AGENCY;
       by <= v1::STATISTICS_GROUPING_MONTH; ++by) {
    v1::GetStatisticsRequest request;
    request.set_group_by(static_cast<v1::StatisticsGrouping>(by));
    request.set_from_month(202003);
    request.set_until_month(202010);
    request.set_page_size(3);
    EXPECT_EQ(Bytes(ask.Statistics(request)),
              Bytes(model.Statistics(request, now)));
    *request.mutable_filter() = ManyFilters()[7];
    EXPECT_EQ(Bytes(MergeByKey(ask.Statistics(request))),
              Bytes(model.Statistics(request, now)));
    *request.mutable_filter() = Touching(kMay, kJuly);
    EXPECT_EQ(Bytes(MergeByKey(ask.Statistics(request))),
              Bytes(model.Statistics(request, now)));
  }
  for (const v1::ReconcileRequest& request : ManyReconciliations(year)) {
    EXPECT_EQ(Bytes(ask.Reconcile(request)), Bytes(model.Reconcile(request)))
        << request.ShortDebugString();
  }
  for (const v1::ListSealsRequest& seals : ManySealQuestions(year)) {
    EXPECT_EQ(Bytes(ask.Seals(seals)), Bytes(model.Seals(seals, now)))
        << seals.ShortDebugString();
  }
  v1::ListChangesRequest changes;
  changes.set_page_size(7);
  changes.add_submitters(year.agencies()[0]);
  changes.add_submitters(year.agencies()[1]);
  EXPECT_EQ(Bytes(ask.Changes(changes)), Bytes(model.Changes(changes)));
  changes.clear_submitters();
  changes.set_state("CA");
  EXPECT_EQ(Bytes(ask.Changes(changes)), Bytes(model.Changes(changes)));
  changes.set_county_fips("06075");
  EXPECT_EQ(Bytes(ask.Changes(changes)), Bytes(model.Changes(changes)));
  for (const std::string& agency : year.agencies()) {
    v1::ListFeedRequest feed;
    feed.set_submitter(agency);
    feed.set_page_size(5);
    *feed.mutable_admitted_from() = statement::FromUnixMs(kMay);
    *feed.mutable_admitted_before() = statement::FromUnixMs(kJuly);
    EXPECT_EQ(Bytes(ask.Feed(feed)), Bytes(model.Feed(agency, kMay, kJuly)));
  }
}

void CheckSameViews(const storage::ViewSnapshot& a,
                    const storage::ViewSnapshot& b) {
  const auto read = [](const storage::ViewSnapshot& snapshot) {
    std::vector<std::pair<std::string, std::string>> pairs;
    EXPECT_OK(snapshot.Scan(
        "", "\xff", [&](absl::string_view key, absl::string_view value) {
          pairs.emplace_back(std::string(key), std::string(value));
          return true;
        }));
    return pairs;
  };
  EXPECT_TRUE(read(a) == read(b));
}

}  // namespace sightline::records
