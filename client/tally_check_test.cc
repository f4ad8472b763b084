#include "client/tally_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status_matchers.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note_signer.h"
#include "client/tree_tracker.h"
#include "crypto/fixed_rng.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/examples.h"
#include "statement/tally_file.h"

namespace sightline::client {
namespace {

using base::StatusIs;
using statement::TallyAnswer;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::string_view kOrigin = "example.com/tally";
constexpr int64_t kTimeMs = 1'590'861'600'000;

statement::Tally MakeTally(uint8_t seed = 3) {
  crypto::FixedRng rng(seed);
  const std::vector<statement::ResidentAnswer> answers = {
      {"token-of-one", TallyAnswer::kDeclined},
      {"token-of-two", TallyAnswer::kDeclined},
      {"token-of-three", TallyAnswer::kShared}};
  return statement::Tally::Build(answers, rng).value();
}

// The tally receipt of the resident with this token.
std::string ReceiptFor(const statement::Tally& tally, absl::string_view token) {
  uint64_t i = 0;
  while (tally.leaves()[i].token != token) ++i;
  return FormatTallyReceipt(tally.ReceiptAt(i));
}

class TallyCheckTest : public ::testing::Test {
 protected:
  TallyCheckTest() : keys_(kOrigin) { EXPECT_OK(keys_.Add(Signer().vkey())); }

  static crypto::PrivateKey Key(char seed) {
    return *crypto::PrivateKey::FromSeed(std::string(32, seed));
  }
  static checkpoint::NoteSigner Signer() {
    return *checkpoint::NoteSigner::Create(
        kOrigin, checkpoint::KeyType::kEd25519, Key(1));
  }

  static v1::Statement ResponseWith(const statement::Tally& tally) {
    crypto::FixedRng rng(1);
    v1::Statement out =
        statement::ExampleStatement(v1::STATEMENT_KIND_FOOTAGE_RESPONSE,
                                    kOrigin, "platform:example", kTimeMs, rng)
            .statement;
    tally.FillIn(out.mutable_footage_response());
    return out;
  }

  // The receipt of the only entry of a log.
  static std::string LogReceipt(const v1::Statement& statement) {
    const crypto::PrivateKey key = Key(2);
    Receipt receipt;
    statement::AppendEntry(
        kTimeMs, statement::Sign(statement, {&key, 1})->SerializeAsString(), "",
        1, std::nullopt, &receipt.bytes);
    receipt.leaf_hash = merkle::LeafHash(receipt.bytes);
    checkpoint::Checkpoint checkpoint;
    checkpoint.origin = std::string(kOrigin);
    checkpoint.tree_size = 1;
    checkpoint.root_hash = receipt.leaf_hash;
    const auto signer = Signer();
    auto tree = std::make_shared<SignedTree>();
    tree->size = 1;
    tree->root = receipt.leaf_hash;
    tree->note = *checkpoint::SignCheckpoint(checkpoint, {&signer, 1});
    receipt.tree = tree;
    return FormatReceiptFile(receipt);
  }

  checkpoint::LogKeySet keys_;
};

TEST_F(TallyCheckTest, ProvesAnAnswerAndNamesNobody) {
  const statement::Tally tally = MakeTally();
  const TallyVerdict verdict =
      VerifyTallyReceiptFile(ReceiptFor(tally, "token-of-two"),
                             LogReceipt(ResponseWith(tally)), keys_);
  EXPECT_TRUE(verdict.valid) << verdict.explanation;
  EXPECT_EQ(verdict.answer, "declined");
  EXPECT_THAT(verdict.explanation,
              AllOf(HasSubstr("\"declined\" was counted"), HasSubstr("entry 0"),
                    Not(HasSubstr("token-of"))));
}

TEST_F(TallyCheckTest, AnAnswerCountedOtherwiseIsNotValid) {
  const statement::Tally tally = MakeTally();
  const std::string receipt =
      absl::StrReplaceAll(ReceiptFor(tally, "token-of-two"),
                          {{"answer declined", "answer shared"}});
  const TallyVerdict verdict =
      VerifyTallyReceiptFile(receipt, LogReceipt(ResponseWith(tally)), keys_);
  EXPECT_FALSE(verdict.valid);
  EXPECT_THAT(verdict.explanation,
              HasSubstr("\"shared\" was not counted so in entry 0"));
}

TEST_F(TallyCheckTest, ReceiptOfAnotherTreeIsNotValid) {
  const TallyVerdict verdict =
      VerifyTallyReceiptFile(ReceiptFor(MakeTally(3), "token-of-two"),
                             LogReceipt(ResponseWith(MakeTally(4))), keys_);
  EXPECT_FALSE(verdict.valid);
}

TEST_F(TallyCheckTest, AResponseThatNobodySignedIsNotValid) {
  const statement::Tally tally = MakeTally();
  const checkpoint::LogKeySet strangers(kOrigin);
  const TallyVerdict verdict =
      VerifyTallyReceiptFile(ReceiptFor(tally, "token-of-two"),
                             LogReceipt(ResponseWith(tally)), strangers);
  EXPECT_FALSE(verdict.valid);
  EXPECT_THAT(verdict.explanation,
              HasSubstr("the receipt of the response is not valid"));
}

TEST_F(TallyCheckTest, AnotherKindOfEntryIsNotValid) {
  crypto::FixedRng rng(1);
  const auto request =
      statement::ExampleStatement(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kOrigin,
                                  "ori:CA0194200", kTimeMs, rng);
  const TallyVerdict verdict =
      VerifyTallyReceiptFile(ReceiptFor(MakeTally(), "token-of-two"),
                             LogReceipt(request.statement), keys_);
  EXPECT_FALSE(verdict.valid);
  EXPECT_EQ(verdict.explanation, "entry 0 is no footage response");
}

TEST_F(TallyCheckTest, WhatIsNoTallyReceiptIsNotValid) {
  const statement::Tally tally = MakeTally();
  const TallyVerdict verdict = VerifyTallyReceiptFile(
      "nonsense", LogReceipt(ResponseWith(tally)), keys_);
  EXPECT_FALSE(verdict.valid);
  EXPECT_THAT(verdict.explanation, HasSubstr("not a tally receipt: line 1"));
}

TEST_F(TallyCheckTest, OpenedLeavesGiveTheCounts) {
  const statement::Tally tally = MakeTally();
  const auto counts = VerifyOpenedTallyFile(
      tally.leaves(), LogReceipt(ResponseWith(tally)), keys_);
  ASSERT_OK(counts);
  EXPECT_EQ(counts->declined, 2u);
  EXPECT_EQ(counts->shared, 1u);
}

TEST_F(TallyCheckTest, OpenedLeavesMustAddUpToTheBuckets) {
  const statement::Tally tally = MakeTally();
  v1::Statement response = ResponseWith(tally);
  response.mutable_footage_response()->set_declined(v1::COUNT_BUCKET_20_99);
  EXPECT_THAT(
      VerifyOpenedTallyFile(tally.leaves(), LogReceipt(response), keys_),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("declined: published as COUNT_BUCKET_20_99, counted "
                         "as COUNT_BUCKET_1_4")));
}

}  // namespace
}  // namespace sightline::client
