#include "client/tree_tracker.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note_signer.h"
#include "client/evidence.h"
#include "crypto/signer.h"
#include "merkle/reference_tree.h"
#include "merkle/test_trees.h"

namespace sightline::client {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr absl::string_view kOrigin = "example.com/log";

checkpoint::NoteSigner Signer(char seed) {
  return *checkpoint::NoteSigner::Create(
      kOrigin, checkpoint::KeyType::kEd25519,
      *crypto::PrivateKey::FromSeed(std::string(32, seed)));
}

std::string Sign(const checkpoint::NoteSigner& signer, uint64_t size,
                 const merkle::Hash& root) {
  checkpoint::Checkpoint checkpoint;
  checkpoint.origin = std::string(kOrigin);
  checkpoint.tree_size = size;
  checkpoint.root_hash = root;
  return *checkpoint::SignCheckpoint(checkpoint, {&signer, 1});
}

// A tracker in front of a log of 20 entries that answers from `tree_`.
class TreeTrackerTest : public ::testing::Test {
 protected:
  TreeTrackerTest()
      : signer_(Signer(1)),
        tree_(merkle::LeafHashes(merkle::CountingEntries(20))),
        other_(merkle::LeafHashes(merkle::ByteEntries(20))),
        tracker_(Keys(), [this](uint64_t old_size, uint64_t new_size) {
          ++fetched_;
          return Proof(old_size, new_size);
        }) {}

  checkpoint::LogKeySet Keys() const {
    checkpoint::LogKeySet keys(kOrigin);
    EXPECT_OK(keys.Add(signer_.vkey()));
    return keys;
  }

  virtual absl::StatusOr<std::vector<merkle::Hash>> Proof(uint64_t old_size,
                                                          uint64_t new_size) {
    return tree_.ConsistencyProof(old_size, new_size);
  }

  std::string Note(uint64_t size) const {
    return Sign(signer_, size, tree_.Root(size));
  }
  std::string OtherNote(uint64_t size) const {
    return Sign(signer_, size, other_.Root(size));
  }

  const checkpoint::NoteSigner signer_;
  merkle::ReferenceTree tree_;
  merkle::ReferenceTree other_;
  int fetched_ = 0;
  TreeTracker tracker_;
};

TEST_F(TreeTrackerTest, TakesTheFirstSignedCheckpoint) {
  ASSERT_OK_AND_ASSIGN(const TreePtr tree, tracker_.Observe(Note(7)));
  EXPECT_EQ(tree->size, 7u);
  EXPECT_EQ(tree->root, tree_.Root(7));
  EXPECT_EQ(tracker_.newest(), tree);
  EXPECT_EQ(fetched_, 0);
}

TEST_F(TreeTrackerTest, FollowsAGrowingTreeByProof) {
  ASSERT_OK(tracker_.Observe(Note(7)).status());
  ASSERT_OK(tracker_.Observe(Note(12)).status());
  EXPECT_EQ(tracker_.newest()->size, 12u);
  EXPECT_EQ(fetched_, 1);
}

TEST_F(TreeTrackerTest, AsksOnceForEachCheckpoint) {
  ASSERT_OK(tracker_.Observe(Note(7)).status());
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK(tracker_.Observe(Note(12)).status());
    ASSERT_OK(tracker_.Observe(Note(7)).status());
  }
  EXPECT_EQ(fetched_, 1);
}

TEST_F(TreeTrackerTest, TakesAnOlderCheckpointThatIsOnTheHistory) {
  ASSERT_OK(tracker_.Observe(Note(12)).status());
  ASSERT_OK_AND_ASSIGN(const TreePtr older, tracker_.Observe(Note(5)));
  EXPECT_EQ(older->size, 5u);
  EXPECT_EQ(tracker_.newest()->size, 12u);
}

TEST_F(TreeTrackerTest, RefusesASignatureOfAnotherKey) {
  const auto stranger = Signer(2);
  EXPECT_THAT(tracker_.Observe(Sign(stranger, 7, tree_.Root(7))),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(tracker_.newest(), nullptr);
}

TEST_F(TreeTrackerTest, RefusesAnAlteredNote) {
  std::string note = Note(7);
  note.replace(note.find("\n7\n"), 3, "\n8\n");
  EXPECT_THAT(tracker_.Observe(note), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(TreeTrackerTest, RefusesANoteThatIsNone) {
  EXPECT_THAT(tracker_.Observe("hello"), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(tracker_.Observe(""), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(TreeTrackerTest, ConvictsALogWithTwoRootsForOneSize) {
  ASSERT_OK(tracker_.Observe(Note(7)).status());
  const auto forked = tracker_.Observe(OtherNote(7));
  EXPECT_THAT(forked, StatusIs(absl::StatusCode::kDataLoss, HasSubstr("fork")));
  const auto evidence = EvidenceOf(forked.status());
  ASSERT_TRUE(evidence.has_value());
  EXPECT_EQ(evidence->older, Note(7));
  EXPECT_EQ(evidence->newer, OtherNote(7));
}

TEST_F(TreeTrackerTest, ConvictsALogThatCannotProveItsGrowth) {
  ASSERT_OK(tracker_.Observe(Note(7)).status());
  const auto forked = tracker_.Observe(OtherNote(12));
  EXPECT_THAT(forked, StatusIs(absl::StatusCode::kDataLoss));
  const auto evidence = EvidenceOf(forked.status());
  ASSERT_TRUE(evidence.has_value());
  EXPECT_EQ(evidence->newer, OtherNote(12));
  EXPECT_EQ(tracker_.newest()->size, 7u);
}

TEST_F(TreeTrackerTest, ConvictsALogWhoseOlderCheckpointIsOfAnotherHistory) {
  ASSERT_OK(tracker_.Observe(Note(12)).status());
  const auto forked = tracker_.Observe(OtherNote(5));
  EXPECT_THAT(forked, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_TRUE(EvidenceOf(forked.status()).has_value());
}

// A receipt's tree may be ahead of what the log serves; what was served is not.
TEST_F(TreeTrackerTest, HoldsALogToWhatItServedNotToReceipts) {
  ASSERT_OK(tracker_.ObserveServed(Note(7), tracker_.served()));
  ASSERT_OK(tracker_.Observe(Note(12)));
  EXPECT_EQ(tracker_.newest()->size, 12u);
  EXPECT_EQ(tracker_.served()->size, 7u);
  EXPECT_OK(tracker_.ObserveServed(Note(7), tracker_.served()));
  EXPECT_OK(tracker_.ObserveServed(Note(12), tracker_.served()));
  EXPECT_EQ(tracker_.served()->size, 12u);
  EXPECT_THAT(tracker_.ObserveServed(Note(7), tracker_.served()),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(TreeTrackerTest, ConvictsALogThatGoesBack) {
  ASSERT_OK_AND_ASSIGN(const TreePtr floor, tracker_.Observe(Note(12)));
  const auto back = tracker_.Observe(Note(7), floor);
  EXPECT_THAT(back,
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("smaller")));
  const auto evidence = EvidenceOf(back.status());
  ASSERT_TRUE(evidence.has_value());
  EXPECT_EQ(evidence->older, Note(12));
  EXPECT_EQ(evidence->newer, Note(7));
}

TEST_F(TreeTrackerTest, ConvictsAgainWhenAKnownNoteGoesBack) {
  ASSERT_OK(tracker_.Observe(Note(7)).status());
  ASSERT_OK_AND_ASSIGN(const TreePtr floor, tracker_.Observe(Note(12)));
  EXPECT_THAT(tracker_.Observe(Note(7), floor),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(TreeTrackerTest, ResumesWhereAnEarlierClientWas) {
  ASSERT_OK(tracker_.Resume(Note(7)));
  EXPECT_THAT(tracker_.Observe(OtherNote(12)),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_OK(tracker_.Observe(Note(12)).status());
}

TEST_F(TreeTrackerTest, DoesNotResumeFromANoteNobodySigned) {
  EXPECT_THAT(tracker_.Resume(Sign(Signer(2), 7, tree_.Root(7))),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(TreeTrackerTest, ChecksRootsThatNobodySigned) {
  EXPECT_THAT(tracker_.CheckPrefix(5, tree_.Root(5)),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_OK(tracker_.Observe(Note(12)).status());
  EXPECT_OK(tracker_.CheckPrefix(5, tree_.Root(5)));
  EXPECT_OK(tracker_.CheckPrefix(12, tree_.Root(12)));
  EXPECT_THAT(tracker_.CheckPrefix(5, other_.Root(5)),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(tracker_.CheckPrefix(12, other_.Root(12)),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(tracker_.CheckPrefix(13, tree_.Root(13)),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(tracker_.CheckPrefix(0, merkle::EmptyRoot()),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(TreeTrackerTest, KnowsTheEmptyTreeByItsRoot) {
  EXPECT_THAT(tracker_.Observe(Sign(signer_, 0, tree_.Root(1))),
              StatusIs(absl::StatusCode::kDataLoss));
  ASSERT_OK(tracker_.Observe(Sign(signer_, 0, merkle::EmptyRoot())).status());
  EXPECT_OK(tracker_.Observe(Note(12)).status());
  EXPECT_EQ(fetched_, 0);
}

TEST_F(TreeTrackerTest, CountsOnlyKeysThatCountForTheSize) {
  const auto successor = Signer(2);
  checkpoint::LogKeySet keys(kOrigin);
  ASSERT_OK(keys.Add(signer_.vkey(), 0, 10));
  ASSERT_OK(keys.Add(successor.vkey(), 10));
  TreeTracker tracker(keys, [this](uint64_t old_size, uint64_t new_size) {
    return Proof(old_size, new_size);
  });
  EXPECT_OK(tracker.Observe(Note(9)).status());
  EXPECT_THAT(tracker.Observe(Note(10)), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_OK(tracker.Observe(Sign(successor, 10, tree_.Root(10))).status());
}

// The log has signed both trees and says that it knows of no proof.
class RefusingLogTest : public TreeTrackerTest {
 protected:
  absl::StatusOr<std::vector<merkle::Hash>> Proof(uint64_t, uint64_t) override {
    return absl::OutOfRangeError("beyond the tree");
  }
};

TEST_F(RefusingLogTest, IsConvicted) {
  ASSERT_OK(tracker_.Observe(Note(7)).status());
  const auto shown = tracker_.Observe(Note(12));
  EXPECT_THAT(shown, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_TRUE(EvidenceOf(shown.status()).has_value());
}

// The log fails to give a proof: nothing is known of the checkpoint.
class UnreachableLogTest : public TreeTrackerTest {
 protected:
  absl::StatusOr<std::vector<merkle::Hash>> Proof(uint64_t, uint64_t) override {
    return absl::UnavailableError("gone");
  }
};

TEST_F(UnreachableLogTest, KeepsWhatItHadWhenTheProofCannotBeFetched) {
  ASSERT_OK(tracker_.Observe(Note(7)).status());
  EXPECT_THAT(tracker_.Observe(Note(12)),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(tracker_.newest()->size, 7u);
}

TEST_F(TreeTrackerTest, ForgetsTheOldestNotesOnly) {
  // More notes than are remembered: one size, signed by ever other lines.
  const auto cosigner = *checkpoint::NoteSigner::Create(
      "witness.example", checkpoint::KeyType::kCosignature,
      *crypto::PrivateKey::FromSeed(std::string(32, 9)));
  const std::string note = Note(7);
  const std::string text = note.substr(0, note.find("\n\n") + 1);
  for (size_t i = 0; i < TreeTracker::kMaxRemembered + 5; ++i) {
    const auto line = *cosigner.Cosign(text, 1000 + i);
    ASSERT_OK(
        tracker_.Observe(note + checkpoint::FormatSignatureLines({&line, 1}))
            .status());
  }
  EXPECT_OK(tracker_.Observe(note).status());
  EXPECT_EQ(tracker_.newest()->size, 7u);
}

}  // namespace
}  // namespace sightline::client
