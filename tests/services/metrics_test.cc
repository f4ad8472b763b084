// What an operator sees of a log: every metric, and that they count.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/status_matchers.h"
#include "storage/fault_injecting_log_store.h"
#include "storage/memory_log_store.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"
#include "web/log_front.h"
#include "web/metrics_handler.h"
#include "web/server.h"
#include "web/test_client.h"

namespace sightline::tests {
namespace {

using ::testing::HasSubstr;
using web::TestClient;
using web::TestResponse;

class MetricsTest : public ::testing::Test {
 protected:
  void Start(TestLogOptions options) {
    ASSERT_OK_AND_ASSIGN(log_, TestLog::Start(std::move(options)));
    web::LogFrontOptions front;
    front.server.listen = {"127.0.0.1:0"};
    ASSERT_OK_AND_ASSIGN(
        front_,
        web::LogFront::Start(front, &log_->log(), &log_->server(),
                             &log_->clock(), telemetry::NoDiagnostics()));
    web::MetricsSources sources;
    sources.log = &log_->log();
    sources.http = &front_->server();
    sources.connect = &front_->connect();
    sources.certificates = {{"grpc", log_->folder() + "/server.crt"},
                            {"https", "/nonexistent"}};
    handler_ = std::make_unique<web::MetricsHandler>(std::move(sources));
    web::ServerOptions server;
    server.listen = {"127.0.0.1:0"};
    ASSERT_OK_AND_ASSIGN(
        server_, web::Server::Start(server, handler_.get(), &log_->clock(),
                                    telemetry::NoDiagnostics()));
  }
  void TearDown() override {
    log_->Stop();
    server_.reset();
    front_.reset();
  }

  TestResponse Get(const std::string& path) {
    const auto client = TestClient::Connect(server_->addresses().front());
    absl::StatusOr<TestResponse> response = (*client)->Get(path);
    EXPECT_OK(response.status());
    return response.ok() ? *std::move(response) : TestResponse();
  }

  // By name and labels, as the text has them.
  std::map<std::string, double> Scrape() {
    std::map<std::string, double> out;
    const TestResponse response = Get("/metrics");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.header("content-type"),
              "text/plain; version=0.0.4; charset=utf-8");
    for (const absl::string_view line :
         absl::StrSplit(response.body, '\n', absl::SkipEmpty())) {
      if (absl::StartsWith(line, "#")) continue;
      const size_t space = line.rfind(' ');
      double value = 0;
      EXPECT_TRUE(absl::SimpleAtod(line.substr(space + 1), &value)) << line;
      out[std::string(line.substr(0, space))] = value;
    }
    return out;
  }

  std::unique_ptr<TestLog> log_;
  std::unique_ptr<web::LogFront> front_;
  std::unique_ptr<web::MetricsHandler> handler_;
  std::unique_ptr<web::Server> server_;
};

TEST_F(MetricsTest, CountWhatIsLoggedAndRefused) {
  Start({});
  auto before = Scrape();
  EXPECT_EQ(before["sightline_tree_size{tree=\"served\"}"], 3);
  EXPECT_EQ(before["sightline_publication_policy{policy=\"no_witnesses\"}"], 1);
  EXPECT_EQ(before["sightline_writable"], 1);
  ASSERT_OK(log_->Append(5));
  const Party& agency = log_->parties().agency();
  const Submission again = log_->parties().PlainRequest(agency);
  ASSERT_OK(log_->Submit(agency, again).status());
  ASSERT_OK(log_->Submit(agency, again).status());
  EXPECT_FALSE(log_->Submit(log_->parties().platform(),
                            log_->parties().PlainRequest(agency))
                   .ok());
  auto after = Scrape();
  EXPECT_EQ(after["sightline_tree_size{tree=\"integrated\"}"], 9);
  EXPECT_EQ(after["sightline_entries_total"],
            before["sightline_entries_total"] + 6);
  EXPECT_EQ(after["sightline_duplicates_total"], 1);
  EXPECT_EQ(
      after["sightline_refused_statements_total{reason=\"permission_denied\"}"],
      1);
  EXPECT_EQ(after["sightline_refused_statements_total{reason=\"queue_full\"}"],
            0);
  EXPECT_EQ(after["sightline_waiting_statements"], 0);
  EXPECT_EQ(after["sightline_commit_seconds_count"],
            after["sightline_batches_total"]);
  EXPECT_EQ(after["sightline_commit_seconds_bucket{le=\"+Inf\"}"],
            after["sightline_batches_total"]);
  EXPECT_GT(after["sightline_release_seconds_count"],
            before["sightline_release_seconds_count"]);
}

TEST_F(MetricsTest, CountWhatIsReadOverHttp) {
  Start({});
  ASSERT_OK_AND_ASSIGN(
      const auto client,
      TestClient::Connect(front_->server().addresses().front()));
  const std::string path =
      "/sightline.v1.LogService/GetEntry?encoding=json&message=";
  EXPECT_EQ(client->Get(path + "%7B%22index%22:1%7D")->status, 200);
  EXPECT_EQ(client->Get(path + "%7B%22index%22:99%7D")->status, 400);
  EXPECT_EQ(client->Get("/checkpoint")->status, 200);
  auto metrics = Scrape();
  EXPECT_EQ(metrics["sightline_http_connections"], 1);
  EXPECT_EQ(metrics["sightline_http_requests_total"], 3);
  EXPECT_EQ(metrics["sightline_connect_calls_total{code=\"ok\"}"], 1);
  EXPECT_EQ(metrics["sightline_connect_calls_total{code=\"out_of_range\"}"], 1);
  EXPECT_EQ(metrics["sightline_connect_streams"], 0);
  EXPECT_GT(metrics["sightline_certificate_end_seconds{of=\"grpc\"}"], 1e9);
  EXPECT_EQ(metrics.count("sightline_certificate_end_seconds{of=\"https\"}"),
            0u);
  EXPECT_GT(metrics["process_resident_memory_bytes"], 1e6);
  EXPECT_GT(metrics["process_open_fds"], 3);
}

TEST_F(MetricsTest, ALogThatCannotWriteIsNotWell) {
  storage::MemoryLogStore memory;
  storage::FaultInjectingLogStore store(&memory);
  TestLogOptions options;
  options.store = &store;
  Start(std::move(options));
  EXPECT_EQ(Get("/healthz").status, 200);
  store.FailCommit(1, storage::CommitFault::kNotPersisted);
  EXPECT_FALSE(log_->Append(1).ok());
  const TestResponse sick = Get("/healthz");
  EXPECT_EQ(sick.status, 503);
  EXPECT_THAT(sick.body, HasSubstr("outcome"));
  auto metrics = Scrape();
  EXPECT_EQ(metrics["sightline_writable"], 0);
  EXPECT_EQ(metrics["sightline_failed_commits_total"], 1);
  TearDown();
  log_.reset();
  ASSERT_OK_AND_ASSIGN(log_, TestLog::Start({}));  // for TearDown
}

TEST_F(MetricsTest, OtherPathsAndMethodsAreRefused) {
  Start({});
  EXPECT_EQ(Get("/checkpoint").status, 404);
  ASSERT_OK_AND_ASSIGN(const auto client,
                       TestClient::Connect(server_->addresses().front()));
  EXPECT_EQ(client->Request("DELETE", "/metrics")->status, 405);
}

// The table that operators read names what there is, no more and no less.
TEST_F(MetricsTest, AllAreDocumented) {
  Start({});
  std::set<std::string> served;
  const std::string body = Get("/metrics").body;
  for (const absl::string_view line : absl::StrSplit(body, '\n')) {
    if (!absl::StartsWith(line, "# TYPE ")) continue;
    served.insert(std::string(*absl::StrSplit(line.substr(7), ' ').begin()));
  }
  std::ifstream file("docs/operations.md");
  const std::string text{std::istreambuf_iterator<char>(file),
                         std::istreambuf_iterator<char>()};
  std::set<std::string> documented;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    for (const char* const prefix : {"| `sightline_", "| `process_"}) {
      if (!absl::StartsWith(line, prefix)) continue;
      line.remove_prefix(3);
      documented.insert(std::string(line.substr(0, line.find_first_of("`{"))));
      break;
    }
  }
  EXPECT_EQ(documented, served);
}

}  // namespace
}  // namespace sightline::tests
