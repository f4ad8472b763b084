// The bench-only bare tlog: what load tools post is what a reader of tiles finds.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "base/status_matchers.h"
#include "bench/raw_log.h"
#include "bench/tlog_http_server.h"
#include "checkpoint/log_keys.h"
#include "client/http_resources.h"
#include "client/resource_log_reader.h"
#include "crypto/random.h"
#include "monitor/check_log.h"
#include "tiles/entry_bundle.h"
#include "tiles/tile.h"
#include "web/test_client.h"

namespace sightline::bench {
namespace {

constexpr int kClients = 4;
constexpr int kEntriesEach = 160;

// Gone when the test is; in memory where there is such a file system, because a
// store syncs a lot.
class Folder {
 public:
  Folder() {
    for (const std::string& parent :
         {std::string("/dev/shm"), ::testing::TempDir()}) {
      path_ = parent + "/tlog-XXXXXX";
      if (mkdtemp(path_.data()) != nullptr) return;
    }
    ADD_FAILURE() << "mkdtemp: " << path_;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

absl::StatusOr<web::TestResponse> PostOn(web::TestClient* client,
                                         const std::string& body) {
  const absl::Status sent = client->Send(absl::StrCat(
      "POST /add HTTP/1.1\r\nHost: h\r\nContent-Length: ", body.size(),
      "\r\n\r\n", body));
  if (!sent.ok()) return sent;
  return client->Receive();
}

class TlogHttpTest : public ::testing::Test {
 protected:
  void Start(RawLogOptions options = {}) {
    options.store.reserve_bytes = 1 << 20;
    ASSERT_OK_AND_ASSIGN(log_, RawLog::Open(folder_.path(), options));
    ASSERT_OK_AND_ASSIGN(server_, TlogHttpServer::Start(log_.get(), {}));
  }

  web::TestResponse Post(const std::string& body) {
    const auto client = web::TestClient::Connect(server_->address());
    if (!client.ok()) return {};
    return PostOn(client->get(), body).value_or(web::TestResponse());
  }
  int StatusOf(const std::string& path) {
    const auto client = web::TestClient::Connect(server_->address());
    if (!client.ok()) return -1;
    return (*client)->Get(path).value_or(web::TestResponse()).status;
  }

  const Folder folder_;
  std::unique_ptr<RawLog> log_;
  std::unique_ptr<TlogHttpServer> server_;
};

std::string EntryOf(int client, int i) {
  const std::string name = absl::StrCat("entry ", client, "/", i, " ");
  return name + std::string(static_cast<size_t>(i) * 7 % 900, 'x');
}

// Posts kEntriesEach entries over one connection; the index of each.
std::vector<uint64_t> PostAll(const std::string& address, int client) {
  std::vector<uint64_t> indices;
  const auto http = web::TestClient::Connect(address);
  for (int i = 0; http.ok() && i < kEntriesEach; ++i) {
    const auto response = PostOn(http->get(), EntryOf(client, i));
    if (!response.ok() || response->status != 200) break;
    const auto index = base::ParseDecimal(response->body);
    if (!index.ok()) break;
    indices.push_back(*index);
  }
  return indices;
}

TEST_F(TlogHttpTest, WhatIsPostedIsProvedByTilesBundlesAndCheckpoint) {
  ASSERT_NO_FATAL_FAILURE(Start());
  std::vector<std::vector<uint64_t>> indices(kClients);
  std::vector<std::thread> clients;
  for (int c = 0; c < kClients; ++c) {
    clients.emplace_back(
        [&, c] { indices[c] = PostAll(server_->address(), c); });
  }
  for (std::thread& client : clients) client.join();
  std::map<uint64_t, std::string> posted;
  for (int c = 0; c < kClients; ++c) {
    ASSERT_EQ(indices[c].size(), static_cast<size_t>(kEntriesEach));
    for (int i = 0; i < kEntriesEach; ++i) {
      posted[indices[c][i]] = EntryOf(c, i);
    }
  }
  constexpr uint64_t kSize = kClients * kEntriesEach;
  ASSERT_EQ(posted.size(), kSize);  // no index twice
  ASSERT_EQ(posted.rbegin()->first, kSize - 1);

  ASSERT_OK_AND_ASSIGN(const auto resources, client::HttpResources::Create(
                                                 "http://" + server_->address(),
                                                 {}, crypto::Rng::Real()));
  client::ResourceLogReader reader(resources.get());
  checkpoint::LogKeySet keys(RawLogOptions().origin);
  ASSERT_OK(keys.Add(log_->vkey()));
  monitor::CheckOptions options;
  options.depth = monitor::CheckDepth::kHashes;
  ASSERT_OK_AND_ASSIGN(const monitor::CheckReport report,
                       monitor::CheckLog(&reader, &keys, options));
  EXPECT_TRUE(report.sound()) << report.problem_count << " problems";
  EXPECT_EQ(report.checkpoint.tree_size, kSize);
  EXPECT_EQ(report.entries, kSize);

  uint64_t index = 0;
  for (uint64_t b = 0; index < kSize; ++b) {
    ASSERT_OK_AND_ASSIGN(
        const std::string bundle,
        reader.ReadEntryBundle(b, tiles::WidthAt(0, b, kSize)));
    tiles::EntryBundleReader entries(bundle);
    for (absl::string_view entry; entries.Next(&entry); ++index) {
      EXPECT_EQ(posted[index], entry) << index;
    }
    ASSERT_OK(entries.status());
  }
}

TEST_F(TlogHttpTest, TheSameBytesAgainAreTheSameEntry) {
  ASSERT_NO_FATAL_FAILURE(Start());
  for (const char* index : {"0", "1"}) {
    const std::string body = absl::StrCat("body ", index);
    for (int times = 0; times < 2; ++times) {
      const web::TestResponse response = Post(body);
      EXPECT_EQ(response.status, 200);
      EXPECT_EQ(response.body, index);
    }
  }
}

TEST_F(TlogHttpTest, KnowsNothingBeyondThePublishedTree) {
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_EQ(StatusOf("/checkpoint"), 404);
  EXPECT_EQ(StatusOf("/tile/0/000.p/1"), 404);
  ASSERT_EQ(Post("a").status, 200);
  ASSERT_EQ(Post("b").status, 200);
  EXPECT_EQ(StatusOf("/checkpoint"), 200);
  EXPECT_EQ(StatusOf("/tile/0/000.p/1"), 200);
  EXPECT_EQ(StatusOf("/tile/0/000.p/2"), 200);
  EXPECT_EQ(StatusOf("/tile/entries/000.p/2"), 200);
  EXPECT_EQ(StatusOf("/tile/0/000.p/3"), 404);
  EXPECT_EQ(StatusOf("/tile/0/000"), 404);
  EXPECT_EQ(StatusOf("/tile/0/0"), 404);
  EXPECT_EQ(StatusOf("/tile/entries/001.p/1"), 404);
}

TEST_F(TlogHttpTest, RefusesABodyThatNoBundleCouldHold) {
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_EQ(Post(std::string(65536, 'x')).status, 413);
  EXPECT_EQ(Post(std::string(65535, 'x')).status, 200);
}

TEST_F(TlogHttpTest, PushesBackWhenTooMuchWaits) {
  RawLogOptions options;
  options.sequencer.max_waiting_bytes = 8;
  ASSERT_NO_FATAL_FAILURE(Start(options));
  const web::TestResponse refused = Post("more than eight bytes");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("retry-after"), "1");
  EXPECT_EQ(Post("few").status, 200);
}

}  // namespace
}  // namespace sightline::bench
