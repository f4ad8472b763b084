// What one provider counted of California's geofence warrants, against the state's
// own notices of electronic searches: 3,655 against the few that clearly are such.
//
// SIGHTLINE_TEST_DATA names the folder of the public records.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
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

namespace sightline::records {
namespace {

constexpr char kGoogle[] = "platform:google";
constexpr int64_t kDayMs = 86'400'000;

// The provider's numbers of California by year; the file has years, not months.
std::map<uint32_t, uint64_t> CountsOfCalifornia(const std::string& path) {
  std::ifstream file(path);
  std::map<uint32_t, uint64_t> counts;
  std::string line;
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    if (fields.size() != 4 || fields[0] != "California") continue;
    for (uint32_t i = 0; i < 3; ++i) {
      uint64_t count = 0;
      EXPECT_TRUE(
          absl::SimpleAtoi(absl::StripAsciiWhitespace(fields[i + 1]), &count));
      counts[2018 + i] = count;
    }
  }
  return counts;
}

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

// Location alone, of a day at most: nobody is named, everybody near is.
bool IsClearlyGeofence(const v1::FootageRequest& request) {
  if (request.data_categories_size() != 1 ||
      request.data_categories(0) != v1::DATA_CATEGORY_DEVICE_LOCATION ||
      !request.has_footage_window()) {
    return false;
  }
  const int64_t span = statement::ToUnixMs(request.footage_window().end()) -
                       statement::ToUnixMs(request.footage_window().begin());
  return span <= kDayMs;
}

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
  const auto counts = CountsOfCalifornia(
      folder + "/google_geofence_warrants_by_jurisdiction_2018-2020.csv");
  for (const auto& [year, count] : counts) {
    v1::Statement statement;
    statement.mutable_header()->set_submitter(kGoogle);
    v1::PeriodReport& report = *statement.mutable_period_report();
    report.set_month(year * 100 + 12);
    v1::ClassTotal& total = *report.add_totals();
    total.set_channel(v1::CHANNEL_LEGAL_PROCESS);
    total.set_legal_process(v1::LEGAL_PROCESS_GEOFENCE_OR_REVERSE_WARRANT);
    total.set_count(count);
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
      if (IsClearlyGeofence(row.facts().request())) ++clearly;
    }
    search.set_page_token(page.next_page_token());
  } while (!search.page_token().empty());
  // As many as the newspaper that compared the two has counted.
  EXPECT_EQ(clearly, 41u);
}

}  // namespace
}  // namespace sightline::records
