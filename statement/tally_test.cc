#include "statement/tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"
#include "crypto/sha256.h"
#include "statement/examples.h"
#include "statement/test_log.h"
#include "statement/validate.h"

namespace sightline::statement {
namespace {

using base::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::Statement ExampleResponse() {
  crypto::FixedRng rng(7);
  return ExampleStatement(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, kTestOrigin, "",
                          kTestNowUnixMs, rng)
      .statement;
}

std::vector<ResidentAnswer> Answers(int shared, int declined, int no_action,
                                    int opted_out) {
  std::vector<ResidentAnswer> out;
  const auto add = [&out](int count, TallyAnswer answer) {
    for (int i = 0; i < count; ++i) {
      out.push_back({absl::StrCat("resident-", out.size()), answer});
    }
  };
  add(shared, TallyAnswer::kShared);
  add(declined, TallyAnswer::kDeclined);
  add(no_action, TallyAnswer::kNoAction);
  add(opted_out, TallyAnswer::kOptedOut);
  return out;
}

Tally BuildTally(const std::vector<ResidentAnswer>& answers, int seed = 7) {
  crypto::FixedRng rng(seed);
  auto tally = Tally::Build(answers, rng);
  EXPECT_OK(tally);
  return *std::move(tally);
}

v1::FootageResponse ResponseWith(const Tally& tally) {
  v1::FootageResponse response = ExampleResponse().footage_response();
  response.set_notified(v1::COUNT_BUCKET_UNSPECIFIED);
  tally.FillIn(&response);
  return response;
}

std::vector<TallyReceipt> ReceiptsOf(const Tally& tally) {
  std::vector<TallyReceipt> out;
  for (uint64_t i = 0; i < tally.size(); ++i) {
    if (tally.leaves()[i].answer == TallyAnswer::kPadding) continue;
    out.push_back(tally.ReceiptAt(i));
  }
  return out;
}

// Pinned in docs/formats.md: nobody may change these bytes.
TEST(TallyLeaf, HasTheDocumentedBytes) {
  const TallyLeaf leaf{std::string(32, '\x01'), "ab", TallyAnswer::kDeclined};
  const std::string data = absl::StrCat(
      absl::string_view("sightline/tally/v1\0", 19), std::string(32, '\x01'),
      absl::string_view("\x02\x00\x02", 3), "ab");
  EXPECT_EQ(TallyLeafHash(leaf), crypto::HashPrefixed(0, data));
}

class TallyOfSizes : public ::testing::TestWithParam<int> {};

TEST_P(TallyOfSizes, EveryResidentsReceiptVerifies) {
  const int n = GetParam();
  const Tally tally = BuildTally(Answers(n / 3, n - n / 3, 0, 0));
  const v1::FootageResponse response = ResponseWith(tally);
  const std::vector<TallyReceipt> receipts = ReceiptsOf(tally);
  EXPECT_EQ(receipts.size(), static_cast<size_t>(n));
  for (const TallyReceipt& receipt : receipts) {
    EXPECT_OK(VerifyTallyReceipt(receipt, response));
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, TallyOfSizes,
                         ::testing::Values(1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 100,
                                           1025));

TEST(Tally, SizeFollowsFromTheBucketsAlone) {
  EXPECT_EQ(TallySize({1, 0, 0, 0}), 4u);
  EXPECT_EQ(TallySize({4, 0, 0, 0}), 4u);
  EXPECT_EQ(TallySize({2, 6, 0, 0}), 4u + 19u);
  EXPECT_EQ(TallySize({3, 18, 21, 100}), 4u + 19u + 99u + 499u);
  EXPECT_EQ(TallySize({4, 500, 0, 0}), 512u);
  EXPECT_EQ(TallySize({0, 513, 0, 0}), 1024u);
}

TEST(Tally, FitsTheRulesOfResponses) {
  for (const auto& answers :
       {Answers(1, 0, 0, 0), Answers(2, 6, 30, 1), Answers(4, 501, 0, 3)}) {
    v1::Statement statement = ExampleResponse();
    *statement.mutable_footage_response() = ResponseWith(BuildTally(answers));
    EXPECT_THAT(Validate(statement).kept(), IsEmpty());
  }
}

TEST(Tally, ComesBackFromItsLeaves) {
  const Tally tally = BuildTally(Answers(1, 2, 3, 0));
  const auto again = Tally::FromLeaves(tally.leaves());
  ASSERT_OK(again);
  EXPECT_EQ(again->root(), tally.root());
  EXPECT_EQ(again->counts().no_action, 3u);
}

TEST(Tally, OtherLeavesAreRefused) {
  const std::vector<TallyLeaf> leaves =
      BuildTally(Answers(1, 2, 3, 0)).leaves();
  const auto fault = [](std::vector<TallyLeaf> changed) {
    return Tally::FromLeaves(std::move(changed)).status();
  };
  auto swapped = leaves;
  std::swap(swapped[0], swapped[1]);
  EXPECT_THAT(fault(swapped), StatusIs(absl::StatusCode::kInvalidArgument,
                                       HasSubstr("not in the order")));
  auto fewer = leaves;
  fewer.pop_back();
  EXPECT_THAT(fault(fewer), StatusIs(absl::StatusCode::kInvalidArgument,
                                     HasSubstr("11 leaves, want 12")));
  auto salted = leaves;
  salted[3].salt.pop_back();
  EXPECT_THAT(fault(salted), StatusIs(absl::StatusCode::kInvalidArgument,
                                      HasSubstr("leaf 3: salt")));
  EXPECT_THAT(fault({}), StatusIs(absl::StatusCode::kInvalidArgument,
                                  HasSubstr("no answer")));
}

TEST(Tally, SameAnswersHaveAnotherTreeEveryTime) {
  const auto answers = Answers(1, 2, 3, 0);
  EXPECT_NE(BuildTally(answers, 1).root(), BuildTally(answers, 2).root());
  EXPECT_EQ(BuildTally(answers, 1).root(), BuildTally(answers, 1).root());
}

TEST(Tally, PlacesTellNothingOfTheOrderOfAnswers) {
  const Tally tally = BuildTally(Answers(8, 8, 0, 0));
  std::string order;
  for (const TallyLeaf& leaf : tally.leaves()) {
    order += TallyAnswerName(leaf.answer)[0];
  }
  EXPECT_FALSE(absl::StrContains(order, "ssssssss")) << order;
}

TEST(TallyReceipt, TellsNothingOfOthers) {
  const Tally tally = BuildTally(Answers(2, 2, 0, 0));
  std::set<merkle::Hash> leaf_hashes;
  for (const TallyLeaf& leaf : tally.leaves()) {
    leaf_hashes.insert(TallyLeafHash(leaf));
  }
  const TallyReceipt receipt = ReceiptsOf(tally).front();
  // One salted hash of a neighbour, the rest are nodes above.
  int leaves = 0;
  for (const merkle::Hash& hash : receipt.proof) {
    leaves += static_cast<int>(leaf_hashes.count(hash));
  }
  EXPECT_EQ(leaves, 1);
}

TEST(TallyReceipt, OfAnotherAnswerFails) {
  const Tally tally = BuildTally(Answers(2, 3, 4, 1));
  const v1::FootageResponse response = ResponseWith(tally);
  for (TallyReceipt receipt : ReceiptsOf(tally)) {
    receipt.leaf.answer = receipt.leaf.answer == TallyAnswer::kShared
                              ? TallyAnswer::kDeclined
                              : TallyAnswer::kShared;
    EXPECT_THAT(VerifyTallyReceipt(receipt, response),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(TallyReceipt, ChangedAnywhereFails) {
  const Tally tally = BuildTally(Answers(2, 3, 4, 1));
  const v1::FootageResponse response = ResponseWith(tally);
  const TallyReceipt good = ReceiptsOf(tally)[3];
  const auto fails = [&response](const TallyReceipt& receipt) {
    return !VerifyTallyReceipt(receipt, response).ok();
  };
  ASSERT_FALSE(fails(good));
  TallyReceipt bad = good;
  bad.leaf.salt[0] ^= 1;
  EXPECT_TRUE(fails(bad));
  bad = good;
  bad.leaf.token += "x";
  EXPECT_TRUE(fails(bad));
  bad = good;
  bad.index ^= 1;
  EXPECT_TRUE(fails(bad));
  bad = good;
  bad.proof[0][0] ^= 1;
  EXPECT_TRUE(fails(bad));
  bad = good;
  bad.proof.push_back(bad.proof[0]);
  EXPECT_TRUE(fails(bad));
}

TEST(TallyReceipt, NamesEveryFault) {
  TallyReceipt receipt;
  receipt.size = 3;
  EXPECT_THAT(VerifyTallyReceipt(receipt, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("salt of 0 bytes, want 32"),
                             HasSubstr("token of 0 bytes"),
                             HasSubstr("no answer of a resident"),
                             HasSubstr("the response has no tally root"),
                             HasSubstr("size 3, the response says 0"))));
}

TEST(TallyReceipt, NobodyHasOneOfPadding) {
  const Tally tally = BuildTally(Answers(1, 0, 0, 0));
  for (uint64_t i = 0; i < tally.size(); ++i) {
    if (tally.leaves()[i].answer != TallyAnswer::kPadding) continue;
    EXPECT_FALSE(
        VerifyTallyReceipt(tally.ReceiptAt(i), ResponseWith(tally)).ok());
  }
}

TEST(OpenedTally, GivesTheCounts) {
  const Tally tally = BuildTally(Answers(2, 3, 40, 1));
  ASSERT_OK_AND_ASSIGN(const TallyCounts counts,
                       VerifyOpenedTally(tally.leaves(), ResponseWith(tally)));
  EXPECT_EQ(counts.shared, 2u);
  EXPECT_EQ(counts.declined, 3u);
  EXPECT_EQ(counts.no_action, 40u);
  EXPECT_EQ(counts.opted_out, 1u);
  EXPECT_EQ(counts.total(), 46u);
}

TEST(OpenedTally, HoldsTheBucketsToTheLeaves) {
  const Tally tally = BuildTally(Answers(2, 6, 0, 0));
  v1::FootageResponse response = ResponseWith(tally);
  response.set_declined(v1::COUNT_BUCKET_1_4);
  response.set_shared(v1::COUNT_BUCKET_20_99);
  response.set_notified(v1::COUNT_BUCKET_1_4);
  EXPECT_THAT(
      VerifyOpenedTally(tally.leaves(), response),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("shared: published as COUNT_BUCKET_20_99, "
                               "counted as COUNT_BUCKET_1_4"),
                     HasSubstr("declined: published as COUNT_BUCKET_1_4, "
                               "counted as COUNT_BUCKET_5_19"),
                     HasSubstr("notified: published as COUNT_BUCKET_1_4, but "
                               "more have answered"))));
}

TEST(OpenedTally, RefusesOtherLeaves) {
  const Tally tally = BuildTally(Answers(2, 3, 0, 0));
  const v1::FootageResponse response = ResponseWith(tally);
  const auto refused = [&response](const std::vector<TallyLeaf>& leaves) {
    return std::string(VerifyOpenedTally(leaves, response).status().message());
  };
  std::vector<TallyLeaf> leaves = tally.leaves();
  std::swap(leaves[0], leaves[1]);
  EXPECT_THAT(refused(leaves),
              AllOf(HasSubstr("leaf 1: not in the order of hashes"),
                    HasSubstr("do not give the tally root")));
  leaves = tally.leaves();
  leaves.pop_back();
  EXPECT_THAT(refused(leaves), HasSubstr("7 leaves, the response says 8"));
  leaves = tally.leaves();
  leaves[0].salt.pop_back();
  EXPECT_THAT(refused(leaves),
              HasSubstr("leaf 0: salt or token of a wrong size"));
  EXPECT_THAT(refused({}), HasSubstr("0 leaves"));
}

TEST(OpenedTally, RefusesAResidentWhoIsThereTwice) {
  std::vector<ResidentAnswer> answers = Answers(2, 2, 0, 0);
  const Tally tally = BuildTally(answers);
  std::vector<TallyLeaf> leaves = tally.leaves();
  for (TallyLeaf& leaf : leaves) {
    if (!leaf.token.empty()) leaf.token = "the-same";
  }
  EXPECT_THAT(VerifyOpenedTally(leaves, ResponseWith(tally)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("token given before"),
                             ::testing::Not(HasSubstr("the-same")))));
}

TEST(Tally, NamesEveryFaultyAnswer) {
  crypto::FixedRng rng(1);
  EXPECT_THAT(Tally::Build({{"a", TallyAnswer::kShared},
                            {"", TallyAnswer::kShared},
                            {"a", TallyAnswer::kDeclined},
                            {std::string(201, 'x'), TallyAnswer::kPadding}},
                           rng),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("answer 1: token of 0 bytes"),
                             HasSubstr("answer 2: token given before"),
                             HasSubstr("answer 3: token of 201 bytes"),
                             HasSubstr("answer 3: no answer of a resident"))));
  EXPECT_THAT(Tally::Build({}, rng),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("0 answers, want 1 to 1048576")));
}

TEST(TallyAnswer, NamesReadBack) {
  for (const TallyAnswer answer :
       {TallyAnswer::kShared, TallyAnswer::kDeclined, TallyAnswer::kNoAction,
        TallyAnswer::kOptedOut}) {
    EXPECT_THAT(ParseTallyAnswer(TallyAnswerName(answer)),
                base::IsOkAndHolds(answer));
  }
  EXPECT_FALSE(ParseTallyAnswer("padding").ok());
  EXPECT_FALSE(ParseTallyAnswer("").ok());
}

}  // namespace
}  // namespace sightline::statement
