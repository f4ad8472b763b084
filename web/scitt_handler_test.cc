#include "web/scitt_handler.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "checkpoint/cose_receipt.h"
#include "checkpoint/cose_signer.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/note_signer.h"
#include "crypto/signer.h"
#include "publish/publisher.h"
#include "storage/memory_log_store.h"
#include "storage/test_log.h"
#include "telemetry/recorded_diagnostics.h"
#include "web/handler.h"
#include "web/http_message.h"
#include "web/kept_answer.h"

namespace sightline::web {
namespace {

constexpr char kOrigin[] = "example.com/scitt";
constexpr char kKeys[] = "/.well-known/scitt-keys";
constexpr uint64_t kChange = 5;  // first tree size of the second key

checkpoint::NoteSigner LogKey(char seed) {
  return *checkpoint::NoteSigner::Create(
      kOrigin, checkpoint::KeyType::kEd25519,
      *crypto::PrivateKey::FromSeed(std::string(32, seed)));
}

// A log whose first key ended at tree size 5, where its second one began.
class ScittHandlerTest : public ::testing::Test {
 protected:
  ScittHandlerTest() : trusted_(kOrigin) {
    EXPECT_OK(trusted_.Add(old_.vkey(), 0, kChange));
    EXPECT_OK(trusted_.Add(new_.vkey(), kChange));
    Start({old_, new_});
  }

  void Start(const std::vector<checkpoint::NoteSigner>& signers) {
    ScittHandler::Parts parts;
    parts.published = [this] { return tree_; };
    parts.keys = [this] {
      return std::vector<ScittHandler::LogKey>{{old_.vkey(), 0, kChange},
                                               {new_.vkey(), kChange, 0}};
    };
    parts.store = &store_;
    for (const checkpoint::NoteSigner& signer : signers) {
      parts.signers.push_back(*checkpoint::CoseSigner::Create(signer));
    }
    parts.receipts_per_client = {1, 3};
    parts.clock = &clock_;
    parts.diagnostics = &diagnostics_;
    handler_ = std::make_unique<ScittHandler>(std::move(parts));
  }

  // Commits a batch of so many entries, and publishes its tree. Of its checkpoint
  // the handler reads the size alone.
  void Append(size_t entries) {
    storage::Batch batch = log_.Make(entries);
    checkpoint::Checkpoint tree;
    tree.origin = kOrigin;
    tree.tree_size = batch.state.tree_size;
    const std::string note = *checkpoint::SignCheckpoint(tree, {&new_, 1});
    batch.checkpoint = note;
    ASSERT_OK(store_.Commit(batch));
    log_.Adopt();
    auto published = std::make_shared<publish::PublishedTree>();
    published->tree_size = log_.size();
    tree_ = published;
  }

  Response Ask(const std::string& target, absl::string_view client = "a",
               absl::string_view method = "GET") {
    Request request;
    request.method = method;
    request.target = target;
    request.client = client;
    return AnswerOf(*handler_, request);
  }

  // The tree size of the receipt, which holds for that entry.
  absl::StatusOr<uint64_t> VerifiedSize(const Response& response,
                                        uint64_t index) {
    if (response.status != 200) return absl::NotFoundError("no receipt");
    ASSIGN_OR_RETURN(const auto receipt,
                     checkpoint::ParseCoseReceipt(response.body.bytes()));
    EXPECT_EQ(receipt.second, index);
    RETURN_IF_ERROR(
        checkpoint::VerifyCoseReceipt(receipt, log_.LeafHash(index), trusted_)
            .status());
    return receipt.first;
  }

  const checkpoint::NoteSigner old_ = LogKey('1');
  const checkpoint::NoteSigner new_ = LogKey('2');
  checkpoint::LogKeySet trusted_;
  base::FakeClock clock_{1'750'000'000'000};
  storage::TestLog log_;
  storage::MemoryLogStore store_;
  std::shared_ptr<const publish::PublishedTree> tree_ =
      std::make_shared<publish::PublishedTree>();
  telemetry::RecordedDiagnostics diagnostics_;
  std::unique_ptr<ScittHandler> handler_;
};

TEST_F(ScittHandlerTest, ShowsRetiredKeysToo) {
  const auto first = *checkpoint::PublishCoseKey(old_.vkey());
  const auto second = *checkpoint::PublishCoseKey(new_.vkey());
  const Response all = Ask(kKeys);
  EXPECT_EQ(all.status, 200);
  EXPECT_EQ(HeaderOf(all, "Content-Type"), "application/cbor");
  EXPECT_EQ(all.body.bytes(), absl::StrCat(checkpoint::CoseArrayHead(2),
                                           first.cose_key, second.cose_key));
  for (const auto& key : {first, second}) {
    const Response one =
        Ask(absl::StrCat(kKeys, "/", absl::WebSafeBase64Escape(key.key_id)));
    EXPECT_EQ(one.status, 200);
    EXPECT_EQ(one.body.bytes(), key.cose_key);
  }
}

TEST_F(ScittHandlerTest, KnowsNoOtherKey) {
  for (const char* id : {"", "AAAA", "%", "A"}) {
    EXPECT_EQ(Ask(absl::StrCat(kKeys, "/", id)).status, 404) << id;
  }
}

TEST_F(ScittHandlerTest, AReceiptIsByTheKeyOfItsTree) {
  Append(3);
  Append(4);
  const Response before = Ask("/entries/1");
  EXPECT_EQ(HeaderOf(before, "Content-Type"), "application/cose");
  EXPECT_THAT(VerifiedSize(before, 1), base::IsOkAndHolds(3u));
  EXPECT_THAT(VerifiedSize(Ask("/entries/6"), 6), base::IsOkAndHolds(7u));
}

TEST_F(ScittHandlerTest, AKeyThatTheServerHasNoMoreSignsNothing) {
  Start({new_});
  Append(3);
  Append(4);
  EXPECT_EQ(Ask("/entries/1").status, 404);
  EXPECT_THAT(VerifiedSize(Ask("/entries/6"), 6), base::IsOkAndHolds(7u));
}

TEST_F(ScittHandlerTest, TheFirstLeafWaitsForATreeOfTwo) {
  Append(1);
  EXPECT_EQ(Ask("/entries/0").status, 404);
  Append(1);
  EXPECT_THAT(VerifiedSize(Ask("/entries/0"), 0), base::IsOkAndHolds(2u));
}

TEST_F(ScittHandlerTest, HasNothingBeyondThePublishedTree) {
  Append(3);
  ASSERT_OK(store_.Commit(log_.Make(4)));  // not published
  log_.Adopt();
  for (const char* entry : {"3", "99", "18446744073709551615"}) {
    const Response response =
        Ask(absl::StrCat("/entries/", entry), /*client=*/entry);
    EXPECT_EQ(response.status, 404) << entry;
    EXPECT_EQ(HeaderOf(response, "Content-Type"),
              "application/concise-problem-details+cbor");
  }
}

TEST_F(ScittHandlerTest, AnEntryHasOneSpelling) {
  Append(3);
  for (const char* entry :
       {"", "01", "+1", "-1", "1/", "x", "1.0", "18446744073709551616"}) {
    EXPECT_EQ(Ask(absl::StrCat("/entries/", entry), /*client=*/entry).status,
              404)
        << entry;
  }
}

TEST_F(ScittHandlerTest, ReadsOnly) {
  Append(3);
  EXPECT_EQ(Ask("/entries/1", "a", "HEAD").status, 200);
  const Response response = Ask("/entries/1", "a", "POST");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(HeaderOf(response, "Allow"), "GET, HEAD");
}

TEST_F(ScittHandlerTest, LimitsTheReceiptsOfEachClient) {
  Append(3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask("/entries/1").status, 200);
  const Response limited = Ask("/entries/1");
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(HeaderOf(limited, "Retry-After"), "1");
  EXPECT_EQ(HeaderOf(limited, "Content-Type"),
            "application/concise-problem-details+cbor");
  EXPECT_EQ(limited.body.bytes(),
            checkpoint::CoseProblem("too many requests",
                                    "of this address, for receipts"));
  EXPECT_EQ(Ask("/entries/1", "b").status, 200);
  clock_.Advance(1000);
  EXPECT_EQ(Ask("/entries/1").status, 200);
}

TEST_F(ScittHandlerTest, WhatIsNotThereCountsAsWell) {
  Append(3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask("/entries/9").status, 404);
  EXPECT_EQ(Ask("/entries/1").status, 429);
}

TEST_F(ScittHandlerTest, KeysAreNotLimited) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Ask(kKeys).status, 200);
}

}  // namespace
}  // namespace sightline::web
