// What the questions refuse. What they answer: views_test.cc.
#include "records/queries.h"

#include <gtest/gtest.h>

#include "base/status_matchers.h"
#include "records/entry_list_store.h"
#include "records/views.h"
#include "records/year_maker.h"
#include "statement/violations.h"
#include "storage/memory_view_store.h"

namespace sightline::records {
namespace {

using base::StatusIs;

class QueriesTest : public ::testing::Test {
 protected:
  QueriesTest() : year_({.seed = 5, .entries = 300}), log_(year_.entries()) {
    auto views = Views::Open(&log_, &store_);
    EXPECT_OK(views);
    EXPECT_OK((*views)->CatchUp(300));
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
