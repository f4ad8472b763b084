#include "tiles/tile.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/status_macros.h"

namespace sightline::tiles {
namespace {

constexpr absl::string_view kPartialMark = ".p/";
constexpr uint64_t kGroup = 1000;

absl::Status BadPath(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("tile path: ", what));
}

// Appends "x001/234": groups of three digits, all but the last marked.
void AppendIndex(uint64_t index, std::string* path) {
  if (index >= kGroup) {
    uint64_t divisor = kGroup;
    while (index / divisor >= kGroup) divisor *= kGroup;
    for (; divisor >= kGroup; divisor /= kGroup) {
      absl::StrAppendFormat(path, "x%03d/", index / divisor % kGroup);
    }
  }
  absl::StrAppendFormat(path, "%03d", index % kGroup);
}

void AppendWidth(uint16_t width, std::string* path) {
  if (width != kTileWidth) absl::StrAppend(path, kPartialMark, width);
}

// Parses what AppendIndex writes.
absl::StatusOr<uint64_t> ParseIndex(absl::string_view text) {
  uint64_t index = 0;
  bool first = true;
  while (true) {
    const bool more = absl::ConsumePrefix(&text, "x");
    uint64_t group = 0;
    if (text.size() < 3) return BadPath("index group of less than 3 digits");
    for (const char c : text.substr(0, 3)) {
      if (!absl::ascii_isdigit(c)) return BadPath("index is no number");
      group = group * 10 + static_cast<uint64_t>(c - '0');
    }
    text.remove_prefix(3);
    if (first && more && group == 0) return BadPath("index has leading zeros");
    if (index > (UINT64_MAX - group) / kGroup)
      return BadPath("index too large");
    index = index * kGroup + group;
    first = false;
    if (!more) break;
    if (!absl::ConsumePrefix(&text, "/"))
      return BadPath("index group too long");
  }
  if (!text.empty()) return BadPath("bytes after the index");
  return index;
}

absl::StatusOr<uint16_t> ParseWidth(absl::string_view text) {
  ASSIGN_OR_RETURN(const uint64_t width, base::ParseDecimal(text));
  if (width == 0 || width >= kTileWidth) {
    return BadPath("partial width, want 1..255");
  }
  return static_cast<uint16_t>(width);
}

// Reads "<level>/" or "entries/" off the front of `*rest`.
absl::StatusOr<TileResource> ParseKind(absl::string_view* rest) {
  TileResource resource;
  if (absl::ConsumePrefix(rest, "entries/")) {
    resource.kind = TileResource::Kind::kEntryBundle;
    return resource;
  }
  const size_t slash = rest->find('/');
  if (slash == absl::string_view::npos) return BadPath("no index");
  ASSIGN_OR_RETURN(const uint64_t level,
                   base::ParseDecimal(rest->substr(0, slash)));
  if (level > kMaxLevel) return BadPath("level, want 0..63");
  rest->remove_prefix(slash + 1);
  resource.coord.level = static_cast<uint8_t>(level);
  return resource;
}

// How many hashes `level` has in a tree of `tree_size` leaves.
uint64_t LevelHashes(int level, uint64_t tree_size) {
  const int shift = kTileHeight * level;
  return shift < 64 ? tree_size >> shift : 0;
}

}  // namespace

std::string TilePath(const TileCoord& coord) {
  std::string path = absl::StrCat("tile/", int{coord.level}, "/");
  AppendIndex(coord.index, &path);
  AppendWidth(coord.width, &path);
  return path;
}

std::string EntryBundlePath(uint64_t index, uint16_t width) {
  std::string path = "tile/entries/";
  AppendIndex(index, &path);
  AppendWidth(width, &path);
  return path;
}

absl::StatusOr<TileResource> ParseTilePath(absl::string_view path) {
  if (!absl::ConsumePrefix(&path, "tile/")) return BadPath("no tile/ in front");
  ASSIGN_OR_RETURN(TileResource resource, ParseKind(&path));
  const size_t mark = path.find(kPartialMark);
  ASSIGN_OR_RETURN(resource.coord.index, ParseIndex(path.substr(0, mark)));
  if (mark != absl::string_view::npos) {
    ASSIGN_OR_RETURN(resource.coord.width,
                     ParseWidth(path.substr(mark + kPartialMark.size())));
  }
  return resource;
}

uint64_t FullTiles(int level, uint64_t tree_size) {
  return LevelHashes(level + 1, tree_size);
}

uint16_t PartialWidth(int level, uint64_t tree_size) {
  return static_cast<uint16_t>(LevelHashes(level, tree_size) % kTileWidth);
}

uint16_t WidthAt(int level, uint64_t index, uint64_t tree_size) {
  const uint64_t full = FullTiles(level, tree_size);
  if (index < full) return kTileWidth;
  return index == full ? PartialWidth(level, tree_size) : 0;
}

std::vector<TileCoord> ChangedTiles(uint64_t old_size, uint64_t new_size) {
  std::vector<TileCoord> tiles;
  for (uint8_t level = 0; level < kTreeLevels; ++level) {
    // A level without a new hash has none above it either.
    if (LevelHashes(level, old_size) == LevelHashes(level, new_size)) break;
    uint64_t index = FullTiles(level, old_size);
    while (const uint16_t width = WidthAt(level, index, new_size)) {
      tiles.push_back({level, index, width});
      ++index;
    }
  }
  return tiles;
}

}  // namespace sightline::tiles
