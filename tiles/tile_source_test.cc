#include "tiles/tile_source.h"

#include <gtest/gtest.h>

#include "base/status_matchers.h"
#include "merkle/reference_tree.h"
#include "merkle/test_trees.h"
#include "tiles/memory_tiles.h"

namespace sightline::tiles {
namespace {

using ::sightline::base::StatusIs;
using ::sightline::merkle::Hash;
using ::sightline::merkle::NodeId;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kLeaves = 1000;

class TileNodeReaderTest : public ::testing::Test {
 protected:
  TileNodeReaderTest()
      : tree_(merkle::LeafHashes(merkle::CountingEntries(kLeaves))),
        tiles_(MemoryTiles::FromEntries(merkle::CountingEntries(kLeaves))),
        reader_(&tiles_) {}

  absl::Status Read(std::vector<NodeId> ids) {
    return reader_.ReadNodes(ids, &hashes_);
  }

  const merkle::ReferenceTree tree_;
  MemoryTiles tiles_;
  const TileNodeReader reader_;
  std::vector<Hash> hashes_;
};

TEST_F(TileNodeReaderTest, ReadsEveryPerfectNode) {
  for (uint8_t level = 0; level < 10; ++level) {
    for (uint64_t i = 0; (i + 1) << level <= kLeaves; ++i) {
      ASSERT_OK(Read({{level, i}}));
      ASSERT_EQ(hashes_.size(), 1u);
      ASSERT_EQ(hashes_[0], merkle::NodeOf(tree_, {level, i}));
    }
  }
}

TEST_F(TileNodeReaderTest, KeepsTheOrderAndReadsEachTileOnce) {
  const std::vector<NodeId> ids = {{8, 1}, {0, 3}, {9, 0},  {0, 700},
                                   {2, 5}, {0, 3}, {1, 350}};
  ASSERT_OK(Read(ids));
  ASSERT_EQ(hashes_.size(), ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(hashes_[i], merkle::NodeOf(tree_, ids[i])) << i;
  }
  EXPECT_EQ(tiles_.reads(), 3u);  // 1/000, 0/000, 0/002
}

TEST_F(TileNodeReaderTest, ReadsNothingForNothing) {
  hashes_.resize(1);
  EXPECT_OK(Read({}));
  EXPECT_THAT(hashes_, IsEmpty());
  EXPECT_EQ(tiles_.reads(), 0u);
}

TEST_F(TileNodeReaderTest, ReportsAMissingTile) {
  tiles_.EraseTile(0, 2);
  EXPECT_THAT(Read({{0, 600}}), StatusIs(absl::StatusCode::kDataLoss,
                                         HasSubstr("tile/0/002: missing")));
  EXPECT_THAT(Read({{40, 0}}), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(TileNodeReaderTest, ReportsANarrowTile) {
  EXPECT_THAT(Read({{0, kLeaves}}),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("232 hashes, want at least 233")));
  EXPECT_THAT(Read({{4, kLeaves / 16}}), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(TileNodeReaderTest, ReportsATileOfImpossibleLength) {
  tiles_.Tile(0, 1).pop_back();
  EXPECT_THAT(Read({{0, 300}}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("tile/0/001")));
}

class UnreachableSource final : public TileSource {
 public:
  absl::StatusOr<PinnedBytes> StoredTile(uint8_t, uint64_t) const override {
    return absl::UnavailableError("disk is away");
  }
};

TEST(TileNodeReader, PassesOtherErrorsOn) {
  const UnreachableSource source;
  std::vector<Hash> hashes;
  EXPECT_THAT(TileNodeReader(&source).ReadNodes({{0, 0}}, &hashes),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace sightline::tiles
