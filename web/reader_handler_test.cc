#include "web/reader_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "telemetry/recorded_diagnostics.h"
#include "tiles/memory_tiles.h"
#include "web/handler.h"
#include "web/http_message.h"
#include "web/kept_answer.h"

namespace sightline::web {
namespace {

constexpr size_t kSize = 700;

class ReaderHandlerTest : public ::testing::Test {
 protected:
  ReaderHandlerTest() {
    std::vector<std::string> entries;
    for (size_t i = 0; i < kSize; ++i) entries.push_back(absl::StrCat("e", i));
    tiles_ = tiles::MemoryTiles::FromEntries(std::move(entries));
    note_ = absl::StrCat("example.com/log\n", kSize, "\n", std::string(43, 'A'),
                         "=\n\n\u2014 example.com/log ", std::string(91, 'A'),
                         "=\n");
    tiles_.SetCheckpoint(note_);
  }

  Response Ask(absl::string_view method, const std::string& target,
               absl::string_view name = "", absl::string_view value = "") {
    Request request;
    request.method = method;
    request.target = target;
    if (!name.empty()) request.headers.push_back({name, value});
    return AnswerOf(handler_, request);
  }
  std::string Get(const std::string& target) {
    const Response response = Ask("GET", target);
    EXPECT_EQ(response.status, 200) << target;
    return std::string(response.body.bytes());
  }

  tiles::MemoryTiles tiles_;
  std::string note_;
  telemetry::RecordedDiagnostics diagnostics_;
  ReaderHandler handler_{&tiles_, &diagnostics_};
};

TEST_F(ReaderHandlerTest, ServesWhatTheReaderHas) {
  EXPECT_EQ(Get("/checkpoint"), note_);
  EXPECT_EQ(Get("/tile/0/000"), *tiles_.ReadTile(0, 0, 256));
  EXPECT_EQ(Get("/tile/1/000.p/2"), *tiles_.ReadTile(1, 0, 2));
  EXPECT_EQ(Get("/tile/entries/001"), *tiles_.ReadEntryBundle(1, 256));
  EXPECT_EQ(Get("/tile/entries/002.p/188"), *tiles_.ReadEntryBundle(2, 188));
}

TEST_F(ReaderHandlerTest, CutsEveryWidthThatFits) {
  EXPECT_EQ(Get("/tile/0/000.p/7"), *tiles_.ReadTile(0, 0, 7));
  EXPECT_EQ(Get("/tile/0/002.p/187"), *tiles_.ReadTile(0, 2, 187));
  EXPECT_EQ(Get("/tile/entries/002.p/1"), *tiles_.ReadEntryBundle(2, 1));
  EXPECT_EQ(Get("/tile/entries/000.p/255"), *tiles_.ReadEntryBundle(0, 255));
}

TEST_F(ReaderHandlerTest, HasNothingBeyondTheCheckpoint) {
  for (const char* target :
       {"/tile/0/002.p/189", "/tile/0/003.p/1", "/tile/1/000.p/3",
        "/tile/entries/002", "/tile/2/000.p/1", "/", "/tile", "/x",
        "/checkpoint/", "/tile/0/2"}) {
    EXPECT_EQ(Ask("GET", target).status, 404) << target;
  }
  EXPECT_EQ(Ask("POST", "/checkpoint").status, 405);
  tiles_.SetCheckpoint("");
  EXPECT_NE(Ask("GET", "/checkpoint").status, 200);
}

TEST_F(ReaderHandlerTest, CompressesBundlesWhenAsked) {
  const Response response =
      Ask("GET", "/tile/entries/000", "Accept-Encoding", "gzip");
  EXPECT_TRUE(absl::StrContains(response.headers, "Content-Encoding: gzip"));
  EXPECT_LT(response.body.bytes().size(),
            tiles_.ReadEntryBundle(0, 256)->size());
  const Response tile = Ask("GET", "/tile/0/000", "Accept-Encoding", "gzip");
  EXPECT_FALSE(absl::StrContains(tile.headers, "Content-Encoding"));
}

TEST_F(ReaderHandlerTest, SaysWhenTheReaderFails) {
  tiles_.EraseTile(0, 1);
  EXPECT_EQ(Ask("GET", "/tile/0/001").status, 500);
  tiles_.SetCheckpoint("no note");
  EXPECT_EQ(Ask("GET", "/tile/0/000").status, 500);
}

}  // namespace
}  // namespace sightline::web
