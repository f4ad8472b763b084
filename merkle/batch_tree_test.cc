#include "merkle/batch_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "merkle/geometry.h"
#include "merkle/proof.h"
#include "merkle/reference_tree.h"
#include "merkle/test_trees.h"

namespace sightline::merkle {
namespace {

using ::testing::IsEmpty;

constexpr uint64_t kLeaves = 66000;

const std::vector<Hash>& Leaves() {
  static const auto* const leaves =
      new std::vector<Hash>(LeafHashes(CountingEntries(kLeaves)));
  return *leaves;
}

const ReferenceTree& Tree() {
  static const auto* const tree = new ReferenceTree(Leaves());
  return *tree;
}

absl::Span<const Hash> Batch(uint64_t begin, uint64_t end) {
  return absl::MakeConstSpan(Leaves()).subspan(begin, end - begin);
}

CompactRange RangeOf(uint64_t size) {
  const absl::StatusOr<ProofPlan> plan = RootNodes(size);
  std::vector<Hash> hashes;
  for (const NodeId& id : plan->nodes()) {
    hashes.push_back(NodeOf(Tree(), id));
  }
  CompactRange range;
  range.Assign(size, hashes);
  return range;
}

void ExpectNewNodes(const BatchTree& batch) {
  for (uint8_t level = 0; level < 20; ++level) {
    const absl::Span<const Hash> nodes = batch.NewNodes(level);
    const uint64_t first = batch.old_size() >> level;
    ASSERT_EQ(nodes.size(), (batch.new_size() >> level) - first) << int{level};
    for (size_t i = 0; i < nodes.size(); ++i) {
      ASSERT_EQ(nodes[i], NodeOf(Tree(), {level, first + i})) << int{level};
    }
  }
  for (int level = 20; level < 70; ++level) {
    ASSERT_THAT(batch.NewNodes(level), IsEmpty()) << level;
  }
}

// The proof by definition; those of the last size asked are remembered.
const std::vector<Hash>& WantProof(uint64_t index, uint64_t size) {
  static uint64_t last_size = 0;
  static auto* const proofs = new std::map<uint64_t, std::vector<Hash>>;
  if (size != last_size) proofs->clear();
  last_size = size;
  auto [found, added] = proofs->try_emplace(index);
  if (added) found->second = Tree().InclusionProof(index, size);
  return found->second;
}

void ExpectProof(const BatchTree& batch, uint64_t index) {
  std::vector<Hash> proof = {EmptyRoot()};  // to be replaced
  batch.InclusionProof(index, &proof);
  ASSERT_EQ(proof, WantProof(index, batch.new_size())) << index;
}

// Everything a batch knows, for the batch [old_size, new_size); the proofs of
// every `step`-th leaf and of the last.
void CheckSplit(uint64_t old_size, uint64_t new_size, uint64_t step,
                BatchTree* batch) {
  SCOPED_TRACE(absl::StrCat(old_size, " to ", new_size));
  batch->Reset(RangeOf(old_size), Batch(old_size, new_size));
  ASSERT_EQ(batch->old_size(), old_size);
  ASSERT_EQ(batch->new_size(), new_size);
  ASSERT_EQ(batch->root(), Tree().Root(new_size));
  ASSERT_EQ(batch->range(), RangeOf(new_size));
  ExpectNewNodes(*batch);
  for (uint64_t i = old_size; i < new_size; i += step) ExpectProof(*batch, i);
  if (new_size > old_size) ExpectProof(*batch, new_size - 1);
}

TEST(BatchTree, EqualsTheDefinitionForEverySmallSplit) {
  BatchTree batch;
  for (uint64_t new_size = 0; new_size <= 140; ++new_size) {
    for (uint64_t old_size = 0; old_size <= new_size; ++old_size) {
      CheckSplit(old_size, new_size, 1, &batch);
    }
  }
}

TEST(BatchTree, EqualsTheDefinitionAroundTileBoundaries) {
  BatchTree batch;
  for (const uint64_t new_size :
       {255, 256, 257, 258, 259, 260, 511, 512, 513}) {
    for (uint64_t old_size = 0; old_size <= new_size; ++old_size) {
      CheckSplit(old_size, new_size, 31, &batch);
    }
  }
}

TEST(BatchTree, EqualsTheDefinitionAround65536) {
  BatchTree batch;
  for (const uint64_t new_size : {65535, 65536, 65537}) {
    for (const uint64_t back : {0, 1, 2, 3, 254, 255, 256, 257, 258, 1024}) {
      CheckSplit(new_size - back, new_size, 1, &batch);
    }
    for (const uint64_t old_size : {0, 1, 255, 256, 32768, 65279, 65280}) {
      CheckSplit(old_size, new_size, 997, &batch);
    }
  }
}

TEST(BatchTree, RandomBatchesInSequence) {
  std::mt19937_64 random(TestSeed());
  BatchTree batch;
  while (batch.new_size() < kLeaves) {
    const uint64_t old_size = batch.new_size();
    const uint64_t size =
        std::min(kLeaves, old_size + random() % (1 << (random() % 13)));
    batch.Reset(batch.range(), Batch(old_size, size));
    ASSERT_EQ(batch.old_size(), old_size);
    ASSERT_EQ(batch.root(), Tree().Root(size));
    if (size > old_size)
      ExpectProof(batch, old_size + random() % (size - old_size));
  }
}

TEST(BatchTree, ProofsVerify) {
  BatchTree batch;
  batch.Reset(RangeOf(1000), Batch(1000, 2024));
  std::vector<Hash> proof;
  for (uint64_t i = 1000; i < 2024; ++i) {
    batch.InclusionProof(i, &proof);
    ASSERT_OK(VerifyInclusion(i, 2024, Leaves()[i], proof, batch.root()));
  }
}

TEST(BatchTree, StartsAsTheEmptyTree) {
  const BatchTree batch;
  EXPECT_EQ(batch.new_size(), 0u);
  EXPECT_EQ(batch.root(), EmptyRoot());
  EXPECT_EQ(batch.range(), CompactRange());
  EXPECT_THAT(batch.NewNodes(0), IsEmpty());
}

TEST(BatchTree, LargestTree) {
  // 2^63 - 1 leaves, all subtrees made up; one leaf completes the tree.
  std::vector<Hash> hashes(63, LeafHash("x"));
  const auto old = CompactRange::Create(kMaxTreeSize - 1, hashes);
  ASSERT_OK(old);
  BatchTree batch;
  const Hash leaf = LeafHash("last");
  batch.Reset(*old, {leaf});
  std::vector<Hash> proof;
  batch.InclusionProof(kMaxTreeSize - 1, &proof);
  EXPECT_EQ(proof.size(), 63u);
  EXPECT_OK(VerifyInclusion(kMaxTreeSize - 1, kMaxTreeSize, leaf, proof,
                            batch.root()));
  EXPECT_EQ(batch.NewNodes(63).size(), 1u);
}

}  // namespace
}  // namespace sightline::merkle
