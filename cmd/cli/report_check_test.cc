#include "cmd/cli/report_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/status_matchers.h"

namespace sightline::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Period kPeriod = {1000, 2000};

// A feed of one agency, and the requests that a search gave.
class ReportCheck : public ::testing::Test {
 protected:
  ReportCheck() {
    feed_.mutable_feed()->set_submitter("ori:CA0194200");
    feed_.add_pages()->mutable_feed();
  }

  void Entry(uint64_t index, v1::StatementKind kind, int64_t admitted = 1500) {
    v1::FeedRow& row = *feed_.mutable_pages(0)->mutable_feed()->add_rows();
    row.set_index(index);
    row.set_kind(kind);
    row.set_admitted_unix_ms(admitted);
  }
  void Found(uint64_t index) {
    rows_.emplace_back().mutable_facts()->set_index(index);
  }
  void Sealed(uint32_t month, uint64_t sealed, uint64_t opened) {
    v1::SealedMonth& row =
        *feed_.mutable_pages(0)->mutable_feed()->add_sealed_months();
    row.set_month(month);
    row.set_sealed(sealed);
    row.set_opened(opened);
  }
  absl::StatusOr<Gaps> Check() const {
    return CheckAllThere(rows_, feed_, kPeriod);
  }
  std::string Fault() const { return std::string(Check().status().message()); }

  v1::AnswerFile feed_;
  std::vector<v1::RequestRow> rows_;
};

TEST_F(ReportCheck, ARequestAndOneThatAnUnsealingBringsAreAllThere) {
  Entry(4, v1::STATEMENT_KIND_FOOTAGE_REQUEST);
  Entry(7, v1::STATEMENT_KIND_UNSEALING);
  Entry(9, v1::STATEMENT_KIND_AMENDMENT);
  Found(4);
  Found(7);
  const auto gaps = Check();
  ASSERT_OK(gaps);
  EXPECT_EQ(gaps->sealed, 0u);
  EXPECT_THAT(gaps->sealed_months, IsEmpty());
  EXPECT_THAT(gaps->opened_again, IsEmpty());
}

TEST_F(ReportCheck, ARequestOfTheFeedIsNotLeftOut) {
  Entry(4, v1::STATEMENT_KIND_FOOTAGE_REQUEST);
  Entry(5, v1::STATEMENT_KIND_FOOTAGE_REQUEST);
  Found(5);
  EXPECT_THAT(Fault(), HasSubstr("holds request 4"));
}

// As many on both sides, and not the same.
TEST_F(ReportCheck, ARequestOutsideTheFeedIsNoneOfIt) {
  Entry(4, v1::STATEMENT_KIND_FOOTAGE_REQUEST);
  Found(6);
  EXPECT_THAT(Fault(), HasSubstr("gives request 6"));
}

TEST_F(ReportCheck, NeighboursOfThePeriodDoNotCount) {
  Entry(3, v1::STATEMENT_KIND_FOOTAGE_REQUEST, 999);
  Entry(4, v1::STATEMENT_KIND_FOOTAGE_REQUEST);
  Entry(5, v1::STATEMENT_KIND_FOOTAGE_REQUEST, 2000);
  Found(4);
  EXPECT_OK(Check());
}

TEST_F(ReportCheck, WhatIsSealedStillIsNamedByMonth) {
  Sealed(202603, 3, 1);
  Sealed(202605, 2, 2);
  Sealed(202611, 1, 0);
  const auto gaps = Check();
  ASSERT_OK(gaps);
  EXPECT_EQ(gaps->sealed, 3u);
  EXPECT_EQ(gaps->sealed_months, "2 in 2026-03, 1 in 2026-11");
}

}  // namespace
}  // namespace sightline::cli
