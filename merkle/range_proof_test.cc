#include "merkle/range_proof.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "merkle/reference_tree.h"
#include "merkle/test_trees.h"

namespace sightline::merkle {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr auto kWrong = absl::StatusCode::kInvalidArgument;

// A run of leaves, its proof, and the tree that both are of.
struct Proven {
  uint64_t begin = 0;
  uint64_t tree_size = 0;
  std::vector<Hash> leaves, left, right;
  Hash root;

  absl::Status Verify() const {
    return VerifyRange(begin, leaves, left, right, tree_size, root);
  }
};

Proven RunOf(const ReferenceTree& tree, uint64_t begin, uint64_t end,
             uint64_t tree_size) {
  Proven run{begin, tree_size, {}, {}, {}, tree.Root(tree_size)};
  const absl::StatusOr<RangePlan> plan = RangeNodes(begin, end, tree_size);
  EXPECT_OK(plan.status());
  if (!plan.ok()) return run;
  for (const NodeId id : plan->left) run.left.push_back(NodeOf(tree, id));
  for (const NodeId id : plan->right) run.right.push_back(NodeOf(tree, id));
  for (uint64_t i = begin; i < end; ++i) {
    run.leaves.push_back(tree.RangeHash(i, i + 1));
  }
  return run;
}

const ReferenceTree& SmallTree() {
  static const auto* const tree =
      new ReferenceTree(LeafHashes(CountingEntries(80)));
  return *tree;
}

std::vector<NodeId> Ids(absl::Span<const NodeId> ids) {
  return {ids.begin(), ids.end()};
}

TEST(RangeNodes, NamesPerfectNodesLeftToRight) {
  ASSERT_OK_AND_ASSIGN(const RangePlan plan, RangeNodes(3, 5, 7));
  EXPECT_EQ(Ids(plan.left), (std::vector<NodeId>{{1, 0}, {0, 2}}));
  EXPECT_EQ(Ids(plan.right), (std::vector<NodeId>{{0, 5}, {0, 6}}));
}

TEST(RangeNodes, GrowsAndShrinksToTheRight) {
  ASSERT_OK_AND_ASSIGN(const RangePlan plan, RangeNodes(8, 9, 22));
  EXPECT_EQ(Ids(plan.left), (std::vector<NodeId>{{3, 0}}));
  EXPECT_EQ(Ids(plan.right),
            (std::vector<NodeId>{{0, 9}, {1, 5}, {2, 3}, {2, 4}, {1, 10}}));
}

TEST(RangeNodes, WholeTreeNeedsNothing) {
  ASSERT_OK_AND_ASSIGN(const RangePlan plan, RangeNodes(0, 1000, 1000));
  EXPECT_TRUE(plan.left.empty());
  EXPECT_TRUE(plan.right.empty());
}

TEST(RangeNodes, LargestTree) {
  ASSERT_OK_AND_ASSIGN(
      const RangePlan plan,
      RangeNodes(kMaxTreeSize - 2, kMaxTreeSize - 1, kMaxTreeSize));
  EXPECT_EQ(plan.left.size(), 62u);
  EXPECT_EQ(Ids(plan.right), (std::vector<NodeId>{{0, kMaxTreeSize - 1}}));
}

TEST(RangeNodes, RefusesWhatIsNoRange) {
  EXPECT_THAT(RangeNodes(0, 8, 7), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(RangeNodes(3, 2, 7), StatusIs(kWrong));
  EXPECT_THAT(RangeNodes(0, 1, kMaxTreeSize + 1), StatusIs(kWrong));
}

TEST(RootOver, AllNodesOfAPlanLeadToTheRoot) {
  for (uint64_t size = 1; size <= 70; ++size) {
    for (uint64_t begin = 0; begin <= size; ++begin) {
      for (uint64_t end = begin; end <= size; ++end) {
        SCOPED_TRACE(absl::StrCat("[", begin, ", ", end, ") of ", size));
        ASSERT_OK_AND_ASSIGN(const RangePlan plan,
                             RangeNodes(begin, end, size));
        std::vector<NodeId> ids = Ids(plan.left);
        ids.insert(ids.end(), plan.own.begin(), plan.own.end());
        ids.insert(ids.end(), plan.right.begin(), plan.right.end());
        std::vector<Hash> hashes;
        for (const NodeId id : ids) hashes.push_back(NodeOf(SmallTree(), id));
        ASSERT_EQ(RootOver(ids, hashes), SmallTree().Root(size));
        hashes.back()[0] ^= 1;
        ASSERT_NE(RootOver(ids, hashes), SmallTree().Root(size));
      }
    }
  }
}

TEST(VerifyRange, EveryRunOfEverySmallTree) {
  for (uint64_t size = 0; size <= 70; ++size) {
    for (uint64_t begin = 0; begin <= size; ++begin) {
      for (uint64_t end = begin; end <= size; ++end) {
        SCOPED_TRACE(absl::StrCat("[", begin, ", ", end, ") of ", size));
        ASSERT_OK(RunOf(SmallTree(), begin, end, size).Verify());
      }
    }
  }
}

// Every way to alter a run by one hash, or to move it.
void ExpectCorruptionsFail(const Proven& run) {
  for (std::vector<Hash> Proven::*part :
       {&Proven::leaves, &Proven::left, &Proven::right}) {
    for (const std::vector<Hash>& corrupted : Corruptions(run.*part)) {
      Proven altered = run;
      altered.*part = corrupted;
      EXPECT_THAT(altered.Verify(), StatusIs(kWrong));
    }
  }
  Proven altered = run;
  altered.root[0] ^= 1;
  EXPECT_THAT(altered.Verify(), StatusIs(kWrong));
}

TEST(VerifyRange, RefusesEveryCorruption) {
  for (uint64_t size = 1; size <= 17; ++size) {
    for (uint64_t begin = 0; begin < size; ++begin) {
      for (uint64_t end = begin; end <= size; ++end) {
        SCOPED_TRACE(absl::StrCat("[", begin, ", ", end, ") of ", size));
        ExpectCorruptionsFail(RunOf(SmallTree(), begin, end, size));
      }
    }
  }
}

TEST(VerifyRange, RefusesAnotherPlace) {
  const Proven run = RunOf(SmallTree(), 20, 30, 70);
  for (uint64_t begin = 0; begin <= 70; ++begin) {
    if (begin == run.begin) continue;
    Proven moved = run;
    moved.begin = begin;
    EXPECT_THAT(moved.Verify(), StatusIs(kWrong)) << begin;
  }
}

// The same hashes fit trees of other sizes only where those have the same
// shape; their roots then differ.
TEST(VerifyRange, RefusesAnotherSize) {
  const Proven run = RunOf(SmallTree(), 20, 30, 70);
  for (uint64_t size = 0; size <= 80; ++size) {
    if (size == run.tree_size) continue;
    Proven other = run;
    other.tree_size = size;
    other.root = SmallTree().Root(size);
    EXPECT_THAT(other.Verify(), StatusIs(kWrong)) << size;
  }
}

TEST(VerifyRange, SaysWhichSideIsWrong) {
  Proven run = RunOf(SmallTree(), 3, 5, 7);
  run.right.push_back(run.right.back());
  EXPECT_THAT(run.Verify(),
              StatusIs(kWrong, HasSubstr("3 hashes to the right, want 2")));
}

TEST(VerifyRange, RefusesRangesBeyondTheTree) {
  Proven run = RunOf(SmallTree(), 0, 7, 7);
  run.tree_size = 6;
  EXPECT_THAT(run.Verify(), StatusIs(kWrong, HasSubstr("no range")));
  run.tree_size = ~uint64_t{0};
  EXPECT_THAT(run.Verify(), StatusIs(kWrong, HasSubstr("no range")));
}

TEST(VerifyRange, RandomRunsOfLargeTrees) {
  std::mt19937_64 random(TestSeed());
  for (int round = 0; round < 200; ++round) {
    const uint64_t size = 1 + (random() >> (24 + random() % 39));
    const uint64_t begin = random() % size;
    const uint64_t end =
        begin + random() % std::min<uint64_t>(300, size - begin + 1);
    const SparseReferenceTree tree({begin, end, size - 1, random() % size});
    SCOPED_TRACE(absl::StrCat("[", begin, ", ", end, ") of ", size));
    const Proven run = RunOf(tree, begin, end, size);
    ASSERT_OK(run.Verify());
    for (std::vector<Hash> Proven::*part :
         {&Proven::leaves, &Proven::left, &Proven::right}) {
      if ((run.*part).empty()) continue;
      Proven altered = run;
      std::vector<Hash>& hashes = altered.*part;
      hashes[random() % hashes.size()][random() % kHashSize] ^=
          static_cast<uint8_t>(1 << random() % 8);
      ASSERT_THAT(altered.Verify(), StatusIs(kWrong));
    }
  }
}

}  // namespace
}  // namespace sightline::merkle
