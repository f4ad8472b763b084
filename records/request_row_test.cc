#include "records/request_row.h"

#include <gtest/gtest.h>

#include <string>

#include "statement/policy.h"
#include "statement/timestamps.h"

namespace sightline::records {
namespace {

constexpr int64_t kAsked = 1'590'861'600'000;
constexpr int64_t kHourMs = 3'600'000;

class RequestRow : public ::testing::Test {
 protected:
  RequestRow() {
    parts_.facts.set_index(10);
    parts_.facts.set_admitted_unix_ms(kAsked);
    parts_.facts.set_submitter("ori:CA0194200");
    v1::FootageRequest& request = *parts_.facts.mutable_request();
    request.set_channel(v1::CHANNEL_DIRECT_ASK);
    request.set_legal_process(v1::LEGAL_PROCESS_NONE_CONSENT);
    policy_.set_response_deadline_seconds(10 * 86400);
    parts_.policy = &policy_;
  }

  v1::TimelineEvent& Event(uint64_t index, uint64_t target = 10) {
    v1::TimelineEvent event;
    event.set_index(index);
    event.set_target_index(target);
    event.set_admitted_unix_ms(kAsked +
                               static_cast<int64_t>(index - 10) * kHourMs);
    parts_.events.push_back(event);
    return parts_.events.back();
  }
  v1::FootageResponse& Answer(uint64_t index, v1::Outcome outcome) {
    v1::FootageResponse& response = *Event(index).mutable_response();
    response.set_outcome(outcome);
    return response;
  }
  v1::RequestRow Row(int64_t days_later = 1) const {
    return MakeRequestRow(parts_, kAsked + days_later * kDayMs);
  }

  RequestParts parts_;
  v1::PolicyFacts policy_;
};

TEST_F(RequestRow, IsOpenUntilTheDeadlineThenOverdue) {
  EXPECT_EQ(Row(9).state(), v1::REQUEST_STATE_OPEN);
  EXPECT_EQ(Row(10).state(), v1::REQUEST_STATE_OVERDUE);
  parts_.policy = nullptr;
  EXPECT_EQ(Row(1000).state(), v1::REQUEST_STATE_OPEN);
}

TEST_F(RequestRow, APendingAnswerIsNoneAfterTheDeadline) {
  Answer(11, v1::OUTCOME_PENDING);
  EXPECT_EQ(Row(9).state(), v1::REQUEST_STATE_PENDING);
  EXPECT_EQ(Row(10).state(), v1::REQUEST_STATE_OVERDUE);
  EXPECT_EQ(Row().answered_index(), 0u);
}

TEST_F(RequestRow, TheFirstFinalAnswerIsWhenTheNewestIsWhat) {
  Answer(11, v1::OUTCOME_PENDING);
  Answer(12, v1::OUTCOME_REJECTED);
  EXPECT_EQ(Row().state(), v1::REQUEST_STATE_REFUSED);
  Answer(13, v1::OUTCOME_PARTIAL);
  const v1::RequestRow row = Row(100);
  EXPECT_EQ(row.state(), v1::REQUEST_STATE_ANSWERED);
  EXPECT_EQ(row.outcome(), v1::OUTCOME_PARTIAL);
  EXPECT_EQ(row.answered_index(), 12u);
  EXPECT_EQ(row.answered_unix_ms(), kAsked + 2 * kHourMs);
  EXPECT_TRUE(row.carried_out());
  EXPECT_TRUE(row.declined());
}

TEST_F(RequestRow, OwnWordsComeBeforeAnswers) {
  Answer(11, v1::OUTCOME_FULL);
  Event(12).mutable_escalation();
  EXPECT_EQ(Row().state(), v1::REQUEST_STATE_ESCALATED);
  Event(13).mutable_amendment()->mutable_closing_report();
  EXPECT_EQ(Row().state(), v1::REQUEST_STATE_CLOSED);
  Event(14).mutable_amendment()->mutable_withdrawal();
  EXPECT_EQ(Row().state(), v1::REQUEST_STATE_WITHDRAWN);
}

TEST_F(RequestRow, ThePlatformCannotWithdrawForTheAgency) {
  Answer(11, v1::OUTCOME_FULL);
  Event(12, 11).mutable_amendment()->mutable_withdrawal();
  EXPECT_EQ(Row().state(), v1::REQUEST_STATE_ANSWERED);
}

TEST_F(RequestRow, OnlyWhatFollowsARefusalCompels) {
  Event(11).mutable_escalation()->set_channel(v1::CHANNEL_LEGAL_PROCESS);
  EXPECT_EQ(Row().compelled_by_index(), 0u);
  Answer(12, v1::OUTCOME_REJECTED);
  Event(13).mutable_escalation()->set_channel(v1::CHANNEL_DIRECT_ASK);
  EXPECT_EQ(Row().compelled_by_index(), 0u);
  Event(14).mutable_escalation()->set_channel(v1::CHANNEL_EMERGENCY);
  Event(15).mutable_escalation()->set_channel(v1::CHANNEL_LEGAL_PROCESS);
  EXPECT_EQ(Row().compelled_by_index(), 14u);
}

TEST_F(RequestRow, AWarrantIsNotCompelledAgain) {
  parts_.facts.mutable_request()->set_legal_process(
      v1::LEGAL_PROCESS_SEARCH_WARRANT);
  Answer(11, v1::OUTCOME_REJECTED);
  Event(12).mutable_escalation()->set_channel(v1::CHANNEL_EMERGENCY);
  EXPECT_EQ(Row().compelled_by_index(), 0u);
}

TEST_F(RequestRow, ResidentsAreThoseOfTheNewestAnswerThatCountsThem) {
  Answer(11, v1::OUTCOME_PENDING).set_notified(v1::COUNT_BUCKET_20_99);
  Answer(12, v1::OUTCOME_FULL).set_shared(v1::COUNT_BUCKET_1_4);
  Answer(13, v1::OUTCOME_FULL);
  const v1::RequestRow row = Row();
  EXPECT_EQ(row.residents().index(), 12u);
  EXPECT_EQ(row.residents().shared(), v1::COUNT_BUCKET_1_4);
  EXPECT_EQ(row.residents().notified(), v1::COUNT_BUCKET_UNSPECIFIED);
}

TEST_F(RequestRow, NoticeOfEmergenciesHasThreeDays) {
  EXPECT_EQ(Row().notice(), v1::NOTICE_STATE_UNSPECIFIED);
  parts_.facts.mutable_request()->set_channel(v1::CHANNEL_EMERGENCY);
  EXPECT_EQ(Row().notice(), v1::NOTICE_STATE_NOT_DUE);
  Answer(10 + 24, v1::OUTCOME_FULL);  // after one day
  EXPECT_EQ(Row(3).notice(), v1::NOTICE_STATE_PENDING);
  EXPECT_EQ(Row(4).notice(), v1::NOTICE_STATE_NOT_GIVEN);
  v1::FootageResponse& notice = Answer(40, v1::OUTCOME_FULL);
  notice.set_user_notice(v1::USER_NOTICE_GIVEN);
  *notice.mutable_user_notice_time() =
      statement::FromUnixMs(kAsked + 4 * kDayMs);
  EXPECT_EQ(Row(9).notice(), v1::NOTICE_STATE_IN_TIME);
  *parts_.events.back().mutable_response()->mutable_user_notice_time() =
      statement::FromUnixMs(kAsked + 4 * kDayMs + 1);
  EXPECT_EQ(Row(9).notice(), v1::NOTICE_STATE_LATE);
}

TEST_F(RequestRow, NoticeOfEmergenciesHasThePolicysDeadlineWhereItHasOne) {
  policy_.set_notice_deadline_seconds(86400);
  parts_.facts.mutable_request()->set_channel(v1::CHANNEL_EMERGENCY);
  Answer(10 + 24, v1::OUTCOME_FULL);  // after one day
  EXPECT_EQ(Row(1).notice(), v1::NOTICE_STATE_PENDING);
  EXPECT_EQ(Row(2).notice(), v1::NOTICE_STATE_NOT_GIVEN);
  policy_.set_notice_deadline_seconds(0);
  EXPECT_EQ(Row(2).notice(), v1::NOTICE_STATE_PENDING);
}

TEST_F(RequestRow, SaysWhetherACalendarListsAnAssembly) {
  EXPECT_FALSE(Row().assembly_listed());
  parts_.facts.add_findings()->set_rule_id("assembly.forbidden");
  EXPECT_FALSE(Row().assembly_listed());
  parts_.facts.add_findings()->set_rule_id("assembly.undeclared");
  EXPECT_TRUE(Row().assembly_listed());
  parts_.facts.mutable_findings(1)->set_rule_id("assembly.listed");
  EXPECT_TRUE(Row().assembly_listed());
}

TEST_F(RequestRow, AReviewOfAnEmergencyHasThePolicysDeadline) {
  policy_.set_review_deadline_seconds(3 * 86400);
  EXPECT_EQ(Row(9).review(), v1::REVIEW_STATE_UNSPECIFIED);
  EXPECT_EQ(Row(9).review_deadline_unix_ms(), 0);
  parts_.facts.mutable_request()->set_legal_process(
      v1::LEGAL_PROCESS_EMERGENCY_2702);
  EXPECT_EQ(Row(2).review(), v1::REVIEW_STATE_DUE);
  EXPECT_EQ(Row(3).review(), v1::REVIEW_STATE_OVERDUE);
  EXPECT_EQ(Row(3).review_deadline_unix_ms(), kAsked + 3 * kDayMs);
  parts_.facts.mutable_request()->mutable_imported();
  EXPECT_EQ(Row(3).review(), v1::REVIEW_STATE_NOT_REQUIRED);
}

TEST_F(RequestRow, NoPolicyNoReviewRequired) {
  parts_.facts.mutable_request()->set_channel(v1::CHANNEL_EMERGENCY);
  EXPECT_EQ(Row(3).review(), v1::REVIEW_STATE_NOT_REQUIRED);
  parts_.policy = nullptr;
  EXPECT_EQ(Row(3).review(), v1::REVIEW_STATE_NOT_REQUIRED);
  Event(11).mutable_emergency_review();
  EXPECT_EQ(Row(3).review(), v1::REVIEW_STATE_GIVEN);
}

TEST_F(RequestRow, TheNewestReviewCounts) {
  policy_.set_review_deadline_seconds(3 * 86400);
  parts_.facts.mutable_request()->set_channel(v1::CHANNEL_EMERGENCY);
  const auto review = [this](uint64_t index, v1::ReviewVerdict verdict) {
    Event(index).mutable_emergency_review()->set_verdict(verdict);
  };
  review(12, v1::REVIEW_VERDICT_CONFIRMED);
  EXPECT_EQ(Row(9).review(), v1::REVIEW_STATE_GIVEN);
  EXPECT_EQ(Row(9).review_verdict(), v1::REVIEW_VERDICT_CONFIRMED);
  review(15, v1::REVIEW_VERDICT_FORGED);
  EXPECT_EQ(Row(9).review_verdict(), v1::REVIEW_VERDICT_FORGED);
  EXPECT_EQ(Row(9).reviewed_index(), 15u);
}

TEST_F(RequestRow, WhoSaysWhenFootageWasGivenHasGivenSome) {
  Answer(11, v1::OUTCOME_PENDING);
  EXPECT_FALSE(Row().carried_out());
  *Answer(12, v1::OUTCOME_PENDING).mutable_first_given() =
      statement::FromUnixMs(kAsked);
  EXPECT_TRUE(Row().carried_out());
}

TEST_F(RequestRow, WhatIsGivenBeforeTheRequestIsLoggedShows) {
  EXPECT_FALSE(Row().given_before_logged());
  const auto give = [this](uint64_t index, int64_t unix_ms) {
    *Answer(index, v1::OUTCOME_FULL).mutable_first_given() =
        statement::FromUnixMs(unix_ms);
  };
  give(11, kAsked);
  EXPECT_FALSE(Row().given_before_logged());
  give(12, kAsked - 1);
  EXPECT_TRUE(Row().given_before_logged());
  EXPECT_TRUE(Row().carried_out());
  give(13, kAsked + 1);
  EXPECT_TRUE(Row().given_before_logged());
}

TEST_F(RequestRow, ASealRunsUntilItsEndRenewalOrOpening) {
  v1::SealedField* const field = parts_.facts.add_sealed();
  field->set_path("case_number");
  field->set_ground(v1::SEAL_GROUND_JEOPARDIZE);
  *field->mutable_sealed_until() = statement::FromUnixMs(kAsked + 5 * kDayMs);
  EXPECT_TRUE(Row(4).is_sealed());
  EXPECT_FALSE(Row(5).is_sealed());
  v1::SealRenewal& renewal = *Event(11).mutable_seal_renewal();
  renewal.add_paths("case_number");
  *renewal.mutable_sealed_until() = statement::FromUnixMs(kAsked + 9 * kDayMs);
  EXPECT_TRUE(Row(8).is_sealed());
  v1::SealRenewal& shorter = *Event(12).mutable_seal_renewal();
  shorter.add_paths("case_number");
  *shorter.mutable_sealed_until() = statement::FromUnixMs(kAsked + 2 * kDayMs);
  EXPECT_TRUE(Row(8).is_sealed());
  Event(13).mutable_unsealing()->add_paths("case_number");
  EXPECT_FALSE(Row(8).is_sealed());
}

TEST_F(RequestRow, IsWhereItsAreaIsElseWhereItsAgencyIs) {
  EXPECT_EQ(Row().state_code(), "CA");  // of the ORI
  v1::SubmitterFacts agency;
  agency.set_enrolled_index(3);
  agency.set_state("NV");
  agency.set_county_fips("32003");
  parts_.agency = &agency;
  EXPECT_EQ(Row().state_code(), "NV");
  EXPECT_EQ(Row().county_fips(), "32003");
  parts_.facts.mutable_request()->mutable_area()->set_county_fips("06037");
  EXPECT_EQ(Row().state_code(), "CA");
  EXPECT_EQ(Row().county_fips(), "06037");
}

TEST_F(RequestRow, RestsOnEverythingItIsMadeOf) {
  v1::SubmitterFacts agency;
  agency.set_enrolled_index(3);
  parts_.agency = &agency;
  policy_.set_index(2);
  Answer(15, v1::OUTCOME_FULL);
  const v1::RequestRow row = Row();
  EXPECT_EQ(std::vector<uint64_t>(row.rests_on().begin(), row.rests_on().end()),
            (std::vector<uint64_t>{2, 3, 10, 15}));
}

TEST(DaysOf, CountsEveryDayOfBothWindowsOnce) {
  v1::FootageRequest request;
  const auto set = [](v1::TimeWindow* window, int64_t begin, int64_t end) {
    *window->mutable_begin() = statement::FromUnixMs(begin);
    *window->mutable_end() = statement::FromUnixMs(end);
  };
  EXPECT_TRUE(DaysOf(request).days.empty());
  set(request.mutable_incident_window(), 10 * kDayMs, 11 * kDayMs);
  set(request.mutable_footage_window(), 8 * kDayMs + 5, 10 * kDayMs + 1);
  EXPECT_EQ(DaysOf(request).days, (std::vector<uint32_t>{8, 9, 10}));
  set(request.mutable_footage_window(), 8 * kDayMs, 71 * kDayMs);
  EXPECT_TRUE(DaysOf(request).is_long);
}

// The policies that come with Sightline; a deadline is a state, not a finding.
class ShippedDeadlines : public RequestRow {
 protected:
  // A request that nobody has answered, under the shipped policy of that id.
  v1::RequestRow RowUnder(const std::string& id, int64_t ms_later) {
    for (const v1::PolicyVersion& policy : statement::DefaultPolicies()) {
      if (policy.policy().policy_id() != id) continue;
      policy_.set_response_deadline_seconds(policy.response_deadline_seconds());
      policy_.set_review_deadline_seconds(policy.review_deadline_seconds());
      return MakeRequestRow(parts_, kAsked + ms_later);
    }
    ADD_FAILURE() << id;
    return {};
  }
};

TEST_F(ShippedDeadlines, PublicPostsAreOverdueAfter30Days) {
  for (const char* id : {"rfa-2021", "community-2025"}) {
    EXPECT_EQ(RowUnder(id, 30 * kDayMs - 1).state(), v1::REQUEST_STATE_OPEN);
    EXPECT_EQ(RowUnder(id, 30 * kDayMs).state(), v1::REQUEST_STATE_OVERDUE);
  }
  Answer(11, v1::OUTCOME_FULL);
  EXPECT_EQ(RowUnder("rfa-2021", 30 * kDayMs).state(),
            v1::REQUEST_STATE_ANSWERED);
}

TEST_F(ShippedDeadlines, WarrantsHaveNoDeadlineForTheAnswer) {
  EXPECT_EQ(RowUnder("ca-electronic-warrant", 1000 * kDayMs).state(),
            v1::REQUEST_STATE_OPEN);
}

TEST_F(ShippedDeadlines, EmergenciesOfCaliforniaAreReviewedInThreeDays) {
  parts_.facts.mutable_request()->set_channel(v1::CHANNEL_EMERGENCY);
  const auto review = [&](int64_t ms_later) {
    return RowUnder("ca-electronic-warrant", ms_later).review();
  };
  EXPECT_EQ(review(3 * kDayMs - 1), v1::REVIEW_STATE_DUE);
  EXPECT_EQ(review(3 * kDayMs), v1::REVIEW_STATE_OVERDUE);
  Event(11).mutable_emergency_review()->set_verdict(
      v1::REVIEW_VERDICT_CONFIRMED);
  EXPECT_EQ(review(3 * kDayMs), v1::REVIEW_STATE_GIVEN);
}

}  // namespace
}  // namespace sightline::records
