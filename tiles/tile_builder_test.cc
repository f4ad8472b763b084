#include "tiles/tile_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/status_matchers.h"
#include "merkle/compact_range.h"
#include "merkle/test_trees.h"
#include "tiles/memory_tiles.h"
#include "tiles/tile_codec.h"

namespace sightline::tiles {
namespace {

using ::sightline::base::StatusIs;
using ::sightline::merkle::Hash;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<Hash>& Leaves() {
  static const auto* const leaves =
      new std::vector<Hash>(merkle::LeafHashes(merkle::CountingEntries(70000)));
  return *leaves;
}

absl::Span<const Hash> Leaves(uint64_t begin, uint64_t end) {
  return absl::MakeConstSpan(Leaves()).subspan(begin, end - begin);
}

MemoryTiles FromScratch(uint64_t size) {
  const auto leaves = Leaves(0, size);
  return MemoryTiles::FromLeafHashes({leaves.begin(), leaves.end()});
}

// A log that grows batch by batch, as the sequencer grows it.
class GrowingLog {
 public:
  uint64_t size() const { return batch_.new_size(); }
  const MemoryTiles& tiles() const { return tiles_; }

  // Appends leaves up to `new_size` and checks which tiles changed.
  void GrowTo(uint64_t new_size) {
    SCOPED_TRACE(testing::Message() << size() << " to " << new_size);
    const uint64_t old_size = size();
    batch_.Reset(batch_.range(), Leaves(old_size, new_size));
    ASSERT_OK_AND_ASSIGN(const auto changed, builder_.Build(batch_));
    std::vector<TileCoord> coords;
    for (const StoredTile& tile : changed) {
      ASSERT_OK_AND_ASSIGN(const uint16_t width, StoredTileWidth(tile.value));
      coords.push_back({tile.level, tile.index, width});
      tiles_.Tile(tile.level, tile.index) = tile.value;
    }
    EXPECT_EQ(coords, ChangedTiles(old_size, new_size));
    builder_.Commit();
    EXPECT_EQ(builder_.size(), new_size);
  }

  // Starts anew from what is stored, as after a crash.
  void Restart() {
    ASSERT_OK_AND_ASSIGN(builder_, TileBuilder::Create(size(), tiles_));
  }

 private:
  merkle::BatchTree batch_;
  TileBuilder builder_;
  MemoryTiles tiles_;
};

TEST(TileBuilder, LeafByLeafEqualsFromScratch) {
  GrowingLog log;
  while (log.size() < 600) {
    log.GrowTo(log.size() + 1);
    ASSERT_EQ(log.tiles().tiles(), FromScratch(log.size()).tiles());
  }
}

TEST(TileBuilder, RandomBatchesEqualFromScratch) {
  std::mt19937_64 random(merkle::TestSeed());
  for (int round = 0; round < 3; ++round) {
    GrowingLog log;
    while (log.size() < 70000) {
      log.GrowTo(std::min<uint64_t>(
          70000, log.size() + random() % (1 << (random() % 15))));
      if (random() % 4 == 0) log.Restart();
    }
    ASSERT_EQ(log.tiles().tiles(), FromScratch(70000).tiles());
  }
}

TEST(TileBuilder, BatchesThatEndAtBoundaries) {
  const uint64_t stops[] = {1,     255,   256,   257,   511,   512,  513,
                            65279, 65280, 65281, 65535, 65536, 65537};
  GrowingLog log;
  for (const uint64_t stop : stops) {
    log.GrowTo(stop);
    ASSERT_EQ(log.tiles().tiles(), FromScratch(stop).tiles()) << stop;
    log.Restart();
  }
}

TEST(TileBuilder, AnEmptyBatchChangesNothing) {
  GrowingLog log;
  log.GrowTo(300);
  log.GrowTo(300);
  log.GrowTo(301);
  EXPECT_EQ(log.tiles().tiles(), FromScratch(301).tiles());
}

TEST(TileBuilder, WithoutCommitTheBatchCanBeBuiltAgainOrReplaced) {
  TileBuilder builder;
  merkle::BatchTree batch;
  batch.Reset({}, Leaves(0, 300));
  ASSERT_OK(builder.Build(batch));
  EXPECT_EQ(builder.size(), 0u);
  ASSERT_OK(builder.Build(batch));
  batch.Reset({}, Leaves(0, 2));
  ASSERT_OK_AND_ASSIGN(const auto changed, builder.Build(batch));
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].value, FromScratch(2).Tile(0, 0));
  builder.Commit();
  batch.Reset(batch.range(), Leaves(2, 5));
  ASSERT_OK_AND_ASSIGN(const auto more, builder.Build(batch));
  EXPECT_EQ(more[0].value, FromScratch(5).Tile(0, 0));
}

TEST(TileBuilder, RefusesABatchThatStartsElsewhere) {
  TileBuilder builder;
  merkle::BatchTree batch;
  batch.Reset({}, Leaves(0, 3));
  batch.Reset(batch.range(), Leaves(3, 4));
  EXPECT_THAT(builder.Build(batch),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(TileBuilder, RefusesARightEdgeThatDoesNotFit) {
  MemoryTiles tiles = FromScratch(300);
  EXPECT_OK(TileBuilder::Create(300, tiles));
  EXPECT_THAT(TileBuilder::Create(299, tiles),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(TileBuilder::Create(301, tiles),
              StatusIs(absl::StatusCode::kDataLoss));
  tiles.EraseTile(1, 0);
  EXPECT_THAT(TileBuilder::Create(300, tiles),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("tile/1/000.p/1: missing")));
}

TEST(TileBuilder, ReadsNoFullTile) {
  MemoryTiles tiles = FromScratch(65536);
  ASSERT_OK(TileBuilder::Create(65536, tiles));
  EXPECT_EQ(tiles.reads(), 1u);  // tile/2/000.p/1
}

TEST(TileBuilder, LargestTree) {
  // The last leaf but one of the largest tree: a partial tile at every level.
  constexpr uint64_t kSize = merkle::kMaxTreeSize - 1;
  const Hash hash = merkle::LeafHash("x");
  MemoryTiles tiles;
  for (const TileCoord& edge :
       {TileCoord{0, kSize >> 8, 255}, TileCoord{1, kSize >> 16, 255},
        TileCoord{2, kSize >> 24, 255}, TileCoord{3, kSize >> 32, 255},
        TileCoord{4, kSize >> 40, 255}, TileCoord{5, kSize >> 48, 255},
        TileCoord{6, kSize >> 56, 255}, TileCoord{7, 0, 127}}) {
    ASSERT_OK(AppendToTile(std::vector<Hash>(edge.width, hash),
                           &tiles.Tile(edge.level, edge.index)));
  }
  ASSERT_OK_AND_ASSIGN(TileBuilder builder, TileBuilder::Create(kSize, tiles));
  merkle::CompactRange range;
  range.Assign(kSize, std::vector<Hash>(63, hash));
  merkle::BatchTree batch;
  batch.Reset(range, {hash});
  ASSERT_OK_AND_ASSIGN(const auto changed, builder.Build(batch));
  ASSERT_EQ(changed.size(), 8u);
  for (int level = 0; level < 7; ++level) {
    EXPECT_EQ(changed[level].value.size(), StoredTileSize(256)) << level;
  }
  EXPECT_EQ(changed[7].value.size(), StoredTileSize(128));
}

}  // namespace
}  // namespace sightline::tiles
