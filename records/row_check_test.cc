// Rows that the views give are what their entries say, and no others are.
#include "records/row_check.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/status_matchers.h"
#include "records/model.h"
#include "records/year_maker.h"

namespace sightline::records {
namespace {

using base::StatusIs;
constexpr int64_t kNow = YearMaker::kEnd;

class RowCheckTest : public ::testing::Test {
 protected:
  RowCheckTest() : year_({.seed = 4, .entries = 1500}) {
    for (uint64_t i = 0; i < year_.entries().size(); ++i) {
      EXPECT_OK(model_.Add(i, year_.entries()[i]));
      EXPECT_OK(all_.AddEntry(i, year_.entries()[i]));
    }
  }
  // A request with a timeline and a broken policy.
  v1::RequestRow BusyRow() const {
    for (const v1::RequestRow& row : model_.Search({}, kNow)) {
      if (row.events_size() > 2 && row.violates_policy()) return row;
    }
    ADD_FAILURE() << "no such row";
    return {};
  }

  const YearMaker year_;
  Model model_;
  RowCheck all_;
};

TEST_F(RowCheckTest, EveryRowHolds) {
  for (const v1::RequestRow& row : model_.Search({}, kNow)) {
    EXPECT_OK(all_.Check(row, kNow));
  }
  for (const v1::SealRow& row : model_.Seals({}, kNow)) {
    EXPECT_OK(all_.Check(row, kNow));
  }
  for (const v1::TimelineEvent& row : model_.Changes({})) {
    EXPECT_OK(all_.Check(row));
  }
  for (const v1::FeedRow& row :
       model_.Feed(year_.agencies()[0], 0, YearMaker::kEnd)) {
    EXPECT_OK(all_.Check(row, year_.agencies()[0]));
    EXPECT_THAT(all_.Check(row, year_.agencies()[1]),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST_F(RowCheckTest, NoFieldOfARequestCanBeAnother) {
  const v1::RequestRow row = BusyRow();
  std::vector<v1::RequestRow> lies(8, row);
  lies[0].set_state(v1::REQUEST_STATE_OPEN);
  lies[1].mutable_facts()->mutable_request()->set_offence_code("000");
  lies[2].mutable_events()->RemoveLast();
  lies[3].set_violates_policy(false);
  lies[4].mutable_facts()->clear_findings();
  lies[5].mutable_facts()->set_admitted_unix_ms(1);
  lies[6].mutable_agency()->set_name("Another");
  lies[7].add_rests_on(0);
  for (const v1::RequestRow& lie : lies) {
    EXPECT_THAT(all_.Check(lie, kNow),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << lie.ShortDebugString();
  }
}

TEST_F(RowCheckTest, NoFieldOfAReviewCanBeAnother) {
  for (const v1::RequestRow& row : model_.Search({}, kNow)) {
    if (row.review() != v1::REVIEW_STATE_GIVEN) continue;
    std::vector<v1::RequestRow> lies(5, row);
    lies[0].set_review(v1::REVIEW_STATE_NOT_REQUIRED);
    lies[1].set_review_verdict(
        static_cast<v1::ReviewVerdict>(row.review_verdict() % 3 + 1));
    lies[2].set_reviewed_index(row.reviewed_index() + 1);
    lies[3].set_review_deadline_unix_ms(row.review_deadline_unix_ms() + 1);
    lies[4].set_given_before_logged(!row.given_before_logged());
    for (const v1::RequestRow& lie : lies) {
      EXPECT_THAT(all_.Check(lie, kNow),
                  StatusIs(absl::StatusCode::kInvalidArgument));
    }
    return;
  }
  FAIL() << "nothing was reviewed";
}

TEST_F(RowCheckTest, AMomentIsPartOfARow) {
  for (const v1::RequestRow& row : model_.Search({}, kNow)) {
    if (row.state() != v1::REQUEST_STATE_OVERDUE) continue;
    EXPECT_THAT(all_.Check(row, YearMaker::kBegin),
                StatusIs(absl::StatusCode::kInvalidArgument));
    return;
  }
  FAIL() << "nothing is overdue";
}

TEST_F(RowCheckTest, WhatIsNotGivenProvesNothing) {
  const v1::RequestRow row = BusyRow();
  RowCheck some;
  for (const uint64_t index : row.rests_on()) {
    EXPECT_THAT(some.Check(row, kNow),
                StatusIs(absl::StatusCode::kInvalidArgument));
    ASSERT_OK(some.AddEntry(index, year_.entries()[index]));
  }
  EXPECT_OK(some.Check(row, kNow));
}

TEST_F(RowCheckTest, NoFieldOfASealCanBeAnother) {
  for (const v1::SealRow& row : model_.Seals({}, kNow)) {
    if (row.renewals() == 0) continue;
    std::vector<v1::SealRow> lies(8, row);
    lies[0].set_renewals(0);
    lies[1].set_sealed_until_unix_ms(row.sealed_until_unix_ms() - 1);
    lies[2].set_overdue(!row.overdue());
    lies[3].set_path("another");
    lies[4].mutable_rests_on()->RemoveLast();
    lies[5].mutable_agency()->set_state("NY");
    lies[6].clear_agency();
    lies[7].set_offence_code("000");
    for (const v1::SealRow& lie : lies) {
      EXPECT_THAT(all_.Check(lie, kNow),
                  StatusIs(absl::StatusCode::kInvalidArgument));
    }
    return;
  }
  FAIL() << "no seal was renewed";
}

}  // namespace
}  // namespace sightline::records
