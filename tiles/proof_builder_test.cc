#include "tiles/proof_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/status_matchers.h"
#include "merkle/proof.h"
#include "merkle/reference_tree.h"
#include "merkle/test_trees.h"
#include "tiles/memory_tiles.h"

namespace sightline::tiles {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::sightline::merkle::Hash;
using ::testing::IsEmpty;

constexpr uint64_t kBig = 70000;
constexpr uint64_t kSmall = 300;

const merkle::ReferenceTree& Tree() {
  static const auto* const tree = new merkle::ReferenceTree(
      merkle::LeafHashes(merkle::CountingEntries(kBig)));
  return *tree;
}

const MemoryTiles& BigTiles() {
  static const auto* const tiles = new MemoryTiles(MemoryTiles::FromLeafHashes(
      merkle::LeafHashes(merkle::CountingEntries(kBig))));
  return *tiles;
}

MemoryTiles SmallTiles() {
  return MemoryTiles::FromLeafHashes(
      merkle::LeafHashes(merkle::CountingEntries(kSmall)));
}

// All older sizes are answered from the tiles of the newest.
TEST(ProofBuilder, EveryInclusionProofTo300) {
  const MemoryTiles tiles = SmallTiles();
  const ProofBuilder builder(&tiles);
  for (uint64_t size = 1; size <= kSmall; ++size) {
    for (uint64_t index = 0; index < size; ++index) {
      ASSERT_THAT(builder.InclusionProof(index, size),
                  IsOkAndHolds(Tree().InclusionProof(index, size)))
          << index << " in " << size;
    }
  }
}

TEST(ProofBuilder, EveryConsistencyProofTo300) {
  const MemoryTiles tiles = SmallTiles();
  const ProofBuilder builder(&tiles);
  for (uint64_t size = 0; size <= kSmall; ++size) {
    for (uint64_t old_size = 0; old_size <= size; ++old_size) {
      ASSERT_THAT(builder.ConsistencyProof(old_size, size),
                  IsOkAndHolds(Tree().ConsistencyProof(old_size, size)))
          << old_size << " to " << size;
    }
  }
}

TEST(ProofBuilder, EveryRootTo300) {
  const MemoryTiles tiles = SmallTiles();
  const ProofBuilder builder(&tiles);
  merkle::CompactRange range;
  for (uint64_t size = 0; size <= kSmall; ++size) {
    ASSERT_THAT(builder.Root(size), IsOkAndHolds(Tree().Root(size)));
    ASSERT_THAT(builder.Range(size), IsOkAndHolds(range));
    if (size == kSmall) break;
    const Hash leaf = Tree().RangeHash(size, size + 1);
    ASSERT_THAT(builder.LeafHash(size), IsOkAndHolds(leaf));
    range.Append(leaf);
  }
}

TEST(ProofBuilder, VectorsOf70000Leaves) {
  const ProofBuilder builder(&BigTiles());
  const auto digest = [](const absl::StatusOr<std::vector<Hash>>& proof) {
    return proof.ok() ? merkle::DigestOf(*proof) : proof.status().ToString();
  };
  EXPECT_EQ(digest(builder.InclusionProof(69999, kBig)),
            "7f9c65572e20afe764f069f98880d24a8ee38adbb14ad219f1dcc15e58be2d75");
  EXPECT_EQ(digest(builder.InclusionProof(12345, kBig)),
            "241b9b83417e10cb860f7705b4773abd6ebacab1842b8163bc33a601e14732d2");
  EXPECT_EQ(digest(builder.ConsistencyProof(65537, kBig)),
            "33b6c157ffdff5f39f33b7c49db9b374d2e253b11982375e9a58b2559ae94d57");
  EXPECT_EQ(digest(builder.ConsistencyProof(256, kBig)),
            "2aee59730c6f2510f947b56a7ac0ea5907017ca9b5c2c087d05e6c9a8c5eda2e");
  EXPECT_THAT(builder.Root(65536),
              IsOkAndHolds(merkle::FromHex(
                  "bc9bca909516d5bf148c2bf2dea0a0d9f717ce4987d2fe7504d6694363b4"
                  "1598")));
}

void ExpectProofs(const ProofBuilder& builder, uint64_t index,
                  uint64_t old_size, uint64_t size) {
  SCOPED_TRACE(testing::Message() << index << ", " << old_size << ", " << size);
  EXPECT_THAT(builder.InclusionProof(index, size),
              IsOkAndHolds(Tree().InclusionProof(index, size)));
  EXPECT_THAT(builder.ConsistencyProof(old_size, size),
              IsOkAndHolds(Tree().ConsistencyProof(old_size, size)));
}

TEST(ProofBuilder, SampledPairsTo70000) {
  std::mt19937_64 random(merkle::TestSeed());
  const ProofBuilder builder(&BigTiles());
  for (int i = 0; i < 500; ++i) {
    const uint64_t size = 1 + random() % kBig;
    ExpectProofs(builder, random() % size, random() % (size + 1), size);
  }
}

TEST(ProofBuilder, SizesAroundTileBoundaries) {
  std::mt19937_64 random(merkle::TestSeed());
  const ProofBuilder builder(&BigTiles());
  for (const uint64_t size : {255, 256, 257, 511, 512, 513, 65279, 65280, 65281,
                              65535, 65536, 65537, 65792}) {
    for (const uint64_t back : {0, 1, 2, 255, 256, 257}) {
      const uint64_t old_size = size - std::min<uint64_t>(back, size - 1);
      ExpectProofs(builder, old_size - 1, old_size, size);
      ExpectProofs(builder, random() % size, random() % size, size);
    }
  }
}

TEST(ProofBuilder, SubtreeProofs) {
  const ProofBuilder builder(&BigTiles());
  const uint64_t subtrees[][2] = {
      {0, 256}, {256, 512}, {69888, 70000}, {512, 515}, {65536, 70000}};
  for (const auto& [begin, end] : subtrees) {
    EXPECT_THAT(builder.SubtreeProof(begin, end, kBig),
                IsOkAndHolds(Tree().SubtreeProof(begin, end, kBig)));
  }
  EXPECT_THAT(builder.SubtreeProof(2, 6, kBig),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ProofBuilder, ReadsEachTileOnce) {
  const ProofBuilder builder(&BigTiles());
  const uint64_t before = BigTiles().reads();
  ASSERT_OK(builder.InclusionProof(12345, kBig));
  // The leaf's own tile, its level 1 tile, and the right edge: 0/273, 1/001.
  EXPECT_EQ(BigTiles().reads() - before, 4u);
}

TEST(ProofBuilder, RefusesWhatIsBeyondTheTree) {
  const ProofBuilder builder(&BigTiles());
  constexpr auto kWant = absl::StatusCode::kOutOfRange;
  EXPECT_THAT(builder.InclusionProof(0, 0), StatusIs(kWant));
  EXPECT_THAT(builder.InclusionProof(kBig, kBig), StatusIs(kWant));
  EXPECT_THAT(builder.ConsistencyProof(kBig, kBig - 1), StatusIs(kWant));
}

TEST(ProofBuilder, ReportsAMissingTile) {
  MemoryTiles tiles = SmallTiles();
  tiles.EraseTile(0, 1);
  const ProofBuilder builder(&tiles);
  constexpr auto kWant = absl::StatusCode::kDataLoss;
  EXPECT_OK(builder.InclusionProof(7, 256));
  EXPECT_THAT(builder.InclusionProof(7, kSmall), StatusIs(kWant));
  EXPECT_THAT(builder.ConsistencyProof(7, kSmall), StatusIs(kWant));
  EXPECT_THAT(builder.Root(kSmall), StatusIs(kWant));
  EXPECT_THAT(builder.LeafHash(280), StatusIs(kWant));
}

TEST(ProofBuilder, ReportsATileTooNarrowForTheSize) {
  const MemoryTiles tiles = SmallTiles();
  const ProofBuilder builder(&tiles);
  EXPECT_THAT(builder.InclusionProof(7, kSmall + 1),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(ProofBuilder, ADamagedTileGivesAProofThatFails) {
  MemoryTiles tiles = SmallTiles();
  tiles.Tile(0, 0)[40] ^= 1;
  const ProofBuilder builder(&tiles);
  ASSERT_OK_AND_ASSIGN(const auto proof, builder.InclusionProof(0, kSmall));
  EXPECT_FALSE(merkle::VerifyInclusion(0, kSmall, Tree().RangeHash(0, 1), proof,
                                       Tree().Root(kSmall))
                   .ok());
}

TEST(ProofBuilder, TakesAnyNodeReader) {
  const TileNodeReader nodes(&BigTiles());
  const ProofBuilder builder(&nodes);
  EXPECT_THAT(builder.InclusionProof(12345, kBig),
              IsOkAndHolds(Tree().InclusionProof(12345, kBig)));
}

TEST(ProofBuilder, NothingIsProvedFromTheEmptyTree) {
  const ProofBuilder builder(&BigTiles());
  EXPECT_THAT(builder.ConsistencyProof(0, kBig), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(builder.ConsistencyProof(kBig, kBig), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(builder.Root(0), IsOkAndHolds(merkle::EmptyRoot()));
}

}  // namespace
}  // namespace sightline::tiles
