// The twelve questions, asked of a served log that holds the real public records:
// each answer is what the files say, and is proven to the client library.
//
// The truth is read from the files by real_notices.h; notice_story.h adds what they say
// nothing of.
//
// SIGHTLINE_TEST_DATA names the folder of the records.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/status_matchers.h"
#include "client/log_client.h"
#include "client/record_client.h"
#include "cmd/cli/ask_text.h"
#include "cmd/cli/import/plain_table.h"
#include "cmd/cli/output.h"
#include "proto/sightline/v1/record_service.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "statement/tally.h"
#include "statement/timestamps.h"
#include "tests/e2e/notice_log.h"
#include "tests/e2e/notice_story.h"
#include "tests/e2e/real_data_log.h"
#include "tests/e2e/real_notices.h"

namespace sightline::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kLosAngeles[] = "06037";

// One log, made once, that every test asks.
class TwelveQuestions : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::string data = RealDataFolder();
    if (data.empty()) return;
    asked_ = new NoticeLog(data);
    asked_->Fill();
  }
  static void TearDownTestSuite() {
    delete asked_;
    asked_ = nullptr;
  }
  void SetUp() override {
    if (asked_ == nullptr) GTEST_SKIP() << kNoRealData;
    ASSERT_NE(asked_->client(), nullptr);
  }

  static const std::vector<Notice>& notices() { return asked_->notices(); }

  // An answer that the client library has found proven, all pages. The views follow
  // the log on a thread of their own; until they are there the server says so.
  static v1::AnswerFile Ask(const v1::AnswerFile& question,
                            bool is_complete = false) {
    client::RecordClient records(asked_->client());
    absl::StatusOr<client::ProvenAnswer> answer;
    do {
      answer = records.Ask(question);
    } while (absl::IsUnavailable(answer.status()) ||
             (answer.ok() && answer->verdict.tree_size < asked_->size()));
    EXPECT_OK(answer);
    if (!answer.ok()) return {};
    EXPECT_EQ(answer->verdict.is_complete, is_complete);
    EXPECT_FALSE(answer->has_more);
    return std::move(answer->file);
  }

  static std::map<Place, v1::RequestRow> Search(const v1::RequestFilter& filter,
                                                int64_t as_of = kAsked) {
    v1::AnswerFile question;
    *question.mutable_search()->mutable_filter() = filter;
    *question.mutable_search()->mutable_as_of() = statement::FromUnixMs(as_of);
    question.mutable_search()->set_page_size(200);
    std::map<Place, v1::RequestRow> rows;
    const v1::AnswerFile answer = Ask(question);
    for (const v1::AnswerFile::Page& page : answer.pages()) {
      for (const v1::RequestRow& row : page.search().rows()) {
        EXPECT_TRUE(rows.emplace(PlaceOf(row), row).second);
      }
    }
    return rows;
  }

  // The notices that `fits` takes, and nothing else, each with its own words.
  template <typename Fits>
  static void ExpectThose(const std::map<Place, v1::RequestRow>& rows,
                          const Fits& fits) {
    size_t want = 0;
    for (const Notice& notice : notices()) {
      if (!fits(notice)) continue;
      ++want;
      const auto row = rows.find(PlaceOf(notice));
      ASSERT_NE(row, rows.end()) << notice.source << " " << notice.row;
      ExpectSaid(notice, row->second);
    }
    EXPECT_THAT(rows, SizeIs(want));
    EXPECT_GT(want, 0u);
  }
  static void ExpectSaid(const Notice& notice, const v1::RequestRow& row) {
    const v1::FootageRequest& request = row.facts().request();
    EXPECT_EQ(row.facts().index(), asked_->IndexOf(notice));
    EXPECT_EQ(row.facts().submitter(), notice.agency);
    EXPECT_EQ(row.facts().claimed_unix_ms(), notice.submitted);
    EXPECT_EQ(row.facts().admitted_unix_ms(), LoggedAt(notice.year));
    EXPECT_EQ(request.purpose(), notice.purpose);
    EXPECT_EQ(request.offence_code(), notice.offence);
    EXPECT_EQ(request.custodian(), notice.platform);
    EXPECT_EQ(row.county_fips(), notice.county);
    EXPECT_EQ(row.state_code(), "CA");
    EXPECT_EQ(row.outcome(), OutcomeOf(notice));
  }

  static std::vector<v1::StatisticsRow> Count(
      const v1::GetStatisticsRequest& request) {
    v1::AnswerFile question;
    *question.mutable_statistics() = request;
    question.mutable_statistics()->set_page_size(200);
    std::map<std::string, v1::StatisticsRow> rows;
    const v1::AnswerFile answer = Ask(question, true);
    for (const v1::AnswerFile::Page& page : answer.pages()) {
      for (const v1::StatisticsRow& row : page.statistics().rows()) {
        // With conditions a group comes in parts.
        const auto [known, is_new] = rows.emplace(row.key(), row);
        if (is_new) continue;
        v1::Statistics& sum = *known->second.mutable_statistics();
        sum.set_requests(sum.requests() + row.statistics().requests());
      }
    }
    std::vector<v1::StatisticsRow> out;
    for (const auto& [key, row] : rows) out.push_back(row);
    return out;
  }

  static std::vector<v1::SealRow> Seals(v1::ListSealsRequest request) {
    v1::AnswerFile question;
    if (!request.has_as_of()) {
      *request.mutable_as_of() = statement::FromUnixMs(kAsked);
    }
    request.set_page_size(200);
    *question.mutable_seals() = request;
    std::vector<v1::SealRow> rows;
    const v1::AnswerFile answer = Ask(question);
    for (const v1::AnswerFile::Page& page : answer.pages()) {
      rows.insert(rows.end(), page.seals().rows().begin(),
                  page.seals().rows().end());
    }
    return rows;
  }
  // The seals of the notices that `fits` takes, and no others.
  template <typename Fits>
  static void ExpectSeals(const std::vector<v1::SealRow>& rows,
                          const Fits& fits) {
    std::set<uint64_t> want;
    for (const Notice& notice : notices()) {
      if (IsSealed(notice) && fits(notice)) {
        want.insert(asked_->IndexOf(notice));
      }
    }
    std::set<uint64_t> got;
    for (const v1::SealRow& row : rows) got.insert(row.index());
    EXPECT_EQ(got, want);
    EXPECT_THAT(rows, SizeIs(want.size()));
    EXPECT_GT(want.size(), 0u);
  }

  static void ExpectFeed(const std::string& agency, int from_year,
                         int until_year);
  static void ExpectRates(const v1::AnswerFile& file,
                          const std::map<std::string, uint64_t>& requests,
                          const std::map<std::string, std::string>& counties);

  static NoticeLog* asked_;
};

NoticeLog* TwelveQuestions::asked_ = nullptr;

int64_t Utc(int year, int month, int day) {
  return absl::ToUnixMillis(
      absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone()));
}

bool Touches(const Notice& notice, int64_t from, int64_t before) {
  return notice.period.has_value() && notice.period->first < before &&
         notice.period->second > from;
}

v1::RequestFilter Touching(int64_t from, int64_t before) {
  v1::RequestFilter filter;
  *filter.mutable_touches_from() = statement::FromUnixMs(from);
  *filter.mutable_touches_before() = statement::FromUnixMs(before);
  return filter;
}

TEST_F(TwelveQuestions, Q1WhatTouchesTheProtestsOf2020) {
  const int64_t from = Utc(2020, 5, 25);
  const int64_t before = Utc(2020, 7, 1);
  v1::RequestFilter filter = Touching(from, before);
  filter.set_county_fips(kLosAngeles);
  ExpectThose(Search(filter), [&](const Notice& notice) {
    return notice.county == kLosAngeles && Touches(notice, from, before);
  });
  // A day of it, anywhere in the state.
  filter = Touching(Utc(2020, 5, 30), Utc(2020, 5, 31));
  filter.set_state("CA");
  filter.add_purposes(v1::PURPOSE_PROPERTY_DAMAGE);
  filter.add_purposes(v1::PURPOSE_THEFT);
  ExpectThose(Search(filter), [&](const Notice& notice) {
    return Touches(notice, Utc(2020, 5, 30), Utc(2020, 5, 31)) &&
           (notice.purpose == v1::PURPOSE_THEFT ||
            notice.purpose == v1::PURPOSE_PROPERTY_DAMAGE);
  });
}

// Its enrolment and its notices, no more and no less, of years [from, until).
void TwelveQuestions::ExpectFeed(const std::string& agency, int from_year,
                                 int until_year) {
  SCOPED_TRACE(agency);
  v1::AnswerFile question;
  v1::ListFeedRequest& feed = *question.mutable_feed();
  feed.set_submitter(agency);
  *feed.mutable_admitted_from() = statement::FromUnixMs(LoggedAt(from_year));
  *feed.mutable_admitted_before() = statement::FromUnixMs(LoggedAt(until_year));
  feed.set_page_size(200);
  std::set<uint64_t> within;
  const v1::AnswerFile answer = Ask(question, true);
  for (const v1::AnswerFile::Page& page : answer.pages()) {
    for (const v1::FeedRow& row : page.feed().rows()) {
      if (row.admitted_unix_ms() < LoggedAt(from_year) ||
          row.admitted_unix_ms() >= LoggedAt(until_year)) {
        continue;  // the one before and the one after
      }
      // Enrolments are in the registrar's feed.
      EXPECT_EQ(row.kind(), v1::STATEMENT_KIND_FOOTAGE_REQUEST);
      within.insert(row.index());
    }
  }
  std::set<uint64_t> want;
  for (const Notice& notice : notices()) {
    if (notice.agency == agency && notice.year >= from_year &&
        notice.year < until_year) {
      want.insert(asked_->IndexOf(notice));
    }
  }
  EXPECT_EQ(within, want);
}

TEST_F(TwelveQuestions, Q2WhetherThatIsAllOfAnAgency) {
  std::map<std::string, uint64_t> counts;
  for (const Notice& notice : notices()) ++counts[notice.agency];
  std::vector<std::pair<uint64_t, std::string>> busiest;
  for (const auto& [agency, count] : counts)
    busiest.emplace_back(count, agency);
  std::sort(busiest.rbegin(), busiest.rend());
  ASSERT_GT(busiest[5].first, 100u);
  for (int i = 0; i < 6; ++i) {
    ExpectFeed(busiest[i].second, 2017 + i % 2, 2020);
  }
  ExpectFeed(busiest.back().second, 2016, 2022);
}

TEST_F(TwelveQuestions, Q3WhatHasNoAnswerAfterThirtyDays) {
  // Those of 2021 were logged twelve days before.
  const int64_t as_of = LoggedAt(2021) + 12 * kDay;
  const auto is_unanswered = [](const Notice& notice) {
    return notice.year < 2021 && !IsAnswered(notice);
  };
  v1::RequestFilter filter;
  filter.set_unanswered_days(30);
  ExpectThose(Search(filter, as_of), is_unanswered);
  for (const auto grouping :
       {v1::STATISTICS_GROUPING_AGENCY, v1::STATISTICS_GROUPING_PLATFORM}) {
    std::map<std::string, uint64_t> want;
    for (const Notice& notice : notices()) {
      const std::string& key = grouping == v1::STATISTICS_GROUPING_AGENCY
                                   ? notice.agency
                                   : notice.platform;
      if (is_unanswered(notice) && !key.empty()) ++want[key];
    }
    v1::GetStatisticsRequest request;
    request.set_group_by(grouping);
    *request.mutable_filter() = filter;
    *request.mutable_as_of() = statement::FromUnixMs(as_of);
    std::map<std::string, uint64_t> got;
    for (const v1::StatisticsRow& row : Count(request)) {
      got[row.key()] = row.statistics().requests();
    }
    EXPECT_EQ(got, want);
  }
}

TEST_F(TwelveQuestions, Q4HowManyResidentsWereAskedAndShared) {
  v1::RequestFilter filter;
  filter.set_custodian(kRing);
  const auto rows = Search(filter);
  ExpectThose(rows, [](const Notice& n) { return n.platform == kRing; });
  EXPECT_THAT(rows, SizeIs(3));
  for (const auto& [place, row] : rows) {
    EXPECT_EQ(row.residents().notified(), v1::COUNT_BUCKET_5_19);
    EXPECT_EQ(row.residents().shared(), v1::COUNT_BUCKET_1_4);
    EXPECT_EQ(row.residents().declined(), v1::COUNT_BUCKET_1_4);
    EXPECT_EQ(row.residents().no_action(), v1::COUNT_BUCKET_5_19);
  }
  std::map<std::string, uint64_t> asked;  // requests with residents, by agency
  for (const Notice& notice : notices()) {
    if (notice.platform == kRing) ++asked[notice.agency];
  }
  v1::GetStatisticsRequest request;
  request.set_group_by(v1::STATISTICS_GROUPING_AGENCY);
  for (const v1::StatisticsRow& row : Count(request)) {
    const auto found = asked.find(row.key());
    const uint64_t n = found == asked.end() ? 0 : found->second;
    EXPECT_EQ(row.statistics().notified().least(), 5 * n) << row.key();
    EXPECT_EQ(row.statistics().notified().most(), 19 * n);
    EXPECT_EQ(row.statistics().shared().least(), n);
    EXPECT_EQ(row.statistics().shared().most(), 4 * n);
    EXPECT_EQ(row.statistics().declined().least(), n);
    EXPECT_EQ(row.statistics().no_action().least(), 5 * n);
  }
}

TEST_F(TwelveQuestions, Q5WhetherMyAnswerWasCounted) {
  // The last notice that was answered with residents is theirs.
  const Notice* mine = nullptr;
  for (const Notice& notice : notices()) {
    if (notice.platform == kRing) mine = &notice;
  }
  ASSERT_NE(mine, nullptr);
  ASSERT_TRUE(mine->period.has_value());
  const int64_t from = mine->period->first;
  const int64_t before = mine->period->second;
  v1::RequestFilter filter = Touching(from, before);
  filter.set_county_fips(mine->county);
  const auto rows = Search(filter);
  ExpectThose(rows, [&](const Notice& notice) {
    return notice.county == mine->county && Touches(notice, from, before);
  });
  std::vector<v1::FootageResponse> responses;
  for (const v1::TimelineEvent& event : rows.at(PlaceOf(*mine)).events()) {
    if (event.has_response()) responses.push_back(event.response());
  }
  ASSERT_THAT(responses, SizeIs(1));
  int counted = 0;
  for (uint64_t i = 0; i < asked_->tally().size(); ++i) {
    if (asked_->tally().leaves()[i].token.empty()) continue;
    statement::TallyReceipt receipt = asked_->tally().ReceiptAt(i);
    EXPECT_OK(statement::VerifyTallyReceipt(receipt, responses[0]));
    ++counted;
    receipt.leaf.answer = statement::TallyAnswer::kOptedOut;
    EXPECT_FALSE(statement::VerifyTallyReceipt(receipt, responses[0]).ok());
  }
  EXPECT_EQ(counted, 9);
  // No notice tells where in its county.
  filter = Touching(from, before);
  filter.set_s2_cell("80c2c7b");
  EXPECT_THAT(Search(filter), IsEmpty());
}

TEST_F(TwelveQuestions, Q6WhatBrokeThePolicyOfItsDay) {
  const auto all = Search({});
  ASSERT_THAT(all, SizeIs(notices().size()));
  for (const Notice& notice : notices()) {
    const v1::RequestRow& row = all.at(PlaceOf(notice));
    EXPECT_EQ(row.facts().policy().policy_id(),
              IsStrict(notice) ? kStrict : kShipped);
    std::vector<std::string> broken;
    for (const v1::Finding& finding : row.facts().findings()) {
      if (finding.severity() == v1::Finding::SEVERITY_VIOLATION) {
        broken.push_back(finding.rule_id());
      }
    }
    std::sort(broken.begin(), broken.end());
    EXPECT_EQ(broken, Broken(notice)) << notice.source << " " << notice.row;
    EXPECT_EQ(row.violates_policy(), !broken.empty());
    EXPECT_EQ(row.carried_out(), IsGiven(notice));
  }
  v1::RequestFilter filter;
  filter.set_violates_policy(true);
  ExpectThose(Search(filter),
              [](const Notice& notice) { return !Broken(notice).empty(); });
  // And carried out anyway.
  filter.add_outcomes(v1::OUTCOME_FULL);
  filter.add_outcomes(v1::OUTCOME_PARTIAL);
  ExpectThose(Search(filter), [](const Notice& notice) {
    return !Broken(notice).empty() && IsGiven(notice);
  });
}

TEST_F(TwelveQuestions, Q7WhatWasCompelledAfterARefusal) {
  // Some were refused, and no notice says that it follows another.
  v1::RequestFilter refused;
  refused.add_outcomes(v1::OUTCOME_REJECTED);
  ExpectThose(Search(refused), [](const Notice& notice) {
    return OutcomeOf(notice) == v1::OUTCOME_REJECTED;
  });
  v1::RequestFilter filter;
  filter.set_compelled_after_decline(true);
  EXPECT_THAT(Search(filter), IsEmpty());
}

TEST_F(TwelveQuestions, Q8WhichEmergenciesWereDisclosed) {
  v1::RequestFilter filter;
  filter.set_is_emergency(true);
  const auto rows = Search(filter);
  ExpectThose(rows, [](const Notice& notice) { return notice.is_emergency; });
  EXPECT_THAT(rows, SizeIs(227));  // rows with a Y, by the file
  std::map<v1::NoticeState, int> states;
  for (const auto& [place, row] : rows) {
    const Notice& notice = *asked_->Find(place);
    EXPECT_EQ(row.facts().request().legal_process(),
              v1::LEGAL_PROCESS_EMERGENCY_2702);
    EXPECT_EQ(row.facts().policy().policy_id(), kShipped);
    const v1::NoticeState told =
        IsToldInTime(notice) ? v1::NOTICE_STATE_IN_TIME : v1::NOTICE_STATE_LATE;
    EXPECT_EQ(row.notice(), IsGiven(notice) ? told : v1::NOTICE_STATE_NOT_DUE);
    ++states[row.notice()];
    // What was taken over from elsewhere needs no review here.
    EXPECT_EQ(row.review(), v1::REVIEW_STATE_NOT_REQUIRED);
  }
  EXPECT_GT(states[v1::NOTICE_STATE_IN_TIME], 0);
  EXPECT_GT(states[v1::NOTICE_STATE_LATE], 0);
  filter.set_review_overdue(true);
  EXPECT_THAT(Search(filter), IsEmpty());
}

TEST_F(TwelveQuestions, Q9WhatIsSealed) {
  std::map<uint64_t, const Notice*> by_index;
  for (const Notice& notice : notices()) {
    by_index[asked_->IndexOf(notice)] = &notice;
  }
  const std::vector<v1::SealRow> all = Seals({});
  ExpectSeals(all, [](const Notice&) { return true; });
  int64_t last = 0;
  std::map<v1::SealGround, uint64_t> grounds;
  for (const v1::SealRow& row : all) {
    const Notice& notice = *by_index.at(row.index());
    EXPECT_EQ(row.submitter(), notice.agency);
    EXPECT_EQ(row.ground(), notice.delay);
    EXPECT_EQ(row.granter(), v1::SEAL_GRANTER_COURT);
    EXPECT_EQ(row.sealed_until_unix_ms(), notice.submitted + kSealed);
    EXPECT_EQ(row.sealed_since_unix_ms(), LoggedAt(notice.year));
    EXPECT_EQ(row.renewals(), 0u);
    EXPECT_TRUE(row.overdue());
    EXPECT_LE(last, row.sealed_until_unix_ms());  // in this order
    last = row.sealed_until_unix_ms();
    ++grounds[row.ground()];
  }
  EXPECT_THAT(grounds, SizeIs(5));
  for (const auto& [ground, count] : grounds) {
    v1::ListSealsRequest request;
    request.set_ground(ground);
    ExpectSeals(Seals(request), [wanted = ground](const Notice& notice) {
      return notice.delay == wanted;
    });
  }
  v1::ListSealsRequest overdue;
  overdue.set_overdue(true);
  *overdue.mutable_as_of() = statement::FromUnixMs(k2019);
  ExpectSeals(Seals(overdue), [](const Notice& notice) {
    return notice.submitted + kSealed <= k2019;
  });
  v1::ListSealsRequest where;
  where.set_county_fips(kLosAngeles);
  where.add_purposes(v1::PURPOSE_PHYSICAL_INJURY);
  *where.mutable_sealed_from() = statement::FromUnixMs(LoggedAt(2018));
  *where.mutable_sealed_before() = statement::FromUnixMs(LoggedAt(2020));
  ExpectSeals(Seals(where), [](const Notice& notice) {
    return notice.county == kLosAngeles &&
           notice.purpose == v1::PURPOSE_PHYSICAL_INJURY &&
           notice.year >= 2018 && notice.year < 2020;
  });
}

// The provider's geofence warrants of California against the state's own notices.
TEST_F(TwelveQuestions, Q10WhereTheBooksDisagree) {
  uint64_t of_the_provider = 0;
  for (const auto& row : cli::ReadTable(asked_->data() + kGeofenceFile)) {
    if (row.at("Jurisdiction") != "California") continue;
    for (const char* const year : {"2018", "2019", "2020"}) {
      of_the_provider += std::stoull(row.at(year));
    }
  }
  ASSERT_EQ(of_the_provider, 3655u);
  v1::AnswerFile question;
  v1::ReconcileRequest& reconcile = *question.mutable_reconcile();
  reconcile.set_from_month(201801);
  reconcile.set_until_month(202012);
  reconcile.set_submitter(kGoogle);
  reconcile.set_disagreements(true);
  uint64_t reported = 0;
  uint64_t logged = 0;
  const v1::AnswerFile answer = Ask(question, true);
  for (const v1::AnswerFile::Page& page : answer.pages()) {
    for (const v1::ReconcileRow& row : page.reconcile().rows()) {
      if (row.legal_process() !=
              v1::LEGAL_PROCESS_GEOFENCE_OR_REVERSE_WARRANT ||
          row.outcome() != v1::OUTCOME_UNSPECIFIED) {
        continue;
      }
      reported += row.reported();
      logged += row.logged();
    }
  }
  EXPECT_EQ(reported, of_the_provider);
  EXPECT_EQ(logged, 0u);
  // Nothing but location, of one day: those are clearly such.
  const auto is_clear = [](const Notice& notice) {
    return notice.platform == kGoogle && notice.asks_location_alone &&
           notice.is_of_one_day && notice.year >= 2018 && notice.year <= 2020;
  };
  EXPECT_EQ(std::count_if(notices().begin(), notices().end(), is_clear), 41);
}

TEST_F(TwelveQuestions, Q10WhatTheLogHasOfEverybody) {
  // Of the months in which the notices were logged, when nobody reported.
  using Line = std::tuple<std::string, std::string, std::string>;
  std::map<Line, uint64_t> want;  // by submitter, counterparty, month
  std::map<Line, uint64_t> want_emergencies;
  for (const Notice& notice : notices()) {
    auto& books = notice.is_emergency ? want_emergencies : want;
    const std::string month = LoggedIn(notice.year);
    ++books[{notice.agency, "", month}];
    if (!notice.platform.empty()) {
      ++books[{notice.platform, "", month}];
      ++books[{notice.agency, notice.platform, month}];
    }
  }
  v1::AnswerFile question;
  v1::ReconcileRequest& reconcile = *question.mutable_reconcile();
  reconcile.set_from_month(202602);
  reconcile.set_until_month(202607);
  reconcile.set_page_size(200);
  std::map<Line, uint64_t> got;
  std::map<Line, uint64_t> got_emergencies;
  const v1::AnswerFile answer = Ask(question, true);
  for (const v1::AnswerFile::Page& page : answer.pages()) {
    for (const v1::ReconcileRow& row : page.reconcile().rows()) {
      if (row.outcome() != v1::OUTCOME_UNSPECIFIED) continue;
      EXPECT_FALSE(row.has_reported());
      auto& books =
          row.channel() == v1::CHANNEL_EMERGENCY ? got_emergencies : got;
      EXPECT_FALSE(row.has_counterparty_reported());
      books[{row.submitter(), row.counterparty(), absl::StrCat(row.month())}] =
          row.logged();
    }
  }
  EXPECT_EQ(got, want);
  EXPECT_EQ(got_emergencies, want_emergencies);
}

TEST_F(TwelveQuestions, Q11WhatWasUnsealedSince) {
  std::set<uint64_t> want;
  for (const Notice& notice : notices()) {
    if (IsOpened(notice)) want.insert(asked_->IndexOf(notice));
  }
  EXPECT_GT(want.size(), 100u);
  v1::AnswerFile question;
  question.mutable_changes()->set_page_size(200);
  std::set<uint64_t> opened;
  const v1::AnswerFile answer = Ask(question);
  for (const v1::AnswerFile::Page& page : answer.pages()) {
    for (const v1::TimelineEvent& row : page.changes().rows()) {
      EXPECT_TRUE(row.has_unsealing()) << row.ShortDebugString();
      EXPECT_EQ(row.submitter(), kKeeper);
      EXPECT_THAT(row.unsealing().paths(), ElementsAre("narrative"));
      EXPECT_TRUE(opened.insert(row.target_index()).second);
    }
  }
  EXPECT_EQ(opened, want);
  // Nothing since the last of them.
  question.mutable_changes()->set_since_index(asked_->size());
  const v1::AnswerFile since = Ask(question);
  ASSERT_EQ(since.pages_size(), 1);
  EXPECT_THAT(since.pages(0).changes().rows(), IsEmpty());
}

// What `ask compare --population` prints of the answer.
void TwelveQuestions::ExpectRates(
    const v1::AnswerFile& file, const std::map<std::string, uint64_t>& requests,
    const std::map<std::string, std::string>& counties) {
  std::ifstream in(asked_->data() + kPopulationFile);
  const std::string csv((std::istreambuf_iterator<char>(in)), {});
  cli::AnswerStyle style;
  style.csv = true;
  ASSERT_OK_AND_ASSIGN(style.population, cli::ParsePopulation(csv));
  std::ostringstream text;
  std::ostringstream notes;
  cli::Output out(&text, &notes, false, false, false);
  ASSERT_OK(cli::PrintAnswer(file, {}, style, out));
  const std::string path = ::testing::TempDir() + "/compare.csv";
  std::ofstream(path) << text.str();
  const std::map<std::string, uint64_t> population =
      ReadPopulation(cli::ReadTable(asked_->data() + kPopulationFile));
  int rates = 0;
  const cli::Table printed = cli::ReadTable(path);
  EXPECT_THAT(printed, SizeIs(requests.size()));
  for (const auto& row : printed) {
    const uint64_t count = requests.at(row.at("key"));
    EXPECT_EQ(row.at("requests"), absl::StrCat(count));
    const auto county = counties.find(row.at("key"));
    std::string want;
    if (county != counties.end() && population.count(county->second) > 0) {
      want = absl::StrFormat(
          "%.2f", 1e5 * static_cast<double>(count) /
                      static_cast<double>(population.at(county->second)));
      ++rates;
    }
    EXPECT_EQ(row.at("per_100000_residents"), want) << row.at("key");
  }
  EXPECT_GT(rates, 10);
}

TEST_F(TwelveQuestions, Q12HowAgenciesAndCountiesCompare) {
  for (const auto grouping :
       {v1::STATISTICS_GROUPING_AGENCY, v1::STATISTICS_GROUPING_COUNTY}) {
    std::map<std::string, uint64_t> requests;
    std::map<std::string, std::string> counties;
    for (const Notice& notice : notices()) {
      const std::string& key = grouping == v1::STATISTICS_GROUPING_AGENCY
                                   ? notice.agency
                                   : notice.county;
      if (key.empty()) continue;
      ++requests[key];
      if (!notice.county.empty()) counties[key] = notice.county;
    }
    v1::AnswerFile question;
    question.mutable_statistics()->set_group_by(grouping);
    question.mutable_statistics()->set_page_size(200);
    ExpectRates(Ask(question, true), requests, counties);
  }
}

TEST_F(TwelveQuestions, Q12HowMonthsCompare) {
  v1::GetStatisticsRequest request;
  request.set_group_by(v1::STATISTICS_GROUPING_MONTH);
  std::map<std::string, v1::Statistics> want;
  for (const Notice& notice : notices()) {
    v1::Statistics& month = want[LoggedIn(notice.year)];
    month.set_requests(month.requests() + 1);
    month.set_emergencies(month.emergencies() + notice.is_emergency);
    month.set_violations(month.violations() + !Broken(notice).empty());
    month.set_violations_carried_out(
        month.violations_carried_out() +
        (!Broken(notice).empty() && IsGiven(notice)));
    month.set_with_seals(month.with_seals() +
                         (notice.delay != v1::SEAL_GROUND_UNSPECIFIED));
    month.set_answered(month.answered() + IsAnswered(notice));
  }
  const std::vector<v1::StatisticsRow> rows = Count(request);
  ASSERT_THAT(rows, SizeIs(kYears));
  for (const v1::StatisticsRow& row : rows) {
    SCOPED_TRACE(row.key());
    const v1::Statistics& got = row.statistics();
    const v1::Statistics& month = want.at(row.key());
    EXPECT_EQ(got.requests(), month.requests());
    EXPECT_EQ(got.emergencies(), month.emergencies());
    EXPECT_EQ(got.violations(), month.violations());
    EXPECT_EQ(got.violations_carried_out(), month.violations_carried_out());
    EXPECT_EQ(got.with_seals(), month.with_seals());
    EXPECT_EQ(got.answered(), month.answered());
    EXPECT_EQ(got.compelled_after_decline(), 0u);
  }
}

}  // namespace
}  // namespace sightline::tests
