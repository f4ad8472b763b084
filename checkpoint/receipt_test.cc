#include "checkpoint/receipt.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_matchers.h"
#include "checkpoint/test_vectors.h"
#include "crypto/sha256.h"

namespace sightline::checkpoint {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class Receipt : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(log_keys_.Add(kLogVkey));
    ASSERT_OK_AND_ASSIGN(proof_, ParseTlogProof(ProofFile()));
  }

  LogKeySet log_keys_{kLogOrigin};
  TlogProof proof_;
  // RFC 6962 leaf hash of the leaf's bytes.
  const crypto::Digest leaf_hash_ =
      crypto::HashPrefixed(0x00, *base::HexDecode(kLeaf5));
  const Policy policy_ =
      *Policy::Parse(absl::StrCat("log ", kLogVkey, "\nwitness W1 ",
                                  kWitnessVkey, "\ngroup G 1 W1\nquorum G\n"));
};

TEST_F(Receipt, VectorVerifies) {
  ASSERT_OK_AND_ASSIGN(const OpenedCheckpoint opened,
                       VerifyProof(proof_, leaf_hash_, log_keys_));
  EXPECT_EQ(opened.checkpoint.tree_size, 8u);
  EXPECT_OK(VerifyProof(proof_, leaf_hash_, log_keys_, &policy_));
  EXPECT_OK(VerifyProof(proof_, leaf_hash_, policy_));
}

TEST_F(Receipt, OneLeafTreeVerifies) {
  const std::string file = absl::StrCat("c2sp.org/tlog-proof@v1\nindex 0\n\n",
                                        CheckpointNote(kCheckpoints[1]));
  ASSERT_OK_AND_ASSIGN(const TlogProof proof, ParseTlogProof(file));
  EXPECT_OK(VerifyProof(proof, crypto::HashPrefixed(0x00, ""), log_keys_));
}

TEST_F(Receipt, OtherLeafIsRefused) {
  EXPECT_THAT(
      VerifyProof(proof_, crypto::HashPrefixed(0x00, "other"), log_keys_),
      StatusIs(kInvalid));
}

TEST_F(Receipt, EveryOtherIndexIsRefused) {
  for (uint64_t index : {0, 1, 2, 3, 4, 6, 7}) {
    proof_.index = index;
    EXPECT_THAT(VerifyProof(proof_, leaf_hash_, log_keys_), StatusIs(kInvalid));
  }
  proof_.index = 8;
  EXPECT_THAT(VerifyProof(proof_, leaf_hash_, log_keys_),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST_F(Receipt, EveryChangedHashIsRefused) {
  for (size_t i = 0; i < 3; ++i) {
    TlogProof changed = proof_;
    changed.hashes[i][31] ^= 1;
    EXPECT_THAT(VerifyProof(changed, leaf_hash_, log_keys_),
                StatusIs(kInvalid));
    changed = proof_;
    changed.hashes.erase(changed.hashes.begin() + static_cast<long>(i));
    EXPECT_THAT(VerifyProof(changed, leaf_hash_, log_keys_),
                StatusIs(kInvalid));
  }
  proof_.hashes.push_back(proof_.hashes[0]);
  EXPECT_THAT(VerifyProof(proof_, leaf_hash_, log_keys_), StatusIs(kInvalid));
}

TEST_F(Receipt, CheckpointOfAnotherSizeIsRefused) {
  proof_.checkpoint = CheckpointNote(kCheckpoints[2]);
  EXPECT_THAT(VerifyProof(proof_, leaf_hash_, log_keys_),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST_F(Receipt, UnsignedCheckpointIsRefused) {
  proof_.checkpoint = absl::StrCat(CheckpointText(kCheckpoints[3]), "\n",
                                   Line("stranger", "AAAAAAA="));
  EXPECT_THAT(VerifyProof(proof_, leaf_hash_, log_keys_), StatusIs(kInvalid));
}

TEST_F(Receipt, MissingCosignatureIsRefusedWhenThePolicyWantsIt) {
  proof_.checkpoint = CheckpointNote(kCheckpoints[3]);
  EXPECT_OK(VerifyProof(proof_, leaf_hash_, log_keys_));
  EXPECT_THAT(VerifyProof(proof_, leaf_hash_, log_keys_, &policy_),
              StatusIs(kInvalid, HasSubstr("quorum")));
  EXPECT_THAT(VerifyProof(proof_, leaf_hash_, policy_),
              StatusIs(kInvalid, HasSubstr("quorum")));
}

TEST_F(Receipt, KeyThatDoesNotCountForTheSizeIsRefused) {
  LogKeySet later(kLogOrigin);
  ASSERT_OK(later.Add(kLogVkey, 9));
  EXPECT_THAT(VerifyProof(proof_, leaf_hash_, later), StatusIs(kInvalid));
}

TEST_F(Receipt, ExtraDataIsNotAuthenticated) {
  proof_.extra = "anything";
  EXPECT_OK(VerifyProof(proof_, leaf_hash_, log_keys_));
}

}  // namespace
}  // namespace sightline::checkpoint
