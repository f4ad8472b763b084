#include "monitor/tree_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "merkle/hash.h"
#include "monitor/problem.h"
#include "monitor/tile_check.h"
#include "tiles/memory_tiles.h"
#include "tiles/tile.h"

namespace sightline::monitor {
namespace {

using ::sightline::merkle::Hash;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ResultOf;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr uint64_t kSize = 66003;  // tiles at levels 0, 1 and 2, all ragged

std::vector<Hash> Leaves(uint64_t count) {
  std::vector<Hash> leaves;
  for (uint64_t i = 0; i < count; ++i) {
    leaves.push_back(merkle::LeafHash(absl::StrCat("leaf ", i)));
  }
  return leaves;
}

Hash RootOf(const std::vector<Hash>& leaves) {
  ProblemLog none(1);
  const TileFetcher no_tiles(nullptr, nullptr, &none);
  TreeCheck tree(&no_tiles, &none);
  for (size_t first = 0; first < leaves.size(); first += 256) {
    const size_t end = std::min(first + 256, leaves.size());
    EXPECT_OK(tree.Add(CheckTile(
        0, first / 256, nullptr,
        std::vector<Hash>(leaves.begin() + first, leaves.begin() + end),
        no_tiles)));
  }
  return *tree.Finish(Hash{});
}

// What TreeCheck finds when `leaves` are the hashes of the entries.
class TreeCheckTest : public ::testing::Test {
 protected:
  TreeCheckTest()
      : leaves_(Leaves(kSize)),
        tiles_(tiles::MemoryTiles::FromLeafHashes(leaves_)),
        root_(RootOf(leaves_)) {}

  std::vector<Problem> Check() {
    ProblemLog problems(1000);
    const TileFetcher fetcher(nullptr, &tiles_, &problems);
    TreeCheck tree(&fetcher, &problems);
    for (uint64_t first = 0; first < kSize; first += 256) {
      const uint64_t end = std::min<uint64_t>(first + 256, kSize);
      const auto fetched =
          fetcher.Fetch(0, first / 256, static_cast<uint16_t>(end - first));
      EXPECT_OK(fetched.status());
      EXPECT_OK(tree.Add(CheckTile(
          0, first / 256, fetched->has_value() ? &**fetched : nullptr,
          std::vector<Hash>(leaves_.begin() + first, leaves_.begin() + end),
          fetcher)));
    }
    EXPECT_OK(tree.Finish(root_).status());
    EXPECT_EQ(tree.tiles(), tiles::AllTiles(kSize).size());
    return problems.Sorted();
  }

  // Damages the hash at `position` of a tile.
  void FlipBit(uint8_t level, uint64_t index, size_t position) {
    tiles_.Tile(level, index)[position * 32 + 7] ^= 0x10;
  }

  std::vector<Hash> leaves_;
  tiles::MemoryTiles tiles_;
  Hash root_;
};

MATCHER_P2(IsProblem, kind, where, "") {
  return arg.kind == kind && arg.where == where;
}
MATCHER_P(IsBadEntry, index, "") {
  return arg.kind == ProblemKind::kEntryHash && arg.index == uint64_t(index);
}

TEST_F(TreeCheckTest, FindsNothingInASoundTree) {
  EXPECT_THAT(Check(), IsEmpty());
}

TEST_F(TreeCheckTest, BlamesTheEntryWhenTheTilesAgree) {
  leaves_[70][0] ^= 1;         // in a full tile
  leaves_[kSize - 1][0] ^= 1;  // in the last, partial one
  EXPECT_THAT(Check(),
              UnorderedElementsAre(IsBadEntry(70), IsBadEntry(kSize - 1)));
}

TEST_F(TreeCheckTest, BlamesTheTileWhenItsParentAgreesWithTheEntries) {
  FlipBit(0, 3, 17);
  EXPECT_THAT(Check(),
              ElementsAre(IsProblem(ProblemKind::kTileHash, "tile 0/3 hash 17"),
                          // Its group of 16 no longer gives the stored node.
                          IsProblem(ProblemKind::kTileMid, "tile 0/3 node 1")));
}

TEST_F(TreeCheckTest, NamesADamagedTileOfEveryLevelAndOfTheEdge) {
  FlipBit(1, 0, 200);
  FlipBit(1, 1, 0);
  FlipBit(2, 0, 0);
  FlipBit(0, kSize / 256, 2);
  EXPECT_THAT(Check(),
              UnorderedElementsAre(
                  IsProblem(ProblemKind::kTileHash, "tile 1/0 hash 200"),
                  IsProblem(ProblemKind::kTileMid, "tile 1/0 node 12"),
                  IsProblem(ProblemKind::kTileHash, "tile 1/1 hash 0"),
                  IsProblem(ProblemKind::kTileHash, "tile 2/0 hash 0"),
                  IsProblem(ProblemKind::kTileHash,
                            absl::StrCat("tile 0/", kSize / 256, " hash 2")),
                  IsProblem(ProblemKind::kTileMid,
                            absl::StrCat("tile 0/", kSize / 256, " node 0"))));
}

TEST_F(TreeCheckTest, NamesADamagedMid) {
  tiles_.Tile(0, 5)[256 * 32 + 3 * 32] ^= 1;
  EXPECT_THAT(Check(),
              ElementsAre(IsProblem(ProblemKind::kTileMid, "tile 0/5 node 3")));
}

TEST_F(TreeCheckTest, NamesASubtreeThatWasRewrittenConsistently) {
  leaves_[1000][0] ^= 1;
  FlipBit(0, 1000 / 256, 1000 % 256);
  tiles_.Tile(0, 3) =
      tiles::MemoryTiles::FromLeafHashes(
          std::vector<Hash>(leaves_.begin() + 768, leaves_.begin() + 1024))
          .Tile(0, 0);
  EXPECT_THAT(Check(), ElementsAre(IsProblem(ProblemKind::kTileHash,
                                             "tile 0/3 as a whole")));
}

TEST_F(TreeCheckTest, NamesMissingAndNarrowTiles) {
  tiles_.EraseTile(0, 9);
  tiles_.EraseTile(1, 0);
  tiles_.Tile(0, 257) = tiles_.Tile(0, 257).substr(0, 32);
  const std::vector<Problem> problems = Check();
  EXPECT_THAT(
      problems,
      UnorderedElementsAre(IsProblem(ProblemKind::kTileMissing, "tile 0/9"),
                           IsProblem(ProblemKind::kTileMissing, "tile 1/0"),
                           IsProblem(ProblemKind::kTileMissing, "tile 0/257")));
  EXPECT_THAT(problems,
              Contains(ResultOf(ProblemText, HasSubstr("want 211 hashes"))));
}

TEST_F(TreeCheckTest, SaysThatTheRootIsAnother) {
  root_[0] ^= 1;
  const std::vector<Problem> problems = Check();
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].kind, ProblemKind::kRootHash);
}

TEST(TileFold, AgreesWithTheRootOfTheSameLeaves) {
  for (int width : {1, 2, 3, 16, 17, 100, 255, 256}) {
    const std::vector<Hash> leaves = Leaves(width);
    EXPECT_EQ(merkle::FoldRight(FoldTile(leaves).edge), RootOf(leaves));
    EXPECT_THAT(FoldTile(leaves).mids, SizeIs(width / 16));
  }
}

}  // namespace
}  // namespace sightline::monitor
