// Brings the real public records into a real log, over gRPC with mutual TLS, and
// checks what came of them without the code that brought them there: every
// receipt with the client library, the whole log with the checker, the counts per
// agency and year with a tally of the files.
//
// SIGHTLINE_TEST_DATA names the folder of the records.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status_matchers.h"
#include "checkpoint/log_keys.h"
#include "client/log_client.h"
#include "client/receipt.h"
#include "client/receipt_check.h"
#include "client/record_client.h"
#include "cmd/cli/import/importer.h"
#include "cmd/cli/import/plain_table.h"
#include "monitor/check_log.h"
#include "monitor/check_options.h"
#include "monitor/check_report.h"
#include "monitor/check_server.h"
#include "monitor/problem.h"
#include "proto/sightline/v1/record_service.pb.h"
#include "proto/sightline/v1/registry_service.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "statement/policy.h"
#include "storage/store_log_reader.h"
#include "tests/e2e/real_data_log.h"
#include "tests/e2e/real_notices.h"
#include "tests/support/geofence.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t k2018Ms = 1'514'764'800'000;
constexpr int64_t k2021Ms = 1'609'459'200'000;

// Who is to be enrolled, by the files alone.
std::set<std::string> TallyAgencies(const cli::Table& agencies,
                                    const cli::Table& requests) {
  const auto provisional = [](const std::string& state,
                              const std::string& name) {
    return "prov:" +
           absl::StrReplaceAll(cli::Words(state + " " + name), {{" ", "-"}});
  };
  std::map<std::string, std::set<std::string>> names;
  for (const auto& row : agencies) {
    names[row.at("ori9")].insert(cli::Words(row.at("agency")));
  }
  std::set<std::string> ids;
  for (const auto& row : agencies) {
    const std::string& ori = row.at("ori9");
    ids.insert(!ori.empty() && names[ori].size() == 1
                   ? "ori:" + ori
                   : provisional(row.at("state"), row.at("agency")));
  }
  for (const auto& row : requests) {
    const std::string& ori = row.at("ori9");
    ids.insert(ori.empty() ? provisional("CA", row.at("agency_name"))
                           : "ori:" + ori);
  }
  return ids;
}

using CountByAgencyAndYear = std::map<std::pair<std::string, int>, uint64_t>;

CountByAgencyAndYear TallyRequests(const cli::Table& table) {
  CountByAgencyAndYear counts;
  for (const auto& row : table) {
    const std::string agency =
        row.at("ori9").empty()
            ? "prov:" +
                  absl::StrReplaceAll(cli::Words("CA " + row.at("agency_name")),
                                      {{" ", "-"}})
            : "ori:" + row.at("ori9");
    ++counts[{agency, UtcYear(row.at("submitted"))}];
  }
  return counts;
}

CountByAgencyAndYear CountRequests(const monitor::CheckReport& report) {
  CountByAgencyAndYear counts;
  for (const monitor::FeedTotals& feed : report.feeds) {
    for (const monitor::KindTotal& total : feed.totals) {
      if (total.kind != v1::STATEMENT_KIND_FOOTAGE_REQUEST) continue;
      counts[{feed.submitter, total.year}] += total.entries;
    }
  }
  return counts;
}

// The views follow the log on a thread of their own; until they are there the
// server says so.
absl::StatusOr<client::ProvenAnswer> AskOnceFollowed(
    client::LogClient* log, const v1::AnswerFile& question) {
  client::RecordClient records(log);
  for (;;) {
    auto answer = records.Ask(question);
    if (!absl::IsUnavailable(answer.status())) return answer;
  }
}

// What the log answers whoever asks, each answer proven by the entries: the
// provider reports 3,655 geofence warrants of these years, the log's books have
// none of those months, and by what they ask for 41 of the notices clearly are.
void ExpectFewGeofenceWarrants(client::LogClient* log) {
  v1::AnswerFile question;
  v1::ReconcileRequest& reconcile = *question.mutable_reconcile();
  reconcile.set_from_month(201801);
  reconcile.set_until_month(202012);
  reconcile.set_submitter(kGoogle);
  reconcile.set_disagreements(true);
  ASSERT_OK_AND_ASSIGN(const client::ProvenAnswer books,
                       AskOnceFollowed(log, question));
  uint64_t reported = 0;
  uint64_t logged = 0;
  for (const v1::AnswerFile::Page& page : books.file.pages()) {
    for (const v1::ReconcileRow& row : page.reconcile().rows()) {
      if (row.legal_process() !=
          v1::LEGAL_PROCESS_GEOFENCE_OR_REVERSE_WARRANT) {
        continue;
      }
      reported += row.reported();
      logged += row.logged();
    }
  }
  EXPECT_EQ(reported, 3655u);
  EXPECT_EQ(logged, 0u);

  question.Clear();
  v1::RequestFilter& filter = *question.mutable_search()->mutable_filter();
  filter.set_custodian(kGoogle);
  filter.set_state("CA");
  ASSERT_OK_AND_ASSIGN(const client::ProvenAnswer notices,
                       AskOnceFollowed(log, question));
  uint64_t clearly = 0;
  for (const v1::AnswerFile::Page& page : notices.file.pages()) {
    for (const v1::RequestRow& row : page.search().rows()) {
      // When it was filed, that is; all were admitted today.
      const int64_t filed = row.facts().claimed_unix_ms();
      if (filed < k2018Ms || filed >= k2021Ms) continue;
      if (IsClearlyGeofence(row.facts().request())) ++clearly;
    }
  }
  EXPECT_EQ(clearly, 41u);
}

// What the registry says of each, proven by its entries: provisional are those
// whose ORI nobody knows yet.
void ExpectProvisional(client::LogClient* log,
                       const std::set<std::string>& ids) {
  v1::ListSubmittersRequest request;
  request.set_page_size(1000);
  std::set<std::string> seen;
  do {
    ASSERT_OK_AND_ASSIGN(const client::SubmitterPage page,
                         log->ListSubmitters(request));
    for (const v1::Submitter& submitter : page.submitters) {
      EXPECT_EQ(submitter.provisional(),
                absl::StartsWith(submitter.submitter(), "prov:"))
          << submitter.submitter();
      seen.insert(submitter.submitter());
    }
    request.set_page_token(page.next_page_token);
  } while (!request.page_token().empty());
  for (const std::string& id : ids) EXPECT_EQ(seen.count(id), 1u) << id;
}

TEST(ImportRealData, EveryRowIsInTheLogWithAReceiptThatVerifies) {
  const std::string data = RealDataFolder();
  if (data.empty()) GTEST_SKIP() << kNoRealData;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<RealDataLog> log,
                       RealDataLog::Start(data));
  const cli::Table agency_table = cli::ReadTable(data + kAgencyFile);
  const cli::Table request_table = cli::ReadTable(data + kRequestFile);
  // What the publishers say that the files hold.
  ASSERT_THAT(agency_table, SizeIs(1501));
  ASSERT_THAT(request_table, SizeIs(7962));
  const std::set<std::string> ids = TallyAgencies(agency_table, request_table);

  cli::ImportResult agencies;
  cli::ImportResult requests;
  Receipts receipts;
  ASSERT_OK(log->Import(&agencies, &requests, &receipts));
  EXPECT_THAT(agencies.refused, IsEmpty());
  EXPECT_THAT(requests.refused, IsEmpty());
  EXPECT_EQ(agencies.enrolled_before, 0);
  EXPECT_EQ(agencies.enrolled + requests.enrolled, ids.size());
  EXPECT_THAT(requests.logged, SizeIs(7962));
  EXPECT_THAT(receipts, SizeIs(ids.size() + request_table.size()));

  // Every receipt, with nothing but the log's key.
  const checkpoint::LogKeySet log_keys = log->LogKeys();
  std::set<std::pair<std::string, uint64_t>> rows;
  std::set<uint64_t> indices;
  for (const auto& [name, file] : receipts) {
    const client::ReceiptVerdict verdict =
        client::VerifyReceiptFile(file, log_keys);
    ASSERT_TRUE(verdict.valid) << name << ": " << verdict.explanation;
    EXPECT_TRUE(indices.insert(*verdict.index).second) << name;
    if (!verdict.statement->has_footage_request()) continue;
    const v1::ImportedFrom& imported =
        verdict.statement->footage_request().imported();
    rows.emplace(imported.source(), imported.row());
  }
  std::set<std::pair<std::string, uint64_t>> want_rows;
  for (const auto& row : request_table) {
    want_rows.emplace(row.at("source_file"), std::stoull(row.at("source_row")));
  }
  EXPECT_EQ(rows, want_rows);

  // The whole log, in the store and through the server.
  storage::StoreLogReader reader(log->store());
  monitor::CheckSources sources;
  ASSERT_OK_AND_ASSIGN(sources.checkpoint, reader.ReadCheckpoint());
  sources.entries = &reader;
  sources.tiles = &reader;
  sources.stored_tiles = log->store();
  monitor::CheckOptions options;
  options.at_rest = true;
  ASSERT_OK_AND_ASSIGN(const monitor::CheckReport report,
                       monitor::CheckLog(sources, &log_keys, options));
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(CountRequests(report), TallyRequests(request_table));
  // Genesis and policies come first.
  EXPECT_EQ(report.checkpoint.tree_size,
            1 + statement::DefaultPolicies().size() + receipts.size());

  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<client::LogClient> client,
                       log->Connect());
  options.depth = monitor::CheckDepth::kRules;
  options.at_rest = false;
  ASSERT_OK_AND_ASSIGN(const monitor::CheckReport remote,
                       monitor::CheckServer(client.get(), log_keys, options));
  EXPECT_THAT(remote.problems, IsEmpty());
  EXPECT_EQ(CountRequests(remote), CountRequests(report));
  ExpectProvisional(client.get(), ids);

  // Once more: nothing is added, and the receipts are those of the first run.
  cli::ImportResult agencies_again;
  cli::ImportResult requests_again;
  Receipts receipts_again;
  ASSERT_OK(log->Import(&agencies_again, &requests_again, &receipts_again));
  EXPECT_EQ(receipts_again, receipts);
  EXPECT_EQ(agencies_again.enrolled + requests_again.enrolled, 0);
  for (const cli::LoggedRow& row : requests_again.logged) {
    EXPECT_TRUE(row.duplicate) << "line " << row.line;
  }
  ASSERT_OK_AND_ASSIGN(const storage::TreeState state,
                       log->store()->ReadTreeState());
  EXPECT_EQ(state.tree_size, report.checkpoint.tree_size);

  ASSERT_OK(
      log->ReportGeofenceWarrants(log->log().parties().MakeParty(kGoogle)));
  ExpectFewGeofenceWarrants(client.get());
}

}  // namespace
}  // namespace sightline::tests
