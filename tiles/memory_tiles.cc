#include "tiles/memory_tiles.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "tiles/entry_bundle.h"
#include "tiles/tile_codec.h"

namespace sightline::tiles {
namespace {

using ::sightline::merkle::Hash;

constexpr size_t kFull = 256;

// The roots of the full tiles over a level's hashes: the level above.
std::vector<Hash> NextLevel(const std::vector<Hash>& hashes) {
  std::vector<Hash> row(hashes.begin(),
                        hashes.begin() + hashes.size() / kFull * kFull);
  for (int height = 0; height < 8; ++height) {
    std::vector<Hash> above;
    for (size_t i = 0; i + 1 < row.size(); i += 2) {
      above.push_back(merkle::NodeHash(row[i], row[i + 1]));
    }
    row = std::move(above);
  }
  return row;
}

}  // namespace

MemoryTiles MemoryTiles::FromEntries(std::vector<std::string> entries) {
  std::vector<Hash> hashes;
  for (const std::string& entry : entries) {
    hashes.push_back(merkle::LeafHash(entry));
  }
  MemoryTiles tiles = FromLeafHashes(std::move(hashes));
  tiles.entries_ = std::move(entries);
  return tiles;
}

MemoryTiles MemoryTiles::FromLeafHashes(std::vector<Hash> leaf_hashes) {
  MemoryTiles tiles;
  std::vector<Hash> hashes = std::move(leaf_hashes);
  for (uint8_t level = 0; !hashes.empty(); ++level) {
    for (size_t first = 0; first < hashes.size(); first += kFull) {
      const size_t width = std::min(kFull, hashes.size() - first);
      // Cannot fail: at most 256 hashes into an empty tile.
      AppendToTile(absl::MakeConstSpan(hashes).subspan(first, width),
                   &tiles.Tile(level, first / kFull))
          .IgnoreError();
    }
    hashes = NextLevel(hashes);
  }
  return tiles;
}

absl::StatusOr<std::string> MemoryTiles::ReadTile(uint8_t level, uint64_t index,
                                                  uint16_t width) {
  ASSIGN_OR_RETURN(const PinnedBytes stored, StoredTile(level, index));
  const absl::StatusOr<absl::string_view> served =
      ServedTile(stored.bytes(), width);
  if (!served.ok()) return absl::NotFoundError(served.status().message());
  return std::string(*served);
}

absl::StatusOr<std::string> MemoryTiles::ReadEntryBundle(uint64_t index,
                                                         uint16_t width) {
  const uint64_t first = index * kFull;
  if (first + width > entries_.size()) {
    return absl::NotFoundError(absl::StrCat("no entry bundle ", index));
  }
  std::string bundle;
  for (uint64_t i = first; i < first + width; ++i) {
    RETURN_IF_ERROR(AppendEntry(entries_[i], &bundle));
  }
  return bundle;
}

absl::StatusOr<std::string> MemoryTiles::ReadCheckpoint() {
  if (checkpoint_.empty()) return absl::NotFoundError("no checkpoint");
  return checkpoint_;
}

absl::StatusOr<PinnedBytes> MemoryTiles::StoredTile(uint8_t level,
                                                    uint64_t index) const {
  ++reads_;
  const auto found = tiles_.find({level, index});
  if (found == tiles_.end()) {
    return absl::NotFoundError(
        absl::StrCat("no tile ", int{level}, "/", index));
  }
  return PinnedBytes::Unowned(found->second);
}

}  // namespace sightline::tiles
