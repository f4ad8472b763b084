#include "web/tlog_handler.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/gzip.h"
#include "base/status_matchers.h"
#include "publish/publisher.h"
#include "storage/memory_log_store.h"
#include "storage/test_log.h"
#include "telemetry/recorded_diagnostics.h"
#include "tiles/entry_bundle.h"
#include "tiles/tile.h"
#include "web/handler.h"
#include "web/http_message.h"
#include "web/kept_answer.h"

namespace sightline::web {
namespace {

using ::testing::HasSubstr;

class TlogHandlerTest : public ::testing::Test {
 protected:
  // Adds so many entries, and publishes.
  void Append(size_t entries) {
    ASSERT_OK(store_.Commit(log_.Make(entries)));
    log_.Adopt();
    Publish();
  }
  void Publish() {
    auto tree = std::make_shared<publish::PublishedTree>();
    tree->tree_size = log_.size();
    if (log_.size() > 0) tree->checkpoint = log_.Checkpoint(log_.size());
    tree_ = tree;
  }

  Response Ask(absl::string_view method, const std::string& target,
               absl::string_view name = "", absl::string_view value = "") {
    Request request;
    request.method = method;
    request.target = target;
    if (!name.empty()) request.headers.push_back({name, value});
    return AnswerOf(handler_, request);
  }
  Response Get(const std::string& target, absl::string_view name = "",
               absl::string_view value = "") {
    return Ask("GET", target, name, value);
  }
  std::string ETagOf(const Response& response) {
    return HeaderOf(response, "ETag");
  }

  storage::TestLog log_;
  storage::MemoryLogStore store_;
  std::shared_ptr<const publish::PublishedTree> tree_ =
      std::make_shared<publish::PublishedTree>();
  telemetry::RecordedDiagnostics diagnostics_;
  TlogHandler handler_{[this] { return tree_; }, &store_, &diagnostics_};
};

TEST_F(TlogHandlerTest, ALogWithoutEntriesHasNothingYet) {
  EXPECT_EQ(Get("/checkpoint").status, 404);
  EXPECT_EQ(Get("/tile/0/000.p/1").status, 404);
}

TEST_F(TlogHandlerTest, ServesTheCheckpointForSeconds) {
  Append(3);
  const Response response = Get("/checkpoint");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body.bytes(), log_.Checkpoint(3));
  EXPECT_THAT(response.headers,
              HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(response.headers,
              HasSubstr("Cache-Control: public, max-age=2\r\n"));
}

TEST_F(TlogHandlerTest, ACheckpointIsNotModifiedUntilItIs) {
  Append(3);
  const std::string etag = ETagOf(Get("/checkpoint"));
  EXPECT_EQ(Get("/checkpoint", "If-None-Match", etag).status, 304);
  Append(1);
  const Response response = Get("/checkpoint", "If-None-Match", etag);
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(ETagOf(response), etag);
}

TEST_F(TlogHandlerTest, ServesTilesForEver) {
  Append(257);
  const Response response = Get("/tile/0/000");
  EXPECT_EQ(response.status, 200);
  ASSERT_EQ(response.body.bytes().size(), 8192u);
  EXPECT_EQ(response.body.bytes().substr(0, 32),
            crypto::AsBytes(log_.LeafHash(0)));
  EXPECT_THAT(response.headers,
              HasSubstr("Content-Type: application/octet-stream\r\n"));
  EXPECT_THAT(
      response.headers,
      HasSubstr("Cache-Control: public, max-age=31536000, immutable\r\n"));
  EXPECT_EQ(Get("/tile/1/000.p/1").body.bytes().size(), 32u);
}

TEST_F(TlogHandlerTest, ServesEveryWidthThatFits) {
  Append(200);
  Append(70);
  const std::string whole(Get("/tile/0/000").body.bytes());
  for (int width = 1; width < 256; ++width) {
    EXPECT_EQ(Get(absl::StrCat("/tile/0/000.p/", width)).body.bytes(),
              whole.substr(0, static_cast<size_t>(width) * 32));
    const Response bundle = Get(absl::StrCat("/tile/entries/000.p/", width));
    EXPECT_OK(tiles::ParseEntryBundle(bundle.body.bytes(),
                                      static_cast<uint16_t>(width))
                  .status());
    EXPECT_EQ(Get(absl::StrCat("/tile/0/001.p/", width)).status,
              width <= 14 ? 200 : 404)
        << width;
  }
}

// A store is ahead of what is published for a moment.
TEST_F(TlogHandlerTest, ServesNothingBeyondThePublishedTree) {
  Append(5);
  ASSERT_OK(store_.Commit(log_.Make(300)));
  log_.Adopt();
  EXPECT_EQ(Get("/tile/0/000.p/5").status, 200);
  EXPECT_EQ(Get("/tile/0/000.p/6").status, 404);
  EXPECT_EQ(Get("/tile/0/000").status, 404);
  EXPECT_EQ(Get("/tile/entries/000.p/6").status, 404);
  EXPECT_EQ(Get("/tile/1/000.p/1").status, 404);
  Publish();
  EXPECT_EQ(Get("/tile/0/000").status, 200);
  EXPECT_EQ(Get("/tile/1/000.p/1").status, 200);
}

TEST_F(TlogHandlerTest, KnowsOneSpellingOfEachPath) {
  Append(300);
  for (const char* path : {"/",
                           "/checkpoint/",
                           "/Checkpoint",
                           "//checkpoint",
                           "/tile",
                           "/tile/",
                           "/tile/0",
                           "/tile/0/0",
                           "/tile/0/00",
                           "/tile/0/0000",
                           "/tile/00/000",
                           "/tile/+0/000",
                           "/tile/64/000",
                           "/tile/0/x000/000",
                           "/tile/0/000/",
                           "/tile/0/000.p",
                           "/tile/0/000.p/",
                           "/tile/0/000.p/0",
                           "/tile/0/000.p/256",
                           "/tile/0/000.p/08",
                           "/tile/0/000.p/8/",
                           "/tile/0/%30%30%30",
                           "/tile/entries",
                           "/tile/entries/0",
                           "/tile/entries/000.p/0",
                           "/tile/entries/000.p/256",
                           "/tile/0/x018/x446/x744/x073/x709/x551/616",
                           "/tile/0/../0/000",
                           "*"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
  EXPECT_EQ(Get("/tile/0/000?query=is%20nothing").status, 200);
}

TEST_F(TlogHandlerTest, AnETagNamesLogAndPath) {
  Append(300);
  const std::string etag = ETagOf(Get("/tile/0/000"));
  EXPECT_EQ(Get("/tile/0/000", "if-none-match", etag).status, 304);
  EXPECT_EQ(ETagOf(Get("/tile/0/000", "If-None-Match", etag)), etag);
  EXPECT_EQ(Get("/tile/0/000.p/8", "If-None-Match", etag).status, 200);
  EXPECT_EQ(Get("/tile/entries/000", "If-None-Match", etag).status, 200);

  storage::TestLog other(2, 100);
  storage::MemoryLogStore store;
  ASSERT_OK(store.Commit(other.Make(300)));
  TlogHandler handler([this] { return tree_; }, &store, &diagnostics_);
  Request request;
  request.method = "GET";
  request.target = "/tile/0/000";
  EXPECT_NE(ETagOf(AnswerOf(handler, request)), etag);
}

TEST_F(TlogHandlerTest, CompressesBundlesForWhoAccepts) {
  Append(300);
  const Response plain = Get("/tile/entries/000");
  const Response gzip = Get("/tile/entries/000", "Accept-Encoding", "gzip");
  EXPECT_THAT(base::GzipDecompress(gzip.body.bytes(), 1 << 20),
              base::IsOkAndHolds(std::string(plain.body.bytes())));
  EXPECT_THAT(gzip.headers, HasSubstr("Content-Encoding: gzip\r\n"));
  EXPECT_THAT(plain.headers, HasSubstr("Vary: Accept-Encoding\r\n"));
  EXPECT_FALSE(absl::StrContains(plain.headers, "Content-Encoding"));
  EXPECT_NE(ETagOf(gzip), ETagOf(plain));
  for (const Response* response : {&gzip, &plain}) {
    EXPECT_EQ(
        Get("/tile/entries/000", "If-None-Match", ETagOf(*response)).status,
        304);
  }
  // Hashes do not shrink.
  EXPECT_FALSE(absl::StrContains(
      Get("/tile/0/000", "Accept-Encoding", "gzip").headers, "Encoding"));
}

TEST_F(TlogHandlerTest, AnswersTheSameToHead) {
  Append(300);
  for (const char* path : {"/checkpoint", "/tile/0/000", "/tile/entries/000"}) {
    const Response get = Get(path);
    const Response head = Ask("HEAD", path);
    EXPECT_EQ(head.headers, get.headers);
    EXPECT_EQ(head.body.bytes().size(), get.body.bytes().size());
  }
}

TEST_F(TlogHandlerTest, SaysWhichMethodsThereAre) {
  Append(1);
  for (const char* path :
       {"/checkpoint", "/tile/0/000.p/1", "/tile/entries/000.p/1"}) {
    for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "BREW"}) {
      const Response response = Ask(method, path);
      EXPECT_EQ(response.status, 405);
      EXPECT_THAT(response.headers, HasSubstr("Allow: GET, HEAD, OPTIONS\r\n"));
    }
    const Response options = Ask("OPTIONS", path);
    EXPECT_EQ(options.status, 204);
    EXPECT_THAT(
        options.headers,
        HasSubstr("Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"));
  }
  EXPECT_EQ(Ask("OPTIONS", "*").status, 204);
  EXPECT_EQ(Ask("POST", "/nowhere").status, 404);
}

TEST_F(TlogHandlerTest, EveryPageMayReadEveryAnswer) {
  Append(1);
  for (const char* path : {"/checkpoint", "/tile/0/000.p/1", "/nowhere"}) {
    for (const char* method : {"GET", "OPTIONS", "POST"}) {
      EXPECT_THAT(Ask(method, path).headers,
                  HasSubstr("Access-Control-Allow-Origin: *\r\n"))
          << method << " " << path;
    }
  }
}

// What the store lost is the server's failure, not the client's.
TEST_F(TlogHandlerTest, ATileThatShouldBeThereIsAnInternalError) {
  Append(1);
  auto tree = std::make_shared<publish::PublishedTree>(*tree_);
  tree->tree_size = 1000;
  tree_ = tree;
  EXPECT_EQ(Get("/tile/0/001").status, 500);
  EXPECT_EQ(Get("/tile/entries/001").status, 500);
  EXPECT_THAT(diagnostics_.lines(),
              ::testing::Contains(
                  HasSubstr("error http_read_failed path=/tile/0/001")));
}

}  // namespace
}  // namespace sightline::web
