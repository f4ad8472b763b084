// Tile geometry and the paths that tiles and entry bundles are served under.
//
// Source:  c2sp.org/tlog-tiles "Merkle Tree", "Partial Tiles", "Log Entries".
// Shapes:  tile (level L, index N) holds up to 256 hashes, the i-th that of
//          leaves [(256N + i) * 256^L, (256N + i + 1) * 256^L). An entry bundle
//          holds the entries of the level 0 tile of the same index.
// Units:   width counts hashes or entries, 1..256; 256 is a full tile.
// Errors:  kInvalidArgument: not the one spelling of any path.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::tiles {

// Levels of the tree in a tile, and hashes in a full one.
inline constexpr int kTileHeight = 8;
inline constexpr uint16_t kTileWidth = 256;

// The highest level a path may name, and how many levels a tree of at most 2^63
// leaves can fill.
inline constexpr uint8_t kMaxLevel = 63;
inline constexpr uint8_t kTreeLevels = 8;

struct TileCoord {
  uint8_t level = 0;
  uint64_t index = 0;
  uint16_t width = kTileWidth;

  bool full() const { return width == kTileWidth; }
  friend bool operator==(const TileCoord&, const TileCoord&) = default;
};

// What a path names: a hash tile, or an entry bundle (whose coord has level 0).
struct TileResource {
  enum class Kind { kTile, kEntryBundle };

  Kind kind = Kind::kTile;
  TileCoord coord;

  friend bool operator==(const TileResource&, const TileResource&) = default;
};

// "tile/0/x001/234.p/8". REQUIRES: coord.level <= 63, 1 <= coord.width <= 256.
std::string TilePath(const TileCoord& coord);

// "tile/entries/x001/234.p/8". REQUIRES: 1 <= width <= 256.
std::string EntryBundlePath(uint64_t index, uint16_t width);

// Parses either kind of path, without a leading slash. Accepts exactly what
// TilePath and EntryBundlePath write, and nothing else.
absl::StatusOr<TileResource> ParseTilePath(absl::string_view path);

// How many full tiles `level` has in a tree of `tree_size` leaves.
uint64_t FullTiles(int level, uint64_t tree_size);

// Width of the partial tile at index FullTiles(level, tree_size): 0..255, where
// 0 means that there is none.
uint16_t PartialWidth(int level, uint64_t tree_size);

// Width of tile (level, index): 256, less at the right edge, 0 beyond it.
uint16_t WidthAt(int level, uint64_t index, uint64_t tree_size);

// The tiles of a tree of `new_size` leaves that are new or wider than they were
// at `old_size`, by level, then index. REQUIRES: old_size <= new_size.
std::vector<TileCoord> ChangedTiles(uint64_t old_size, uint64_t new_size);

// Every tile of a tree, by level, then index.
inline std::vector<TileCoord> AllTiles(uint64_t tree_size) {
  return ChangedTiles(0, tree_size);
}

}  // namespace sightline::tiles
