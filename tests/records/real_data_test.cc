// What one provider counted of California's geofence warrants, against the state's
// own notices of electronic searches: 3,655 against the few that clearly are such.
//
// SIGHTLINE_TEST_DATA names the folder of the public records.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/status_matchers.h"
#include "cmd/cli/import/request_file.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/record_service.pb.h"
#include "records/entry_list_store.h"
#include "records/queries.h"
#include "records/views.h"
#include "statement/timestamps.h"
#include "storage/memory_view_store.h"
#include "tests/support/geofence.h"

namespace sightline::records {
namespace {

constexpr char kGoogle[] = "platform:google";

// The notices as the log would hold them had each been submitted when it was
// filed, and then the provider's totals.
class LogOfNotices {
 public:
  void Add(v1::Statement statement, int64_t admitted) {
    v1::Entry entry;
    entry.set_admitted_unix_ms(admitted);
    entry.set_feed_ordinal(1 + entries_.size());
    entry.mutable_statement()->set_payload(statement.SerializeAsString());
    entries_.push_back(entry.SerializeAsString());
  }
  std::vector<std::string> Take() { return std::move(entries_); }

 private:
  std::vector<std::string> entries_;
};

TEST(GeofenceWarrants, TheProviderCountsManyTheStateSaysFew) {
  const char* const data = std::getenv("SIGHTLINE_TEST_DATA");
  if (data == nullptr || *data == '\0') {
    GTEST_SKIP() << "NOT TESTED: set SIGHTLINE_TEST_DATA to the folder of the "
                    "public records";
  }
  const std::string folder = data;
  std::ifstream file(folder + "/calecpa_notifications_2016_2021_sanitized.csv");
  cli::RequestFileOptions options;
  ASSERT_TRUE(absl::LoadTimeZone("America/Los_Angeles", &options.zone));
  ASSERT_OK_AND_ASSIGN(cli::RequestFile notices,
                       cli::ReadRequestFile(file, options));
  std::sort(notices.requests.begin(), notices.requests.end(),
            [](const auto& a, const auto& b) {
              return a.submitted_unix_ms < b.submitted_unix_ms;
            });
  LogOfNotices log;
  for (const cli::ImportedRequest& notice : notices.requests) {
    v1::Statement statement;
    statement.mutable_header()->set_submitter(notice.submitter);
    *statement.mutable_footage_request() = notice.request;
    log.Add(std::move(statement), notice.submitted_unix_ms);
  }
  ASSERT_OK_AND_ASSIGN(
      const auto reports,
      tests::GeofenceReportsOfCalifornia(
          folder + "/google_geofence_warrants_by_jurisdiction_2018-2020.csv"));
  for (const v1::PeriodReport& report : reports) {
    v1::Statement statement;
    statement.mutable_header()->set_submitter(kGoogle);
    *statement.mutable_period_report() = report;
    log.Add(std::move(statement), notices.requests.back().submitted_unix_ms);
  }
  const EntryListStore store(log.Take());
  ASSERT_OK_AND_ASSIGN(const auto state, store.ReadTreeState());
  storage::MemoryViewStore kept;
  ASSERT_OK_AND_ASSIGN(const auto views, Views::Open(&store, &kept));
  ASSERT_OK(views->CatchUp(state.tree_size));
  const auto snapshot = kept.Snapshot();
  const Queries queries(snapshot.get(), 0);

  v1::ReconcileRequest reconcile;
  reconcile.set_from_month(201801);
  reconcile.set_until_month(202012);
  reconcile.set_submitter(kGoogle);
  reconcile.set_disagreements(true);
  uint64_t reported = 0;
  uint64_t logged = 0;
  v1::ReconcileResponse books;
  ASSERT_OK(queries.Reconcile(reconcile, &books));
  for (const v1::ReconcileRow& row : books.rows()) {
    if (row.legal_process() == v1::LEGAL_PROCESS_GEOFENCE_OR_REVERSE_WARRANT) {
      reported += row.reported();
      logged += row.logged();
    }
  }
  EXPECT_EQ(reported, 3655u);
  EXPECT_EQ(logged, 0u) << "the notices call none of theirs a geofence warrant";

  v1::SearchRequestsRequest search;
  search.mutable_filter()->set_custodian(kGoogle);
  search.set_page_size(200);
  *search.mutable_filter()->mutable_admitted_from() =
      statement::FromUnixMs(1514764800000);  // 2018
  *search.mutable_filter()->mutable_admitted_before() =
      statement::FromUnixMs(1609459200000);  // 2021
  uint64_t clearly = 0;
  do {
    v1::SearchRequestsResponse page;
    ASSERT_OK(queries.SearchRequests(search, &page));
    for (const v1::RequestRow& row : page.rows()) {
      EXPECT_EQ(row.state_code(), "CA");
      if (tests::IsClearlyGeofence(row.facts().request())) ++clearly;
    }
    search.set_page_token(page.next_page_token());
  } while (!search.page_token().empty());
  // As many as the newspaper that compared the two has counted.
  EXPECT_EQ(clearly, 41u);
}

}  // namespace
}  // namespace sightline::records
