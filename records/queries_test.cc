// What the questions refuse. What they answer: views_test.cc.
#include "records/queries.h"

#include <gtest/gtest.h>

#include "base/status_matchers.h"
#include "records/entry_list_store.h"
#include "records/page_limits.h"
#include "records/views.h"
#include "records/year_maker.h"
#include "statement/violations.h"
#include "storage/memory_view_store.h"

namespace sightline::records {
namespace {

using base::StatusIs;

class QueriesTest : public ::testing::Test {
 protected:
  explicit QueriesTest(uint64_t entries = 300)
      : year_({.seed = 5, .entries = entries}), log_(year_.entries()) {
    auto views = Views::Open(&log_, &store_);
    EXPECT_OK(views);
    EXPECT_OK((*views)->CatchUp(entries));
    snapshot_ = store_.Snapshot();
  }
  Queries queries() const { return {snapshot_.get(), YearMaker::kEnd}; }

  const YearMaker year_;
  EntryListStore log_;
  storage::MemoryViewStore store_;
  std::unique_ptr<const storage::ViewSnapshot> snapshot_;
};

TEST_F(QueriesTest, EveryFaultOfAFilterIsNamed) {
  v1::SearchRequestsRequest request;
  v1::RequestFilter& filter = *request.mutable_filter();
  filter.add_submitters("nobody");
  filter.set_custodian("x");
  filter.set_state("California");
  filter.set_county_fips("6037");
  filter.set_s2_cell("g");
  for (int i = 0; i < 17; ++i) filter.add_offence_codes("220");
  filter.mutable_touches_from()->set_seconds(2);
  filter.mutable_touches_before()->set_seconds(1);
  v1::SearchRequestsResponse response;
  const absl::Status status = queries().SearchRequests(request, &response);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(statement::ViolationsFromStatus(status).size(), 7u);
}

TEST_F(QueriesTest, ATokenIsOfItsQuestionAlone) {
  v1::SearchRequestsRequest request;
  request.set_page_size(3);
  v1::SearchRequestsResponse response;
  ASSERT_OK(queries().SearchRequests(request, &response));
  ASSERT_EQ(response.rows_size(), 3);
  request.set_page_token(response.next_page_token());
  v1::SearchRequestsResponse second;
  ASSERT_OK(queries().SearchRequests(request, &second));
  EXPECT_LT(response.rows(2).facts().index(), second.rows(0).facts().index());
  request.mutable_filter()->set_state("CA");
  EXPECT_THAT(queries().SearchRequests(request, &second),
              StatusIs(absl::StatusCode::kInvalidArgument));
  v1::ListChangesRequest changes;
  changes.set_page_token(response.next_page_token());
  v1::ListChangesResponse none;
  EXPECT_THAT(queries().ListChanges(changes, &none),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(QueriesTest, LaterPagesAreOfTheMomentOfTheFirst) {
  v1::SearchRequestsRequest request;
  request.set_page_size(3);
  request.mutable_as_of()->set_seconds(1'600'000'000);
  v1::SearchRequestsResponse response;
  ASSERT_OK(queries().SearchRequests(request, &response));
  request.set_page_token(response.next_page_token());
  ASSERT_OK(queries().SearchRequests(request, &response));
  EXPECT_EQ(response.basis().as_of_unix_ms(), 1'600'000'000'000);
}

TEST_F(QueriesTest, PagesHaveALimit) {
  v1::SearchRequestsRequest request;
  request.set_page_size(kMaxPageSize + 1);
  v1::SearchRequestsResponse response;
  EXPECT_THAT(queries().SearchRequests(request, &response),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(QueriesTest, GetRequestIsOfRequestsAlone) {
  v1::GetRequestRequest request;
  v1::GetRequestResponse response;
  EXPECT_THAT(queries().GetRequest(request, &response),
              StatusIs(absl::StatusCode::kNotFound));
  request.set_index(year_.requests()[4].index);
  ASSERT_OK(queries().GetRequest(request, &response));
  EXPECT_EQ(response.row().facts().submitter(), year_.requests()[4].agency);
}

TEST_F(QueriesTest, AFeedThatIsNotThereIsNotFound) {
  v1::ListFeedRequest request;
  v1::ListFeedResponse response;
  request.set_submitter("ori:CA9999900");
  EXPECT_THAT(queries().ListFeed(request, &response),
              StatusIs(absl::StatusCode::kNotFound));
  request.set_submitter("somebody");
  EXPECT_THAT(queries().ListFeed(request, &response),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

// Every fault of a condition is named.
TEST_F(QueriesTest, ConditionsOfListsAreChecked) {
  v1::ListSealsRequest seals;
  seals.set_submitter("somebody");
  seals.set_state("California");
  seals.set_county_fips("6037");
  seals.mutable_sealed_from()->set_seconds(2);
  seals.mutable_sealed_before()->set_seconds(2);
  for (int i = 0; i < 17; ++i) seals.add_offence_codes("220");
  v1::ListSealsResponse no_seals;
  EXPECT_EQ(
      statement::ViolationsFromStatus(queries().ListSeals(seals, &no_seals))
          .size(),
      5u);
  v1::ListChangesRequest changes;
  changes.add_submitters("somebody");
  changes.mutable_admitted_from()->set_seconds(2);
  changes.mutable_admitted_before()->set_seconds(1);
  v1::ListChangesResponse no_changes;
  EXPECT_EQ(statement::ViolationsFromStatus(
                queries().ListChanges(changes, &no_changes))
                .size(),
            2u);
  v1::ReconcileRequest reconcile;
  reconcile.set_from_month(202001);
  reconcile.set_until_month(202001);
  reconcile.set_state("ca");
  v1::ReconcileResponse no_books;
  EXPECT_EQ(
      statement::ViolationsFromStatus(queries().Reconcile(reconcile, &no_books))
          .size(),
      1u);
  v1::GetStatisticsRequest statistics;
  statistics.set_group_by(v1::STATISTICS_GROUPING_MONTH);
  statistics.mutable_filter()->set_state("ca");
  statistics.mutable_filter()->set_unanswered_days(40000);
  v1::GetStatisticsResponse no_counts;
  EXPECT_EQ(statement::ViolationsFromStatus(
                queries().GetStatistics(statistics, &no_counts))
                .size(),
            2u);
}

class LongQueriesTest : public QueriesTest {
 protected:
  LongQueriesTest() : QueriesTest(900) {}
};

TEST_F(LongQueriesTest, APageOfACountWithConditionsIsBounded) {
  v1::GetStatisticsRequest request;
  request.set_group_by(v1::STATISTICS_GROUPING_MONTH);
  request.mutable_filter()->add_channels(v1::CHANNEL_DIRECT_ASK);
  request.mutable_filter()->add_channels(v1::CHANNEL_LEGAL_PROCESS);
  request.mutable_filter()->add_channels(v1::CHANNEL_EMERGENCY);
  request.mutable_filter()->add_channels(v1::CHANNEL_REQUEST_FOR_ASSISTANCE);
  uint64_t counted = 0;
  while (true) {
    v1::GetStatisticsResponse response;
    ASSERT_OK(queries().GetStatistics(request, &response));
    uint64_t of_page = 0;
    for (const v1::StatisticsRow& row : response.rows()) {
      of_page += row.statistics().requests();
    }
    EXPECT_LE(of_page, kMaxPageSize);
    counted += of_page;
    if (response.next_page_token().empty()) break;
    request.set_page_token(response.next_page_token());
  }
  EXPECT_EQ(counted, year_.requests().size());
  EXPECT_GT(counted, kMaxPageSize);
}

TEST_F(QueriesTest, MonthsAndGroupingsAreChecked) {
  v1::ReconcileRequest reconcile;
  reconcile.set_from_month(202013);
  v1::ReconcileResponse none;
  EXPECT_EQ(
      statement::ViolationsFromStatus(queries().Reconcile(reconcile, &none))
          .size(),
      2u);
  v1::GetStatisticsRequest statistics;
  statistics.set_from_month(202006);
  statistics.set_until_month(202005);
  v1::GetStatisticsResponse no_rows;
  EXPECT_EQ(statement::ViolationsFromStatus(
                queries().GetStatistics(statistics, &no_rows))
                .size(),
            2u);
}

}  // namespace
}  // namespace sightline::records
