#include "merkle/proof.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_matchers.h"
#include "crypto/sha256.h"
#include "merkle/reference_tree.h"
#include "merkle/test_trees.h"

namespace sightline::merkle {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr auto kWrong = absl::StatusCode::kInvalidArgument;

const ReferenceTree& EightLeaves() {
  static const auto* const tree = new ReferenceTree(LeafHashes(EightEntries()));
  return *tree;
}

const ReferenceTree& BigTree() {
  static const auto* const tree =
      new ReferenceTree(LeafHashes(CountingEntries(70000)));
  return *tree;
}

Hash Leaf(const ReferenceTree& tree, uint64_t index) {
  return tree.RangeHash(index, index + 1);
}

// The nodes that the proofs of the eight-leaf tree are made of.
const Hash kL0 =
    FromHex("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
const Hash kL1 =
    FromHex("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
const Hash kL4 =
    FromHex("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
const Hash kL5 =
    FromHex("4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658");
const Hash kN01 =
    FromHex("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
const Hash kN23 =
    FromHex("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e");
const Hash kN45 =
    FromHex("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a");
const Hash kN67 =
    FromHex("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
const Hash kN03 =
    FromHex("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
const Hash kN47 =
    FromHex("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4");

TEST(InclusionProof, VectorsOfTheEightLeafTree) {
  struct Vector {
    uint64_t index, size;
    std::vector<Hash> proof;
  };
  const Vector vectors[] = {{0, 1, {}},
                            {0, 8, {kL1, kN23, kN47}},
                            {5, 8, {kL4, kN67, kN03}},
                            {2, 3, {kN01}},
                            {1, 5, {kL0, kN23, kL4}}};
  for (const Vector& v : vectors) {
    SCOPED_TRACE(absl::StrCat(v.index, " in ", v.size));
    EXPECT_EQ(EightLeaves().InclusionProof(v.index, v.size), v.proof);
    EXPECT_OK(VerifyInclusion(v.index, v.size, Leaf(EightLeaves(), v.index),
                              v.proof, EightLeaves().Root(v.size)));
  }
}

TEST(ConsistencyProof, VectorsOfTheEightLeafTree) {
  struct Vector {
    uint64_t old_size, new_size;
    std::vector<Hash> proof;
  };
  const Vector vectors[] = {{1, 1, {}},
                            {1, 8, {kL1, kN23, kN47}},
                            {6, 8, {kN45, kN67, kN03}},
                            {2, 5, {kN23, kL4}},
                            {5, 8, {kL4, kL5, kN67, kN03}}};
  for (const Vector& v : vectors) {
    SCOPED_TRACE(absl::StrCat(v.old_size, " to ", v.new_size));
    EXPECT_EQ(EightLeaves().ConsistencyProof(v.old_size, v.new_size), v.proof);
    EXPECT_OK(VerifyConsistency(v.old_size, v.new_size, v.proof,
                                EightLeaves().Root(v.old_size),
                                EightLeaves().Root(v.new_size)));
  }
}

TEST(InclusionProof, VectorsOfLargeTrees) {
  struct Vector {
    uint64_t index;
    size_t hashes;
    const char* digest;
  };
  const Vector vectors[] = {
      {69999, 9,
       "7f9c65572e20afe764f069f98880d24a8ee38adbb14ad219f1dcc15e58be2d75"},
      {12345, 17,
       "241b9b83417e10cb860f7705b4773abd6ebacab1842b8163bc33a601e14732d2"}};
  for (const Vector& v : vectors) {
    const auto proof = BigTree().InclusionProof(v.index, 70000);
    EXPECT_EQ(proof.size(), v.hashes);
    EXPECT_EQ(DigestOf(proof), v.digest);
    EXPECT_OK(VerifyInclusion(v.index, 70000, Leaf(BigTree(), v.index), proof,
                              BigTree().Root(70000)));
  }
}

TEST(ConsistencyProof, VectorsOfLargeTrees) {
  struct Vector {
    uint64_t old_size;
    size_t hashes;
    const char* digest;
  };
  const Vector vectors[] = {
      {65537, 15,
       "33b6c157ffdff5f39f33b7c49db9b374d2e253b11982375e9a58b2559ae94d57"},
      {256, 9,
       "2aee59730c6f2510f947b56a7ac0ea5907017ca9b5c2c087d05e6c9a8c5eda2e"}};
  for (const Vector& v : vectors) {
    const auto proof = BigTree().ConsistencyProof(v.old_size, 70000);
    EXPECT_EQ(proof.size(), v.hashes);
    EXPECT_EQ(DigestOf(proof), v.digest);
    EXPECT_OK(VerifyConsistency(v.old_size, 70000, proof,
                                BigTree().Root(v.old_size),
                                BigTree().Root(70000)));
  }
}

// Feeds described lines into one digest.
class Accumulator {
 public:
  void Add(absl::string_view head, const std::vector<Hash>& hashes) {
    hasher_.Update(head);
    for (const Hash& hash : hashes) {
      hasher_.Update(" ");
      hasher_.Update(base::HexEncode(crypto::AsBytes(hash)));
    }
    hasher_.Update("\n");
  }
  std::string Digest() {
    return base::HexEncode(crypto::AsBytes(hasher_.Finish()));
  }

 private:
  crypto::Sha256Hasher hasher_;
};

TEST(InclusionProof, AllProofsOf130TreesVerify) {
  const ReferenceTree tree(LeafHashes(ByteEntries(130)));
  Accumulator all;
  for (uint64_t size = 1; size <= 130; ++size) {
    for (uint64_t index = 0; index < size; ++index) {
      const auto proof = tree.InclusionProof(index, size);
      ASSERT_OK(VerifyInclusion(index, size, Leaf(tree, index), proof,
                                tree.Root(size)));
      all.Add(absl::StrCat(size, " ", index), proof);
    }
  }
  EXPECT_EQ(all.Digest(),
            "6508b0b6791b06d063dad5dc440c8aedff56b417dfe48d8c4f7df3400e64b885");
}

TEST(ConsistencyProof, AllProofsOf130TreesVerify) {
  const ReferenceTree tree(LeafHashes(ByteEntries(130)));
  Accumulator all;
  for (uint64_t size = 0; size <= 130; ++size) {
    for (uint64_t old_size = 0; old_size <= size; ++old_size) {
      const auto proof = tree.ConsistencyProof(old_size, size);
      if (old_size > 0) {
        ASSERT_OK(VerifyConsistency(old_size, size, proof, tree.Root(old_size),
                                    tree.Root(size)));
      }
      all.Add(absl::StrCat(old_size, " ", size), proof);
    }
  }
  EXPECT_EQ(all.Digest(),
            "ab73a7715fa529728307753a8e31acba5ebca4226b2496e6327b502533a59c7c");
}

TEST(ReferenceTree, RootsOf130Trees) {
  const ReferenceTree tree(LeafHashes(ByteEntries(130)));
  Accumulator all;
  for (uint64_t size = 0; size <= 130; ++size) {
    all.Add(absl::StrCat(size), {tree.Root(size)});
  }
  EXPECT_EQ(all.Digest(),
            "9c67f07f906103b6bf201842a50ff0b8c91fca9b3e211334a6b7aa3133165dec");
  EXPECT_EQ(
      tree.Root(130),
      FromHex(
          "f05d2f5ef24c72dd70b0a8f28e576b3acaf944c00e014524c47aa42325d7d1c3"));
}

TEST(InclusionProof, EveryCorruptionFails) {
  const ReferenceTree tree(LeafHashes(CountingEntries(40)));
  for (uint64_t size = 1; size <= 40; ++size) {
    const Hash root = tree.Root(size);
    for (uint64_t index = 0; index < size; ++index) {
      SCOPED_TRACE(absl::StrCat(index, " in ", size));
      const Hash leaf = Leaf(tree, index);
      const auto proof = tree.InclusionProof(index, size);
      for (const auto& wrong : Corruptions(proof)) {
        ASSERT_THAT(VerifyInclusion(index, size, leaf, wrong, root),
                    StatusIs(kWrong));
      }
      ASSERT_THAT(VerifyInclusion(index, size, root, proof, leaf),
                  size == 1 ? testing::Matcher<absl::Status>(base::IsOk())
                            : testing::Matcher<absl::Status>(StatusIs(kWrong)));
      ASSERT_THAT(VerifyInclusion(index, size, EmptyRoot(), proof, root),
                  StatusIs(kWrong));
      ASSERT_THAT(VerifyInclusion(index, size, leaf, proof, EmptyRoot()),
                  StatusIs(kWrong));
    }
  }
}

// The sizes around a tile, which the test above cannot afford.
TEST(InclusionProof, EveryFlippedHashFailsUpTo300) {
  const ReferenceTree tree(LeafHashes(CountingEntries(300)));
  for (uint64_t size = 1; size <= 300; ++size) {
    const Hash root = tree.Root(size);
    for (uint64_t index = 0; index < size; ++index) {
      SCOPED_TRACE(absl::StrCat(index, " in ", size));
      const Hash leaf = Leaf(tree, index);
      const auto proof = tree.InclusionProof(index, size);
      ASSERT_OK(VerifyInclusion(index, size, leaf, proof, root));
      ForEachFlip(proof, [&](const std::vector<Hash>& wrong) {
        ASSERT_EQ(VerifyInclusion(index, size, leaf, wrong, root).code(),
                  kWrong);
      });
      if (HasFatalFailure()) return;
    }
  }
}

TEST(InclusionProof, FailsForEveryOtherIndex) {
  const ReferenceTree tree(LeafHashes(CountingEntries(40)));
  for (uint64_t size = 1; size <= 40; ++size) {
    for (uint64_t index = 0; index < size; ++index) {
      const auto proof = tree.InclusionProof(index, size);
      for (uint64_t other = 0; other < size; ++other) {
        if (other == index) continue;
        ASSERT_THAT(VerifyInclusion(other, size, Leaf(tree, index), proof,
                                    tree.Root(size)),
                    StatusIs(kWrong));
      }
    }
  }
}

TEST(ConsistencyProof, EveryCorruptionFails) {
  const ReferenceTree tree(LeafHashes(CountingEntries(40)));
  for (uint64_t size = 1; size <= 40; ++size) {
    const Hash root = tree.Root(size);
    for (uint64_t old_size = 1; old_size <= size; ++old_size) {
      SCOPED_TRACE(absl::StrCat(old_size, " to ", size));
      const Hash old_root = tree.Root(old_size);
      const auto proof = tree.ConsistencyProof(old_size, size);
      for (const auto& wrong : Corruptions(proof)) {
        ASSERT_THAT(VerifyConsistency(old_size, size, wrong, old_root, root),
                    StatusIs(kWrong));
      }
      ASSERT_THAT(VerifyConsistency(old_size, size, proof, EmptyRoot(), root),
                  StatusIs(kWrong));
      ASSERT_THAT(
          VerifyConsistency(old_size, size, proof, old_root, EmptyRoot()),
          StatusIs(kWrong));
      if (old_size == size) continue;
      ASSERT_THAT(VerifyConsistency(old_size, size, proof, root, old_root),
                  StatusIs(kWrong));
    }
  }
}

TEST(ConsistencyProof, EveryFlippedHashFailsUpTo300) {
  const ReferenceTree tree(LeafHashes(CountingEntries(300)));
  for (uint64_t size = 1; size <= 300; ++size) {
    const Hash root = tree.Root(size);
    for (uint64_t old_size = 1; old_size <= size; ++old_size) {
      SCOPED_TRACE(absl::StrCat(old_size, " to ", size));
      const Hash old_root = tree.Root(old_size);
      const auto proof = tree.ConsistencyProof(old_size, size);
      ASSERT_OK(VerifyConsistency(old_size, size, proof, old_root, root));
      ForEachFlip(proof, [&](const std::vector<Hash>& wrong) {
        ASSERT_EQ(
            VerifyConsistency(old_size, size, wrong, old_root, root).code(),
            kWrong);
      });
      if (HasFatalFailure()) return;
    }
  }
}

TEST(InclusionProof, NamesTheNumberOfHashes) {
  const Hash leaf = Leaf(EightLeaves(), 5);
  EXPECT_THAT(VerifyInclusion(5, 8, leaf, {kL4}, EightLeaves().Root(8)),
              StatusIs(kWrong, HasSubstr("1 hashes, want 3")));
}

TEST(InclusionProof, RefusesAnIndexBeyondTheTree) {
  EXPECT_THAT(VerifyInclusion(8, 8, kL0, {}, kL0),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(VerifyInclusion(0, 0, kL0, {}, kL0),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(InclusionProof, GivesTheRootItLeadsTo) {
  const std::vector<Hash> proof = {kL4, kN67, kN03};
  EXPECT_THAT(RootFromInclusion(5, 8, kL5, proof),
              IsOkAndHolds(EightLeaves().Root(8)));
}

TEST(ConsistencyProof, RefusesTheEmptyOldTree) {
  EXPECT_THAT(VerifyConsistency(0, 0, {}, EmptyRoot(), EmptyRoot()),
              StatusIs(kWrong));
  EXPECT_THAT(VerifyConsistency(0, 1, {}, EmptyRoot(), kL0), StatusIs(kWrong));
}

TEST(ConsistencyProof, RefusesAShrinkingTree) {
  const std::vector<Hash> proof = {kL1, kN23, kN47};
  EXPECT_THAT(VerifyConsistency(8, 1, proof, EightLeaves().Root(8), kL0),
              StatusIs(kWrong));
}

TEST(ConsistencyProof, OfEqualSizesNeedsEqualRoots) {
  EXPECT_OK(VerifyConsistency(5, 5, {}, kN01, kN01));
  EXPECT_THAT(VerifyConsistency(5, 5, {}, kN01, kN23), StatusIs(kWrong));
  EXPECT_THAT(VerifyConsistency(5, 5, {kL4}, kN01, kN01), StatusIs(kWrong));
}

TEST(Proof, SizesUpTo2To64DoNotOverflow) {
  const std::vector<Hash> proof(64);
  EXPECT_THAT(VerifyInclusion(0, UINT64_MAX, kL0, proof, kL0),
              StatusIs(kWrong, HasSubstr("root hash")));
  EXPECT_THAT(VerifyConsistency(UINT64_MAX - 1, UINT64_MAX, proof, kL0, kL1),
              StatusIs(kWrong));
}

}  // namespace
}  // namespace sightline::merkle
