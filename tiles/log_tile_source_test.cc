#include "tiles/log_tile_source.h"

#include <gtest/gtest.h>

#include "base/status_matchers.h"
#include "merkle/reference_tree.h"
#include "merkle/test_trees.h"
#include "tiles/memory_tiles.h"
#include "tiles/proof_builder.h"

namespace sightline::tiles {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;

TEST(LogTileSource, GivesProofsFromServedTiles) {
  constexpr uint64_t kSize = 700;
  const merkle::ReferenceTree tree(
      merkle::LeafHashes(merkle::CountingEntries(kSize)));
  MemoryTiles log = MemoryTiles::FromEntries(merkle::CountingEntries(kSize));
  const LogTileSource source(&log, kSize);
  const ProofBuilder builder(&source);
  for (const uint64_t index : {0, 255, 256, 511, 512, 699}) {
    EXPECT_THAT(builder.InclusionProof(index, kSize),
                IsOkAndHolds(tree.InclusionProof(index, kSize)));
  }
  EXPECT_THAT(builder.ConsistencyProof(300, kSize),
              IsOkAndHolds(tree.ConsistencyProof(300, kSize)));
}

TEST(LogTileSource, AsksForTilesAsWideAsTheTreeHasThem) {
  // The log is larger than the size in question.
  MemoryTiles log = MemoryTiles::FromEntries(merkle::CountingEntries(300));
  const LogTileSource source(&log, 260);
  ASSERT_OK_AND_ASSIGN(const PinnedBytes edge, source.StoredTile(0, 1));
  EXPECT_EQ(edge.bytes().size(), 4u * 32);
  EXPECT_THAT(source.StoredTile(0, 2), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(source.StoredTile(2, 0), StatusIs(absl::StatusCode::kNotFound));
}

class ShortReader final : public LogReader {
 public:
  absl::StatusOr<std::string> ReadTile(uint8_t, uint64_t, uint16_t) override {
    return std::string(64, 'x');
  }
  absl::StatusOr<std::string> ReadEntryBundle(uint64_t, uint16_t) override {
    return absl::NotFoundError("none");
  }
  absl::StatusOr<std::string> ReadCheckpoint() override {
    return absl::NotFoundError("none");
  }
};

TEST(LogTileSource, RefusesATileOfAnotherWidth) {
  ShortReader reader;
  EXPECT_OK(LogTileSource(&reader, 2).StoredTile(0, 0));
  EXPECT_THAT(LogTileSource(&reader, 1).StoredTile(0, 0),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(LogTileSource(&reader, 3).StoredTile(0, 0),
              StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace sightline::tiles
