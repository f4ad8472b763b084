#include "witness/handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/fake_clock.h"
#include "checkpoint/test_vectors.h"
#include "crypto/sha256.h"
#include "witness/memory_cosigned_store.h"
#include "witness/test_log.h"

namespace sightline::witness {
namespace {

using ::testing::HasSubstr;

class HandlerTest : public ::testing::Test {
 protected:
  HandlerTest() {
    Witness::Parts parts;
    parts.logs = {
        {checkpoint::kLogOrigin, {checkpoint::LogSigner().verifier()}, 0}};
    parts.signers = {checkpoint::WitnessSigner()};
    parts.store = &store_;
    parts.clock = &clock_;
    witness_ = std::move(Witness::Create(std::move(parts))).value();
    WitnessHandler::Options options;
    options.prefix = "/w";
    options.per_client = {1, 2};
    handler_ =
        std::make_unique<WitnessHandler>(options, witness_.get(), &clock_);
  }

  Answer Get(const std::string& path, const char* method = "GET") {
    return handler_->Handle({method, path, "192.0.2.1", ""});
  }
  Answer Post(const std::string& path, const std::string& body,
              const char* client = "192.0.2.1") {
    return handler_->Handle({"POST", path, client, body});
  }

  base::FakeClock clock_{1'750'000'000'000};
  MemoryCosignedStore store_;
  std::unique_ptr<Witness> witness_;
  std::unique_ptr<WitnessHandler> handler_;
  TestLog log_;
};

TEST_F(HandlerTest, CosignsAndServesBelowItsPrefix) {
  EXPECT_EQ(Post("/w/add-checkpoint", log_.Request(0, 5)).status, 200);
  const std::string path = absl::StrCat(
      "/w/",
      base::HexEncode(crypto::AsBytes(crypto::Sha256(checkpoint::kLogOrigin))),
      "/checkpoint");
  EXPECT_EQ(Get(path).status, 200);
  EXPECT_EQ(Get(path, "HEAD").status, 200);
  EXPECT_EQ(Get("/w/metrics").status, 200);
  EXPECT_EQ(Get("/w/healthz").body, "ok\n");
}

TEST_F(HandlerTest, KnowsNoOtherPathsAndMethods) {
  for (const char* path :
       {"", "/", "/w", "/w/", "/w/x", "/metrics", "/add-checkpoint",
        "/wx/metrics", "/w/x/checkpoint", "/w/checkpoint"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
  EXPECT_EQ(Get("/w/add-checkpoint").status, 405);
  EXPECT_EQ(Post("/w/metrics", "").status, 405);
}

TEST_F(HandlerTest, LimitsEachAddress) {
  EXPECT_EQ(Post("/w/add-checkpoint", "x").status, 400);
  EXPECT_EQ(Post("/w/add-checkpoint", "x").status, 400);
  const Answer limited = Post("/w/add-checkpoint", log_.Request(0, 5));
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.retry_after_s, 1);
  EXPECT_EQ(Post("/w/add-checkpoint", log_.Request(0, 5), "192.0.2.2").status,
            200);
  EXPECT_EQ(Get("/w/healthz").status, 200);
}

TEST_F(HandlerTest, CountsWhatItRefusesByAddressToo) {
  for (int i = 0; i < 5; ++i) Post("/w/add-checkpoint", "x");
  const std::string metrics = Get("/w/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("answers_total{status=\"400\"} 2\n"));
  EXPECT_THAT(metrics, HasSubstr("answers_total{status=\"429\"} 3\n"));
}

}  // namespace
}  // namespace sightline::witness
