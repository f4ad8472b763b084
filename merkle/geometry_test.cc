#include "merkle/geometry.h"

#include <gtest/gtest.h>

#include <random>

#include "base/status_matchers.h"
#include "merkle/proof.h"
#include "merkle/reference_tree.h"
#include "merkle/subtree.h"
#include "merkle/test_trees.h"

namespace sightline::merkle {
namespace {

using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr uint64_t kAllSizes = 300;

const ReferenceTree& Tree() {
  static const auto* const tree =
      new ReferenceTree(LeafHashes(CountingEntries(kAllSizes)));
  return *tree;
}

TEST(Geometry, ListsThePerfectNodesOfTheRaggedEdge) {
  const auto plan = InclusionNodes(1, 7);
  ASSERT_OK(plan);
  EXPECT_THAT(plan->nodes(), ElementsAre(NodeId{0, 0}, NodeId{1, 1},
                                         NodeId{1, 2}, NodeId{0, 6}));
  EXPECT_EQ(plan->proof_size(), 3u);
}

TEST(Geometry, InclusionEqualsTheDefinition) {
  for (uint64_t size = 1; size <= kAllSizes; ++size) {
    for (uint64_t index = 0; index < size; ++index) {
      const auto plan = InclusionNodes(index, size);
      ASSERT_OK(plan);
      const std::vector<Hash> proof = ProofOf(Tree(), plan);
      ASSERT_EQ(proof, Tree().InclusionProof(index, size))
          << index << " in " << size;
      ASSERT_EQ(plan->proof_size(), proof.size());
    }
  }
}

TEST(Geometry, ConsistencyEqualsTheDefinition) {
  for (uint64_t size = 0; size <= kAllSizes; ++size) {
    for (uint64_t old_size = 0; old_size <= size; ++old_size) {
      const auto plan = ConsistencyNodes(old_size, size);
      ASSERT_OK(plan);
      const std::vector<Hash> proof = ProofOf(Tree(), plan);
      ASSERT_EQ(proof, Tree().ConsistencyProof(old_size, size))
          << old_size << " to " << size;
      ASSERT_EQ(plan->proof_size(), proof.size());
    }
  }
}

TEST(Geometry, RootEqualsTheDefinition) {
  EXPECT_THAT(ProofOf(Tree(), RootNodes(0)), IsEmpty());
  for (uint64_t size = 1; size <= kAllSizes; ++size) {
    ASSERT_THAT(ProofOf(Tree(), RootNodes(size)),
                ElementsAre(Tree().Root(size)));
  }
}

TEST(Geometry, SubtreesEqualTheDefinition) {
  constexpr uint64_t kSize = 70;
  for (uint64_t end = 0; end <= kSize; ++end) {
    for (uint64_t begin = 0; begin < end; ++begin) {
      if (!IsValidSubtree(begin, end)) continue;
      ASSERT_THAT(ProofOf(Tree(), SubtreeHashNodes(begin, end)),
                  ElementsAre(Tree().RangeHash(begin, end)));
      for (uint64_t size = end; size <= kSize; ++size) {
        ASSERT_EQ(ProofOf(Tree(), SubtreeNodes(begin, end, size)),
                  Tree().SubtreeProof(begin, end, size))
            << "[" << begin << ", " << end << ") in " << size;
      }
      for (uint64_t index = begin; index < end; ++index) {
        ASSERT_EQ(ProofOf(Tree(), InclusionInSubtreeNodes(index, begin, end)),
                  Tree().InclusionInRange(index, begin, end))
            << index << " in [" << begin << ", " << end << ")";
      }
    }
  }
}

TEST(Geometry, AsksOnlyForNodesWholeInTheTree) {
  for (uint64_t size = 1; size <= 100; ++size) {
    for (uint64_t index = 0; index < size; ++index) {
      const auto inclusion = InclusionNodes(index, size);
      const auto consistency = ConsistencyNodes(index, size);
      for (const auto& plan : {inclusion, consistency}) {
        for (const NodeId& node : plan->nodes()) {
          ASSERT_LE((node.index + 1) << node.level, size);
        }
      }
    }
  }
}

// Draws a size of up to `bits` bits, all magnitudes alike.
uint64_t DrawSize(int bits, std::mt19937_64* random) {
  const int width = 1 + static_cast<int>((*random)() % bits);
  return 1 + (*random)() % (uint64_t{1} << width);
}

// Proofs of one random leaf and one random older size, against the definition
// and the verifier.
void CheckRandomProofs(uint64_t size, std::mt19937_64* random) {
  const uint64_t index = (*random)() % size;
  const uint64_t old_size = 1 + (*random)() % size;
  const SparseReferenceTree tree(
      {index, index ^ 1, old_size - 1, old_size, size - 1, (*random)() % size});
  const Hash root = tree.Root(size);
  SCOPED_TRACE(testing::Message()
               << index << " in " << size << ", old size " << old_size);

  const auto inclusion = ProofOf(tree, InclusionNodes(index, size));
  EXPECT_EQ(inclusion, tree.InclusionProof(index, size));
  const Hash leaf = tree.RangeHash(index, index + 1);
  EXPECT_OK(VerifyInclusion(index, size, leaf, inclusion, root));
  for (const auto& wrong : Corruptions(inclusion)) {
    EXPECT_FALSE(VerifyInclusion(index, size, leaf, wrong, root).ok());
  }

  const auto consistency = ProofOf(tree, ConsistencyNodes(old_size, size));
  EXPECT_EQ(consistency, tree.ConsistencyProof(old_size, size));
  const Hash old_root = tree.Root(old_size);
  EXPECT_OK(VerifyConsistency(old_size, size, consistency, old_root, root));
  for (const auto& wrong : Corruptions(consistency)) {
    EXPECT_FALSE(VerifyConsistency(old_size, size, wrong, old_root, root).ok());
  }
}

TEST(Geometry, RandomSizesTo2To40) {
  std::mt19937_64 random(TestSeed());
  for (int i = 0; i < 300; ++i)
    CheckRandomProofs(DrawSize(40, &random), &random);
}

TEST(Geometry, SizesAroundPowersOfTwoUpTo2To63) {
  std::mt19937_64 random(TestSeed());
  for (const int bit : {8, 16, 32, 40, 56, 62, 63}) {
    const uint64_t power = uint64_t{1} << bit;
    CheckRandomProofs(power - 1, &random);
    CheckRandomProofs(power, &random);
    if (bit < 63) CheckRandomProofs(power + 1, &random);
  }
}

TEST(Geometry, LargestTreeHasProofsOf63Hashes) {
  EXPECT_EQ(InclusionNodes(0, kMaxTreeSize)->proof_size(), 63u);
  EXPECT_EQ(InclusionNodes(kMaxTreeSize - 1, kMaxTreeSize)->proof_size(), 63u);
  EXPECT_EQ(ConsistencyNodes(kMaxTreeSize / 2, kMaxTreeSize)->proof_size(), 1u);
  EXPECT_EQ(RootNodes(kMaxTreeSize - 1)->nodes().size(), 63u);
}

TEST(Geometry, RefusesWhatIsBeyondTheTree) {
  EXPECT_THAT(InclusionNodes(0, 0), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(InclusionNodes(7, 7), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(ConsistencyNodes(8, 7), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(SubtreeNodes(4, 8, 7), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(InclusionInSubtreeNodes(3, 4, 8),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(InclusionInSubtreeNodes(8, 4, 8),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(Geometry, RefusesTreesAbove2To63) {
  constexpr uint64_t kTooLarge = kMaxTreeSize + 1;
  constexpr auto kWant = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(InclusionNodes(0, kTooLarge), StatusIs(kWant));
  EXPECT_THAT(ConsistencyNodes(1, kTooLarge), StatusIs(kWant));
  EXPECT_THAT(RootNodes(kTooLarge), StatusIs(kWant));
  EXPECT_THAT(SubtreeNodes(0, 1, kTooLarge), StatusIs(kWant));
}

TEST(Geometry, RefusesInvalidSubtrees) {
  constexpr auto kWant = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(SubtreeNodes(2, 6, 8), StatusIs(kWant));
  EXPECT_THAT(SubtreeHashNodes(2, 6), StatusIs(kWant));
  EXPECT_THAT(InclusionInSubtreeNodes(3, 2, 6), StatusIs(kWant));
}

}  // namespace
}  // namespace sightline::merkle
