#include "tiles/node_cache.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "base/status_matchers.h"
#include "merkle/geometry.h"
#include "merkle/hash.h"
#include "merkle/proof.h"
#include "merkle/test_trees.h"
#include "tiles/log_reader.h"
#include "tiles/memory_tiles.h"
#include "tiles/proof_builder.h"
#include "tiles/tile_source.h"

namespace sightline::tiles {
namespace {

using ::sightline::base::StatusIs;
using ::sightline::merkle::Hash;
using ::sightline::merkle::NodeId;

constexpr uint64_t kSize = 70000;

class NodeCacheTest : public ::testing::Test {
 protected:
  NodeCacheTest()
      : leaves_(merkle::LeafHashes(merkle::CountingEntries(kSize))),
        tiles_(MemoryTiles::FromLeafHashes(leaves_)),
        stored_(&tiles_) {}

  // Whether the proof of `index` that `nodes` lead to is right.
  absl::Status Check(const NodeReader& nodes, uint64_t index) {
    const ProofBuilder proofs(&nodes);
    return merkle::VerifyInclusion(index, kSize, leaves_[index],
                                   proofs.InclusionProof(index, kSize).value(),
                                   ProofBuilder(&stored_).Root(kSize).value());
  }

  const std::vector<Hash> leaves_;
  MemoryTiles tiles_;
  const TileNodeReader stored_;
};

TEST_F(NodeCacheTest, ProofsAreThoseOfTheSource) {
  const NodeCache cache(&stored_);
  for (uint64_t index = 0; index < kSize; index += 97) {
    ASSERT_OK(Check(cache, index)) << index;
  }
}

TEST_F(NodeCacheTest, ProofsAreRightWhenSlotsAreShared) {
  const NodeCache cache(&stored_, /*slots=*/32);
  for (uint64_t index = 0; index < kSize; index += 97) {
    ASSERT_OK(Check(cache, index)) << index;
    ASSERT_OK(Check(cache, kSize - 1 - index)) << index;
  }
}

TEST_F(NodeCacheTest, ReadsTheLowestTileAloneTheSecondTime) {
  const NodeCache cache(&stored_);
  ASSERT_OK(Check(cache, 5));
  const ProofBuilder proofs(&cache);
  const uint64_t before = tiles_.reads();
  ASSERT_OK(proofs.InclusionProof(6, kSize).status());
  EXPECT_EQ(tiles_.reads(), before + 1);
}

TEST_F(NodeCacheTest, RemembersNoNodeOfTheLowestTile) {
  const NodeCache cache(&stored_);
  ASSERT_OK(Check(cache, 5));
  tiles_.Tile(0, 0)[0] ^= 1;
  EXPECT_THAT(Check(cache, 5), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(NodeCacheTest, GivesTheErrorOfTheSourceAndRemembersNothing) {
  const NodeCache cache(&stored_);
  const std::string tile = tiles_.Tile(1, 0);
  tiles_.EraseTile(1, 0);
  std::vector<Hash> out;
  const NodeId node{9, 3};
  EXPECT_THAT(cache.ReadNodes({node}, &out),
              StatusIs(absl::StatusCode::kDataLoss));
  tiles_.Tile(1, 0) = tile;
  ASSERT_OK(cache.ReadNodes({node}, &out));
  std::vector<Hash> want;
  ASSERT_OK(stored_.ReadNodes({node}, &want));
  EXPECT_EQ(out, want);
}

}  // namespace
}  // namespace sightline::tiles
