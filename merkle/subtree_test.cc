#include "merkle/subtree.h"

#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_matchers.h"
#include "crypto/sha256.h"
#include "merkle/geometry.h"
#include "merkle/reference_tree.h"
#include "merkle/test_trees.h"

namespace sightline::merkle {
namespace {

using ::sightline::base::IsOk;
using ::sightline::base::StatusIs;
using ::testing::Pair;

constexpr auto kWrong = absl::StatusCode::kInvalidArgument;
constexpr uint64_t kLeaves = 130;

const ReferenceTree& Tree() {
  static const auto* const tree =
      new ReferenceTree(LeafHashes(ByteEntries(kLeaves)));
  return *tree;
}

std::string Range(uint64_t begin, uint64_t end) {
  return absl::StrCat("[", begin, ", ", end, ")");
}

std::string Lines(const std::vector<Hash>& hashes) {
  std::string out;
  for (const Hash& hash : hashes) {
    absl::StrAppend(&out, " ", base::HexEncode(crypto::AsBytes(hash)));
  }
  return out + "\n";
}

std::string Hex(crypto::Sha256Hasher* hasher) {
  return base::HexEncode(crypto::AsBytes(hasher->Finish()));
}

TEST(Subtree, ValidityFollowsTheExamples) {
  EXPECT_TRUE(IsValidSubtree(8, 13));
  EXPECT_TRUE(IsValidSubtree(0, 13));
  EXPECT_TRUE(IsValidSubtree(6, 8));
  EXPECT_TRUE(IsValidSubtree(5, 5));
  EXPECT_FALSE(IsValidSubtree(2, 6));
  EXPECT_FALSE(IsValidSubtree(5, 13));
  EXPECT_FALSE(IsValidSubtree(7, 9));
  EXPECT_FALSE(IsValidSubtree(6, 5));
  EXPECT_TRUE(IsValidSubtree(0, uint64_t{1} << 63));
  EXPECT_FALSE(IsValidSubtree(0, UINT64_MAX));
}

TEST(Subtree, VectorsOfTheEightLeafTree) {
  const ReferenceTree tree(LeafHashes(EightEntries()));
  const Hash l3 = tree.RangeHash(3, 4);
  const Hash l4 = tree.RangeHash(4, 5);
  const Hash l6 = tree.RangeHash(6, 7);
  const Hash n01 = tree.RangeHash(0, 2);
  const Hash n03 = tree.RangeHash(0, 4);
  const Hash n67 = tree.RangeHash(6, 8);
  struct Vector {
    uint64_t begin, end, size;
    std::vector<Hash> proof;
    Hash hash;
  };
  const Vector vectors[] = {
      {4,
       6,
       8,
       {n67, n03},
       FromHex("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6"
               "a")},
      {4,
       8,
       8,
       {n03},
       FromHex("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e"
               "4")},
      {4, 6, 7, {l6, n03}, tree.RangeHash(4, 6)},
      {2, 3, 5, {l3, n01, l4}, tree.RangeHash(2, 3)},
      {4,
       7,
       7,
       {n03},
       FromHex("837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0"
               "e")}};
  for (const Vector& v : vectors) {
    SCOPED_TRACE(absl::StrCat(Range(v.begin, v.end), " in ", v.size));
    EXPECT_EQ(ProofOf(tree, SubtreeNodes(v.begin, v.end, v.size)), v.proof);
    EXPECT_OK(VerifySubtree(v.begin, v.end, v.size, v.proof, v.hash,
                            tree.Root(v.size)));
  }
}

// The accumulators below hash every line that the published ones hash.

TEST(Subtree, HashesOfAllValidSubtrees) {
  crypto::Sha256Hasher all;
  for (uint64_t e = 0; e <= kLeaves; ++e) {
    for (uint64_t s = 0; s <= e; ++s) {
      if (!IsValidSubtree(s, e)) continue;
      std::vector<Hash> hash = ProofOf(Tree(), SubtreeHashNodes(s, e));
      if (s == e) hash = {EmptyRoot()};
      ASSERT_EQ(hash.size(), 1u);
      all.Update(Range(s, e) + Lines(hash));
    }
  }
  EXPECT_EQ(Hex(&all),
            "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81");
}

TEST(Subtree, AllProofsOf130Trees) {
  crypto::Sha256Hasher all;
  for (uint64_t n = 0; n <= kLeaves; ++n) {
    const Hash root = Tree().Root(n);
    for (uint64_t e = 0; e <= n; ++e) {
      for (uint64_t s = 0; s <= e; ++s) {
        if (!IsValidSubtree(s, e)) continue;
        const auto proof = ProofOf(Tree(), SubtreeNodes(s, e, n));
        ASSERT_OK(VerifySubtree(s, e, n, proof, Tree().RangeHash(s, e), root));
        all.Update(absl::StrCat(Range(s, e), " ", n) + Lines(proof));
      }
    }
  }
  EXPECT_EQ(Hex(&all),
            "10fa99b37bf9bf9ffa26b412fbd98bd75363256d0b75d61bc4538b9c9c5a0a74");
}

TEST(Subtree, AllEntriesInAllSubtrees) {
  crypto::Sha256Hasher all;
  for (uint64_t e = 0; e <= kLeaves; ++e) {
    for (uint64_t s = 0; s <= e; ++s) {
      if (!IsValidSubtree(s, e)) continue;
      const Hash subtree = Tree().RangeHash(s, e);
      for (uint64_t i = s; i < e; ++i) {
        const auto proof = ProofOf(Tree(), InclusionInSubtreeNodes(i, s, e));
        ASSERT_OK(VerifyInclusionInSubtree(i, s, e, Tree().RangeHash(i, i + 1),
                                           proof, subtree));
        all.Update(absl::StrCat(i, " ", Range(s, e)) + Lines(proof));
      }
    }
  }
  EXPECT_EQ(Hex(&all),
            "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f");
}

TEST(Subtree, CoverOfEveryInterval) {
  crypto::Sha256Hasher all;
  for (uint64_t e = 0; e <= kLeaves; ++e) {
    for (uint64_t s = 0; s <= e; ++s) {
      const auto [left, right] = CoverBySubtrees(s, e);
      ASSERT_TRUE(IsValidSubtree(left.begin, left.end));
      ASSERT_TRUE(IsValidSubtree(right.begin, right.end));
      ASSERT_LE(left.begin, s);
      ASSERT_EQ(left.end, right.begin);
      ASSERT_EQ(right.end, e);
      all.Update(absl::StrCat(Range(left.begin, left.end), " ",
                              Range(right.begin, right.end), "\n"));
    }
  }
  EXPECT_EQ(Hex(&all),
            "7fd9c8b926e9d2b5cf831560e8ce295a5ef97ad5c5ede4ea0dea28a8c8fc8bb0");
}

TEST(Subtree, CoverOfTheExample) {
  EXPECT_THAT(CoverBySubtrees(5, 13), Pair(Interval{4, 8}, Interval{8, 13}));
}

TEST(Subtree, PrefixProofIsTheConsistencyProof) {
  for (uint64_t n = 1; n <= kLeaves; ++n) {
    for (uint64_t e = 1; e <= n; ++e) {
      ASSERT_EQ(ProofOf(Tree(), SubtreeNodes(0, e, n)),
                ProofOf(Tree(), ConsistencyNodes(e, n)));
    }
  }
}

TEST(Subtree, OneLeafProofIsTheInclusionProof) {
  for (uint64_t n = 1; n <= kLeaves; ++n) {
    for (uint64_t i = 0; i < n; ++i) {
      ASSERT_EQ(ProofOf(Tree(), SubtreeNodes(i, i + 1, n)),
                ProofOf(Tree(), InclusionNodes(i, n)));
    }
  }
}

TEST(Subtree, EveryCorruptionFails) {
  for (uint64_t n = 1; n <= 24; ++n) {
    const Hash root = Tree().Root(n);
    for (uint64_t e = 1; e <= n; ++e) {
      for (uint64_t s = 0; s < e; ++s) {
        if (!IsValidSubtree(s, e)) continue;
        SCOPED_TRACE(absl::StrCat(Range(s, e), " in ", n));
        const Hash hash = Tree().RangeHash(s, e);
        const auto proof = Tree().SubtreeProof(s, e, n);
        for (const auto& wrong : Corruptions(proof)) {
          ASSERT_THAT(VerifySubtree(s, e, n, wrong, hash, root),
                      StatusIs(kWrong));
        }
        ASSERT_THAT(VerifySubtree(s, e, n, proof, EmptyRoot(), root),
                    StatusIs(kWrong));
        ASSERT_THAT(VerifySubtree(s, e, n, proof, hash, EmptyRoot()),
                    StatusIs(kWrong));
      }
    }
  }
}

// Of every subtree of the tree of `n` leaves.
void FlipEveryHash(const ReferenceTree& tree, uint64_t n) {
  const Hash root = tree.Root(n);
  for (uint64_t e = 1; e <= n; ++e) {
    for (uint64_t s = 0; s < e; ++s) {
      if (!IsValidSubtree(s, e)) continue;
      SCOPED_TRACE(absl::StrCat(Range(s, e), " in ", n));
      const Hash hash = tree.RangeHash(s, e);
      const auto proof = tree.SubtreeProof(s, e, n);
      ASSERT_OK(VerifySubtree(s, e, n, proof, hash, root));
      ForEachFlip(proof, [&](const std::vector<Hash>& wrong) {
        ASSERT_EQ(VerifySubtree(s, e, n, wrong, hash, root).code(), kWrong);
      });
    }
  }
}

// All sizes to 130; beyond, those around a tile, and every 17th, as all would
// take a minute.
TEST(Subtree, EveryFlippedHashFailsUpTo300) {
  const ReferenceTree tree(LeafHashes(CountingEntries(300)));
  for (uint64_t n = 1; n <= 300; n += n < 130 ? 1 : 17) {
    ASSERT_NO_FATAL_FAILURE(FlipEveryHash(tree, n));
  }
  for (const uint64_t n : {254, 255, 256, 257, 258, 299}) {
    ASSERT_NO_FATAL_FAILURE(FlipEveryHash(tree, n));
  }
}

TEST(Subtree, RandomOnesTo2To40) {
  std::mt19937_64 random(TestSeed());
  for (int i = 0; i < 200; ++i) {
    const uint64_t n = 1 + random() % (uint64_t{1} << (1 + random() % 40));
    const uint64_t a = random() % n;
    const uint64_t b = a + 1 + random() % (n - a);
    const SparseReferenceTree tree({a, b - 1, n - 1, random() % n});
    const auto [left, right] = CoverBySubtrees(a, b);
    for (const Interval& part : {left, right}) {
      const auto proof = ProofOf(tree, SubtreeNodes(part.begin, part.end, n));
      EXPECT_EQ(proof, tree.SubtreeProof(part.begin, part.end, n));
      const Hash hash = tree.RangeHash(part.begin, part.end);
      const Hash root = tree.Root(n);
      EXPECT_OK(VerifySubtree(part.begin, part.end, n, proof, hash, root));
      for (const auto& wrong : Corruptions(proof)) {
        EXPECT_THAT(VerifySubtree(part.begin, part.end, n, wrong, hash, root),
                    StatusIs(kWrong));
      }
    }
  }
}

TEST(Subtree, RefusesInvalidOnesAndThoseBeyondTheTree) {
  const Hash hash = EmptyRoot();
  EXPECT_THAT(VerifySubtree(2, 6, 8, {}, hash, hash), StatusIs(kWrong));
  EXPECT_THAT(VerifySubtree(4, 8, 7, {}, hash, hash), StatusIs(kWrong));
  EXPECT_THAT(VerifySubtree(0, UINT64_MAX, UINT64_MAX, {}, hash, hash),
              StatusIs(kWrong));
  EXPECT_THAT(VerifyInclusionInSubtree(3, 2, 6, hash, {}, hash),
              StatusIs(kWrong));
  EXPECT_THAT(VerifyInclusionInSubtree(8, 4, 8, hash, {}, hash),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(Subtree, TheEmptyOneHasTheEmptyRootAndNoProof) {
  const Hash root = Tree().Root(8);
  EXPECT_OK(VerifySubtree(3, 3, 8, {}, EmptyRoot(), root));
  EXPECT_THAT(VerifySubtree(3, 3, 8, {}, root, root), StatusIs(kWrong));
  EXPECT_THAT(VerifySubtree(3, 3, 8, {root}, EmptyRoot(), root),
              StatusIs(kWrong));
}

}  // namespace
}  // namespace sightline::merkle
