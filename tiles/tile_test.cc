#include "tiles/tile.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "merkle/test_trees.h"

namespace sightline::tiles {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Kind = TileResource::Kind;

TEST(TilePath, WritesTheIndexInGroupsOfThree) {
  const std::pair<uint64_t, const char*> vectors[] = {
      {0, "000"},
      {255, "255"},
      {999, "999"},
      {1000, "x001/000"},
      {999999, "x999/999"},
      {1000000, "x001/x000/000"},
      {1234067, "x001/x234/067"},
      {UINT64_MAX, "x018/x446/x744/x073/x709/x551/615"}};
  for (const auto& [index, text] : vectors) {
    EXPECT_EQ(TilePath({0, index, 256}), absl::StrCat("tile/0/", text));
    EXPECT_EQ(EntryBundlePath(index, 256), absl::StrCat("tile/entries/", text));
    EXPECT_THAT(
        ParseTilePath(absl::StrCat("tile/0/", text)),
        IsOkAndHolds(TileResource{Kind::kTile, TileCoord{0, index, 256}}));
  }
}

TEST(TilePath, NamesLevelAndPartialWidth) {
  EXPECT_EQ(TilePath({0, 1234, 8}), "tile/0/x001/234.p/8");
  EXPECT_EQ(TilePath({63, 0, 255}), "tile/63/000.p/255");
  EXPECT_EQ(EntryBundlePath(273, 112), "tile/entries/273.p/112");
  EXPECT_THAT(ParseTilePath("tile/63/000.p/255"),
              IsOkAndHolds(TileResource{Kind::kTile, TileCoord{63, 0, 255}}));
  EXPECT_THAT(
      ParseTilePath("tile/entries/x001/234.p/8"),
      IsOkAndHolds(TileResource{Kind::kEntryBundle, TileCoord{0, 1234, 8}}));
}

TEST(TilePath, RoundTripsRandomTiles) {
  std::mt19937_64 random(merkle::TestSeed());
  for (int i = 0; i < 1000; ++i) {
    TileResource want;
    want.coord = {static_cast<uint8_t>(random() % 64),
                  random() >> (random() % 64),
                  static_cast<uint16_t>(1 + random() % 256)};
    EXPECT_THAT(ParseTilePath(TilePath(want.coord)), IsOkAndHolds(want));
    want.kind = Kind::kEntryBundle;
    want.coord.level = 0;
    EXPECT_THAT(
        ParseTilePath(EntryBundlePath(want.coord.index, want.coord.width)),
        IsOkAndHolds(want));
  }
}

TEST(TilePath, RefusesOtherSpellings) {
  for (const char* bad : {"",
                          "tile",
                          "tile/",
                          "/tile/0/000",
                          "tiles/0/000",
                          "tile/0",
                          "tile/0/",
                          "tile//000",
                          "tile/0/0",
                          "tile/0/00",
                          "tile/0/0000",
                          "tile/0/1000",
                          "tile/0/x001",
                          "tile/0/x001/",
                          "tile/0/x000/001",
                          "tile/0/x000/x001/001",
                          "tile/0/001/001",
                          "tile/0/x001/x001",
                          "tile/0/x001//001",
                          "tile/0/x1/001",
                          "tile/0/X001/001",
                          "tile/0/x001x/001",
                          "tile/0/+01",
                          "tile/0/-01",
                          "tile/0/ 01",
                          "tile/0/0a1",
                          "tile/0/000/",
                          "tile/0/000 ",
                          "tile/0/000.p",
                          "tile/0/000.p/",
                          "tile/0/000.p/0",
                          "tile/0/000.p/08",
                          "tile/0/000.p/256",
                          "tile/0/000.p/257",
                          "tile/0/000.p/+8",
                          "tile/0/000.p/8/",
                          "tile/0/000.p/8.p/8",
                          "tile/0/000.q/8",
                          "tile/0/.p/8",
                          "tile/00/000",
                          "tile/01/000",
                          "tile/64/000",
                          "tile/-1/000",
                          "tile/x/000",
                          "tile/entries",
                          "tile/entries/",
                          "tile/entries/0",
                          "tile/entries/0/000",
                          "tile/entriess/000",
                          "tile/Entries/000",
                          "tile/data/000",
                          "tile/0/x018/x446/x744/x073/x709/x551/616",
                          "tile/0/x999/x999/x999/x999/x999/x999/x999/999"}) {
    EXPECT_THAT(ParseTilePath(bad),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << bad;
  }
  EXPECT_THAT(ParseTilePath(absl::string_view("tile/0/000\0", 11)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(TileGeometry, OfTheVectorTrees) {
  EXPECT_EQ(FullTiles(0, 70000), 273u);
  EXPECT_EQ(PartialWidth(0, 70000), 112);
  EXPECT_EQ(FullTiles(1, 70000), 1u);
  EXPECT_EQ(PartialWidth(1, 70000), 17);
  EXPECT_EQ(FullTiles(2, 70000), 0u);
  EXPECT_EQ(PartialWidth(2, 70000), 1);
  EXPECT_EQ(PartialWidth(3, 70000), 0);
  EXPECT_EQ(WidthAt(0, 272, 70000), 256);
  EXPECT_EQ(WidthAt(0, 273, 70000), 112);
  EXPECT_EQ(WidthAt(0, 274, 70000), 0);
}

TEST(TileGeometry, NoEmptyPartialTileAtBoundaries) {
  EXPECT_THAT(AllTiles(255), ElementsAre(TileCoord{0, 0, 255}));
  EXPECT_THAT(AllTiles(256),
              ElementsAre(TileCoord{0, 0, 256}, TileCoord{1, 0, 1}));
  EXPECT_THAT(AllTiles(257),
              ElementsAre(TileCoord{0, 0, 256}, TileCoord{0, 1, 1},
                          TileCoord{1, 0, 1}));
  EXPECT_THAT(AllTiles(0), IsEmpty());
}

TEST(TileGeometry, LevelsAppearAtPowersOf256) {
  const auto top = [](uint64_t size) { return AllTiles(size).back(); };
  EXPECT_EQ(top(65535), (TileCoord{1, 0, 255}));
  EXPECT_EQ(top(65536), (TileCoord{2, 0, 1}));
  EXPECT_EQ(top(65537), (TileCoord{2, 0, 1}));
  EXPECT_EQ(AllTiles(65536).size(), 256u + 1 + 1);
  EXPECT_EQ(AllTiles(65537).size(), 257u + 1 + 1);
}

TEST(TileGeometry, HandlesEveryLevelAndTheLargestTree) {
  constexpr uint64_t kLargest = uint64_t{1} << 63;
  EXPECT_EQ(FullTiles(7, kLargest), 0u);
  EXPECT_EQ(PartialWidth(7, kLargest), 128);
  for (int level = 8; level <= 63; ++level) {
    EXPECT_EQ(FullTiles(level, kLargest), 0u);
    EXPECT_EQ(PartialWidth(level, kLargest), 0);
    EXPECT_EQ(WidthAt(level, 0, kLargest), 0);
  }
}

// Tiles of a size from the definition: count the subtrees that each has whole.
std::map<std::pair<uint8_t, uint64_t>, uint16_t> TilesByCounting(
    uint64_t size) {
  std::map<std::pair<uint8_t, uint64_t>, uint16_t> tiles;
  uint64_t leaves = 1;
  for (uint8_t level = 0; leaves <= size; ++level, leaves *= 256) {
    for (uint64_t i = 0; (i + 1) * leaves <= size; ++i) {
      ++tiles[{level, i / 256}];
    }
  }
  return tiles;
}

TEST(TileGeometry, ChangedTilesAreThoseThatDiffer) {
  const uint64_t sizes[] = {0,   1,   2,   255, 256,   257,   300,   511,
                            512, 513, 767, 768, 65535, 65536, 65537, 70000};
  for (const uint64_t old_size : sizes) {
    const auto before = TilesByCounting(old_size);
    for (const uint64_t new_size : sizes) {
      if (new_size < old_size) continue;
      std::vector<TileCoord> want;
      for (const auto& [key, width] : TilesByCounting(new_size)) {
        const auto found = before.find(key);
        if (found != before.end() && found->second == width) continue;
        want.push_back({key.first, key.second, width});
      }
      EXPECT_EQ(ChangedTiles(old_size, new_size), want)
          << old_size << " to " << new_size;
    }
  }
}

}  // namespace
}  // namespace sightline::tiles
