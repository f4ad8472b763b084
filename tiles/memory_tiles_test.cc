#include "tiles/memory_tiles.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/status_matchers.h"
#include "crypto/sha256.h"
#include "merkle/test_trees.h"
#include "tiles/entry_bundle.h"
#include "tiles/tile.h"
#include "tiles/tile_codec.h"

namespace sightline::tiles {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;

// Reads what `path` names, as a server does.
absl::StatusOr<std::string> Get(LogReader* log, absl::string_view path) {
  ASSIGN_OR_RETURN(const TileResource resource, ParseTilePath(path));
  const TileCoord& coord = resource.coord;
  return resource.kind == TileResource::Kind::kEntryBundle
             ? log->ReadEntryBundle(coord.index, coord.width)
             : log->ReadTile(coord.level, coord.index, coord.width);
}

struct Resource {
  const char* path;
  size_t bytes;
  const char* sha256;
};

void ExpectResource(const Resource& want, LogReader* log) {
  SCOPED_TRACE(want.path);
  ASSERT_OK_AND_ASSIGN(const std::string got, Get(log, want.path));
  EXPECT_EQ(got.size(), want.bytes);
  EXPECT_EQ(base::HexEncode(crypto::AsBytes(crypto::Sha256(got))), want.sha256);
}

TEST(MemoryTiles, VectorsOf70000Leaves) {
  const Resource vectors[] = {
      {"tile/0/000", 8192,
       "20cd0859c7fb4ae9eeac1d244887e6f9342d86ce0b1a1c7bb244915d3d0dc971"},
      {"tile/0/272", 8192,
       "f33da3aeeb4da30453ed750cea6fd7a46dbb364aaf65b9747d180a316fdf6571"},
      {"tile/0/273.p/112", 3584,
       "c7ebb1581fb37d08e8c14ef23ce02ebd07d79d783b6515c740d8b9f566ef0289"},
      {"tile/1/000", 8192,
       "dbf848d70619481ec09adf64ff73d027ffd27f3cab12570d5087d7e9fede902a"},
      {"tile/1/001.p/17", 544,
       "4fd210567f39abfd6af3acd3f895698cbaaf1b83bd764f98d7d81f431454aa54"},
      {"tile/2/000.p/1", 32,
       "2f3d7b72e1ccbf31e77e4c41d731da9c94fa1a6c08249fd49e5d4aded052b16b"},
      {"tile/entries/000", 2560,
       "f4bae1960a3cedc6303230167918d50a56329bea77c58fbc22445dc195b60774"},
      {"tile/entries/273.p/112", 1120,
       "d0948a54de15d727a997b2d243bf342e57f1ebdb01afea25232e1492fef0a899"}};
  MemoryTiles log = MemoryTiles::FromEntries(merkle::CountingEntries(70000));
  for (const Resource& want : vectors) ExpectResource(want, &log);
}

TEST(MemoryTiles, VectorOfTheEightLeafTree) {
  MemoryTiles log = MemoryTiles::FromEntries(merkle::EightEntries());
  ExpectResource(
      {"tile/0/000.p/8", 256,
       "aea2f1bbb5140fd5f8eacb503fdf54c00c3d860c72588e40233addd416bc8f10"},
      &log);
}

TEST(MemoryTiles, HasExactlyTheTilesOfItsSize) {
  for (const uint64_t size : {0, 1, 255, 256, 257, 65535, 65536, 65537}) {
    const MemoryTiles log = MemoryTiles::FromLeafHashes(
        merkle::LeafHashes(merkle::CountingEntries(size)));
    std::vector<TileCoord> got;
    for (const auto& [key, stored] : log.tiles()) {
      ASSERT_OK_AND_ASSIGN(const uint16_t width, StoredTileWidth(stored));
      got.push_back({key.first, key.second, width});
    }
    EXPECT_EQ(got, AllTiles(size)) << size;
  }
}

TEST(MemoryTiles, LeafHashesOfABundleAreTheTile) {
  MemoryTiles log = MemoryTiles::FromEntries(merkle::EightEntries());
  ASSERT_OK_AND_ASSIGN(const std::string bundle, log.ReadEntryBundle(0, 8));
  ASSERT_OK_AND_ASSIGN(const auto entries, ParseEntryBundle(bundle, 8));
  ASSERT_OK_AND_ASSIGN(const std::string tile, log.ReadTile(0, 0, 8));
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(merkle::LeafHash(entries[i]), merkle::HashAt(tile, i));
  }
}

TEST(MemoryTiles, HasNothingBeyondItsEnd) {
  MemoryTiles log = MemoryTiles::FromEntries(merkle::EightEntries());
  constexpr auto kWant = absl::StatusCode::kNotFound;
  EXPECT_THAT(log.ReadTile(0, 1, 1), StatusIs(kWant));
  EXPECT_THAT(log.ReadTile(0, 0, 9), StatusIs(kWant));
  EXPECT_THAT(log.ReadTile(1, 0, 1), StatusIs(kWant));
  EXPECT_THAT(log.ReadEntryBundle(0, 9), StatusIs(kWant));
  EXPECT_THAT(log.ReadCheckpoint(), StatusIs(kWant));
  log.SetCheckpoint("note");
  EXPECT_THAT(log.ReadCheckpoint(), IsOkAndHolds("note"));
}

}  // namespace
}  // namespace sightline::tiles
