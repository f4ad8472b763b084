// A log and its mirror answer the same: status, every header, and bytes.
#include "web/tile_answer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/status_matchers.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/test_vectors.h"
#include "publish/publisher.h"
#include "storage/memory_log_store.h"
#include "storage/store_log_reader.h"
#include "storage/test_log.h"
#include "telemetry/recorded_diagnostics.h"
#include "web/handler.h"
#include "web/http_message.h"
#include "web/kept_answer.h"
#include "web/reader_handler.h"
#include "web/tlog_handler.h"

namespace sightline::web {
namespace {

const char* const kMethods[] = {"GET", "HEAD", "OPTIONS", "POST"};
const char* const kPaths[] = {"/checkpoint",
                              "/tile/0/000",
                              "/tile/0/000.p/7",
                              "/tile/0/001.p/44",
                              "/tile/1/000.p/1",
                              "/tile/entries/000",
                              "/tile/entries/000.p/9",
                              "/tile/entries/001.p/44",
                              "/tile/0/001.p/45",
                              "/tile/2/000.p/1",
                              "/checkpoint/",
                              "/tile/0/0",
                              "/nowhere",
                              "/",
                              "*"};

class TileAnswerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    storage::Batch batch = log_.Make(300);
    checkpoint::Checkpoint tree;
    tree.origin = std::string(checkpoint::kLogOrigin);
    tree.tree_size = batch.state.tree_size;
    const auto signer = checkpoint::LogSigner();
    const std::string note = *checkpoint::SignCheckpoint(tree, {&signer, 1});
    batch.checkpoint = note;
    ASSERT_OK(store_.Commit(batch));
    log_.Adopt();
    auto published = std::make_shared<publish::PublishedTree>();
    published->tree_size = log_.size();
    published->checkpoint = note;
    tree_ = published;
  }

  // The answer of both, which must be one.
  Response Ask(absl::string_view method, const std::string& target,
               absl::string_view name = "", absl::string_view value = "") {
    Request request;
    request.method = method;
    request.target = target;
    if (!name.empty()) request.headers.push_back({name, value});
    Response own = AnswerOf(tlog_, request);
    const Response mirrored = AnswerOf(mirror_, request);
    const std::string what = std::string(method) + " " + target;
    EXPECT_EQ(own.status, mirrored.status) << what;
    EXPECT_EQ(own.headers, mirrored.headers) << what;
    EXPECT_EQ(own.body.bytes(), mirrored.body.bytes()) << what;
    return own;
  }

  storage::TestLog log_;
  storage::MemoryLogStore store_;
  storage::StoreLogReader reader_{&store_};
  std::shared_ptr<const publish::PublishedTree> tree_;
  telemetry::RecordedDiagnostics diagnostics_;
  TlogHandler tlog_{[this] { return tree_; }, &store_, &diagnostics_};
  ReaderHandler mirror_{&reader_, &diagnostics_};
};

TEST_F(TileAnswerTest, EveryPathAndMethod) {
  for (const char* const path : kPaths) {
    for (const char* const method : kMethods) {
      EXPECT_EQ(HeaderOf(Ask(method, path), "Access-Control-Allow-Origin"),
                "*");
    }
  }
  EXPECT_EQ(Ask("OPTIONS", "/tile/0/000").status, 204);
  EXPECT_EQ(Ask("POST", "/checkpoint").status, 405);
}

TEST_F(TileAnswerTest, WhoHasItIsNotSentIt) {
  for (const char* const path :
       {"/checkpoint", "/tile/0/000.p/7", "/tile/entries/001.p/44"}) {
    const std::string etag = HeaderOf(Ask("GET", path), "ETag");
    ASSERT_NE(etag, "") << path;
    const Response response = Ask("GET", path, "If-None-Match", etag);
    EXPECT_EQ(response.status, 304) << path;
    EXPECT_EQ(HeaderOf(response, "ETag"), etag);
    EXPECT_EQ(Ask("GET", path, "If-None-Match", "\"other\"").status, 200);
  }
}

TEST_F(TileAnswerTest, CompressedBundlesHaveATagOfTheirOwn) {
  const std::string path = "/tile/entries/000";
  const Response gzip = Ask("GET", path, "Accept-Encoding", "gzip");
  EXPECT_EQ(HeaderOf(gzip, "Content-Encoding"), "gzip");
  const std::string etag = HeaderOf(gzip, "ETag");
  EXPECT_NE(etag, HeaderOf(Ask("GET", path), "ETag"));
  EXPECT_EQ(Ask("GET", path, "If-None-Match", etag).status, 304);
  EXPECT_EQ(HeaderOf(Ask("GET", "/tile/0/000", "Accept-Encoding", "gzip"),
                     "Content-Encoding"),
            "");
}

}  // namespace
}  // namespace sightline::web
