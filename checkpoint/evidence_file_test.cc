#include "checkpoint/evidence_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status_matchers.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note_signer.h"
#include "crypto/signer.h"
#include "merkle/compact_range.h"
#include "merkle/hash.h"
#include "merkle/range_proof.h"
#include "merkle/reference_tree.h"
#include "merkle/test_trees.h"

namespace sightline::checkpoint {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr absl::string_view kOrigin = "example.com/log";
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

NoteSigner Signer(char seed, absl::string_view name = kOrigin) {
  return *NoteSigner::Create(
      name, KeyType::kEd25519,
      *crypto::PrivateKey::FromSeed(std::string(32, seed)));
}

std::string Sign(const NoteSigner& signer, uint64_t size,
                 const merkle::Hash& root) {
  Checkpoint checkpoint;
  checkpoint.origin = std::string(kOrigin);
  checkpoint.tree_size = size;
  checkpoint.root_hash = root;
  return *SignCheckpoint(checkpoint, {&signer, 1});
}

// Two histories of 40 leaves that part at leaf 10.
class EvidenceFileTest : public ::testing::Test {
 protected:
  EvidenceFileTest() : signer_(Signer(1)) {
    honest_ = merkle::LeafHashes(merkle::CountingEntries(40));
    forked_ = honest_;
    for (size_t i = 10; i < forked_.size(); ++i) forked_[i][0] ^= 1;
  }

  using Leaves = std::vector<merkle::Hash>;

  static merkle::Hash Root(const Leaves& leaves, uint64_t begin, uint64_t end) {
    merkle::CompactRange range;
    for (uint64_t i = begin; i < end; ++i) range.Append(leaves[i]);
    return range.Root();
  }

  std::string Note(const Leaves& leaves, uint64_t size) const {
    return Sign(signer_, size, Root(leaves, 0, size));
  }

  // How the first `size` leaves lie in the tree of `tree_size`.
  static PrefixProof Prove(const Leaves& leaves, uint64_t size,
                           uint64_t tree_size, bool with_leaf) {
    PrefixProof proof;
    const auto plan =
        *merkle::RangeNodes(size, size + (with_leaf ? 1 : 0), tree_size);
    const auto add = [&](const auto& ids, Leaves* out) {
      for (const merkle::NodeId& id : ids) {
        out->push_back(
            Root(leaves, id.index << id.level, (id.index + 1) << id.level));
      }
    };
    add(plan.left, &proof.left);
    add(plan.own, &proof.leaf);
    add(plan.right, &proof.right);
    return proof;
  }

  EvidenceFile Fork(uint64_t size, uint64_t tree_size, bool with_leaf) const {
    return {{signer_.vkey()},
            Note(honest_, size),
            Note(forked_, tree_size),
            Prove(forked_, size, tree_size, with_leaf)};
  }

  const NoteSigner signer_;
  Leaves honest_;
  Leaves forked_;
};

TEST_F(EvidenceFileTest, ConvictsByTwoRootsOfOneSize) {
  const EvidenceFile file{
      {signer_.vkey()}, Note(honest_, 12), Note(forked_, 12), {}};
  ASSERT_OK_AND_ASSIGN(const Conviction conviction, VerifyEvidence(file));
  EXPECT_EQ(conviction.older.tree_size, 12u);
  EXPECT_NE(conviction.older.root_hash, conviction.newer.root_hash);
  const std::string text = FormatEvidenceFile(file);
  ASSERT_OK_AND_ASSIGN(const EvidenceFile parsed, ParseEvidenceFile(text));
  EXPECT_EQ(FormatEvidenceFile(parsed), text);
  EXPECT_OK(VerifyEvidence(parsed));
}

TEST_F(EvidenceFileTest, ConvictsByAnyTwoSizesBehindTheFork) {
  for (uint64_t size = 11; size < 40; ++size) {
    for (uint64_t tree_size = size + 1; tree_size <= 40; ++tree_size) {
      for (const bool with_leaf : {false, true}) {
        const EvidenceFile file = Fork(size, tree_size, with_leaf);
        ASSERT_OK(VerifyEvidence(file)) << size << " " << tree_size;
        const std::string text = FormatEvidenceFile(file);
        ASSERT_OK_AND_ASSIGN(const EvidenceFile parsed,
                             ParseEvidenceFile(text));
        ASSERT_EQ(FormatEvidenceFile(parsed), text);
        ASSERT_OK(VerifyEvidence(parsed));
      }
    }
  }
}

TEST_F(EvidenceFileTest, ConvictsNobodyOfGrowing) {
  for (const uint64_t size : {1, 9, 10}) {
    EXPECT_THAT(VerifyEvidence(Fork(size, 30, false)),
                StatusIs(kInvalid, HasSubstr("both checkpoints are true")));
  }
  EXPECT_THAT(VerifyEvidence(
                  {{signer_.vkey()}, Note(honest_, 9), Note(forked_, 9), {}}),
              StatusIs(kInvalid, HasSubstr("both checkpoints are true")));
}

TEST_F(EvidenceFileTest, RefusesHashesThatLeadElsewhere) {
  EvidenceFile file = Fork(20, 30, false);
  file.proof.left[0][3] ^= 1;
  EXPECT_THAT(VerifyEvidence(file),
              StatusIs(kInvalid, HasSubstr("do not lead to the root")));
  file = Fork(20, 30, false);
  file.proof.right.pop_back();
  EXPECT_THAT(VerifyEvidence(file), StatusIs(kInvalid));
  file = Fork(20, 30, false);
  file.proof = {};
  EXPECT_THAT(VerifyEvidence(file), StatusIs(kInvalid));
  // Nobody is convicted by hashes that prove the honest tree.
  file = Fork(20, 30, false);
  file.proof = Prove(honest_, 20, 30, false);
  EXPECT_THAT(VerifyEvidence(file),
              StatusIs(kInvalid, HasSubstr("do not lead to the root")));
}

TEST_F(EvidenceFileTest, RefusesWhatTheLogHasNotSigned) {
  const NoteSigner other = Signer(2);
  EvidenceFile file = Fork(20, 30, false);
  file.newer = Sign(other, 30, Root(forked_, 0, 30));
  EXPECT_THAT(VerifyEvidence(file), StatusIs(kInvalid, HasSubstr("newer")));
  file = Fork(20, 30, false);
  file.older = Sign(other, 20, Root(honest_, 0, 20));
  EXPECT_THAT(VerifyEvidence(file), StatusIs(kInvalid, HasSubstr("older")));
  file = Fork(20, 30, false);
  file.vkeys = {other.vkey()};
  EXPECT_FALSE(VerifyEvidence(file).ok());
}

// The log has changed its key in between.
TEST_F(EvidenceFileTest, ConvictsByTwoKeysOfTheLog) {
  const NoteSigner next = Signer(2);
  for (const uint64_t tree_size : {20, 30}) {
    EvidenceFile file = Fork(20, 30, true);
    if (tree_size == 20) file.proof = {};
    file.newer = Sign(next, tree_size, Root(forked_, 0, tree_size));
    file.vkeys = {signer_.vkey(), next.vkey()};
    EXPECT_OK(VerifyEvidence(file));
    const std::string text = FormatEvidenceFile(file);
    ASSERT_OK_AND_ASSIGN(const EvidenceFile parsed, ParseEvidenceFile(text));
    EXPECT_EQ(parsed.vkeys, file.vkeys);
    EXPECT_EQ(FormatEvidenceFile(parsed), text);
    EXPECT_OK(VerifyEvidence(parsed));
  }
}

TEST_F(EvidenceFileTest, AccusesNoKeyThatSignedNeither) {
  EvidenceFile file = Fork(20, 30, false);
  file.vkeys.push_back(Signer(2).vkey());
  EXPECT_THAT(VerifyEvidence(file),
              StatusIs(kInvalid, HasSubstr("signed neither")));
  file.vkeys = {signer_.vkey(), signer_.vkey()};
  EXPECT_THAT(VerifyEvidence(file), StatusIs(kInvalid, HasSubstr("twice")));
  EXPECT_THAT(ParseEvidenceFile(FormatEvidenceFile(file)), StatusIs(kInvalid));
  file.vkeys = {signer_.vkey(), Signer(2, "example.com/other").vkey()};
  EXPECT_THAT(ParseEvidenceFile(FormatEvidenceFile(file)), StatusIs(kInvalid));
  file.vkeys.clear();
  EXPECT_THAT(VerifyEvidence(file), StatusIs(kInvalid));
  file.vkeys = {signer_.vkey(), Signer(2).vkey(), Signer(3).vkey()};
  EXPECT_THAT(VerifyEvidence(file), StatusIs(kInvalid));
  EXPECT_THAT(ParseEvidenceFile(FormatEvidenceFile(file)), StatusIs(kInvalid));
}

TEST_F(EvidenceFileTest, RefusesSizesInDisorder) {
  EvidenceFile file = Fork(20, 30, false);
  std::swap(file.older, file.newer);
  EXPECT_THAT(VerifyEvidence(file), StatusIs(kInvalid, HasSubstr("size 30")));
  file = {{signer_.vkey()},
          Note(honest_, 12),
          Note(forked_, 12),
          Prove(forked_, 12, 30, false)};
  EXPECT_THAT(VerifyEvidence(file),
              StatusIs(kInvalid, HasSubstr("though the sizes are equal")));
}

TEST_F(EvidenceFileTest, ParsesNothingElse) {
  const std::string text = FormatEvidenceFile(Fork(20, 30, true));
  ASSERT_OK(ParseEvidenceFile(text));
  for (const std::string& bad : std::vector<std::string>{
           "", "sightline.dev/evidence@v1", text + "\n", text + "left x\n",
           text.substr(0, text.size() - 1),
           absl::StrReplaceAll(text, {{"@v1", "@v2"}}),
           absl::StrReplaceAll(text, {{"older ", "older 0"}}),
           absl::StrReplaceAll(text, {{"newer 1", "newer 9"}}),
           absl::StrReplaceAll(text, {{"leaf ", "leaf A"}}),
           absl::StrReplaceAll(text, {{"log ", "log x"}})}) {
    EXPECT_FALSE(ParseEvidenceFile(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace sightline::checkpoint
