#include "checkpoint/log_keys.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "checkpoint/test_vectors.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"

namespace sightline::checkpoint {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

NoteSigner Signer(char seed) {
  return *NoteSigner::Create(
      kLogOrigin, KeyType::kEd25519,
      *crypto::PrivateKey::FromSeed(std::string(32, seed)));
}

std::string SignedAt(uint64_t tree_size,
                     std::initializer_list<NoteSigner> signers) {
  Checkpoint c;
  c.origin = kLogOrigin;
  c.tree_size = tree_size;
  c.root_hash = crypto::Sha256("root");
  return *SignCheckpoint(c, std::vector<NoteSigner>(signers));
}

// The old key counts below 100, the new one from 90 on.
class Rotation : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(keys_.Add(old_.vkey(), 0, 100));
    ASSERT_OK(keys_.Add(new_.vkey(), 90));
  }

  const NoteSigner old_ = Signer(0x11);
  const NoteSigner new_ = Signer(0x12);
  LogKeySet keys_{kLogOrigin};
};

TEST_F(Rotation, OldReceiptsStayValid) {
  EXPECT_OK(keys_.OpenCheckpoint(SignedAt(0, {old_})));
  EXPECT_OK(keys_.OpenCheckpoint(SignedAt(99, {old_})));
}

TEST_F(Rotation, OldKeyDoesNotCountAtItsEnd) {
  EXPECT_THAT(keys_.OpenCheckpoint(SignedAt(100, {old_})),
              StatusIs(kInvalid, HasSubstr("tree size 100")));
}

TEST_F(Rotation, NewKeyCountsFromItsBeginning) {
  EXPECT_THAT(keys_.OpenCheckpoint(SignedAt(89, {new_})), StatusIs(kInvalid));
  EXPECT_OK(keys_.OpenCheckpoint(SignedAt(90, {new_})));
  EXPECT_OK(keys_.OpenCheckpoint(SignedAt(uint64_t{1} << 40, {new_})));
}

TEST_F(Rotation, BothCountWhereTheirRangesOverlap) {
  ASSERT_OK_AND_ASSIGN(const OpenedCheckpoint opened,
                       keys_.OpenCheckpoint(SignedAt(95, {old_, new_})));
  EXPECT_EQ(opened.verified.size(), 2u);
  EXPECT_EQ(keys_.KeysFor(95).size(), 2u);
  EXPECT_EQ(keys_.KeysFor(100).size(), 1u);
}

TEST_F(Rotation, LinesOfKeysOutOfRangeArePassedOver) {
  ASSERT_OK_AND_ASSIGN(const OpenedCheckpoint opened,
                       keys_.OpenCheckpoint(SignedAt(100, {old_, new_})));
  ASSERT_EQ(opened.verified.size(), 1u);
  EXPECT_EQ(opened.verified[0].line, 1u);
}

TEST_F(Rotation, FailingLineOfAKeyInRangeRefuses) {
  // Signed for size 95, text changed to 96: both lines fail.
  std::string note = SignedAt(95, {old_, new_});
  note.replace(note.find("\n95\n"), 4, "\n96\n");
  EXPECT_THAT(keys_.OpenCheckpoint(note), StatusIs(kInvalid));
}

TEST_F(Rotation, CosignersAreCheckedButDoNotStandIn) {
  const NoteSigner witness = WitnessSigner();
  std::string note = SignedAt(95, {old_});
  const std::string text = note.substr(0, note.find("\n\n") + 1);
  const std::string cosigned =
      note + FormatSignatureLines({*witness.Cosign(text, 7)});
  ASSERT_OK_AND_ASSIGN(const OpenedCheckpoint opened,
                       keys_.OpenCheckpoint(cosigned, {witness.verifier()}));
  ASSERT_EQ(opened.verified.size(), 2u);
  EXPECT_EQ(opened.verified[1].verifier, 0u);
  EXPECT_EQ(opened.verified[1].time_unix_s, 7u);

  const std::string alone = absl::StrCat(
      text, "\n", FormatSignatureLines({*witness.Cosign(text, 7)}));
  EXPECT_THAT(keys_.OpenCheckpoint(alone, {witness.verifier()}),
              StatusIs(kInvalid, HasSubstr("not signed by a log key")));

  const std::string bad =
      note + FormatSignatureLines({*witness.Cosign("other\n", 7)});
  EXPECT_THAT(keys_.OpenCheckpoint(bad, {witness.verifier()}),
              StatusIs(kInvalid));
}

TEST_F(Rotation, OtherOriginIsRefused) {
  const NoteSigner other =
      *NoteSigner::Create("example.com/other", KeyType::kEd25519,
                          *crypto::PrivateKey::FromSeed(std::string(32, 0x11)));
  Checkpoint c;
  c.origin = "example.com/other";
  c.tree_size = 5;
  EXPECT_THAT(keys_.OpenCheckpoint(*SignCheckpoint(c, {other})),
              StatusIs(kInvalid, HasSubstr("origin")));
}

TEST(LogKeySet, AcceptsTheVectors) {
  LogKeySet keys(kLogOrigin);
  ASSERT_OK(keys.Add(kLogVkey));
  for (const CheckpointVector& v : kCheckpoints) {
    EXPECT_OK(keys.OpenCheckpoint(CheckpointNote(v)));
  }
}

TEST(LogKeySet, WithoutKeysAcceptsNothing) {
  const LogKeySet keys(kLogOrigin);
  EXPECT_TRUE(keys.empty());
  EXPECT_THAT(keys.OpenCheckpoint(CheckpointNote(kCheckpoints[3])),
              StatusIs(kInvalid));
}

TEST(LogKeySet, RefusesKeysThatCannotBeThisLogs) {
  LogKeySet keys(kLogOrigin);
  EXPECT_THAT(keys.Add(kWitnessLogTypeVkey),
              StatusIs(kInvalid, HasSubstr("origin")));
  LogKeySet witness(kWitnessName);
  EXPECT_THAT(witness.Add(kWitnessVkey), StatusIs(kInvalid, HasSubstr("type")));
  EXPECT_THAT(keys.Add("nonsense"), StatusIs(kInvalid));
  EXPECT_THAT(keys.Add(kLogVkey, 5, 5), StatusIs(kInvalid, HasSubstr("range")));
  EXPECT_THAT(keys.Add(kLogVkey, 6, 5), StatusIs(kInvalid));
  EXPECT_TRUE(keys.empty());
}

}  // namespace
}  // namespace sightline::checkpoint
