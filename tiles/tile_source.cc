#include "tiles/tile_source.h"

#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tiles/tile.h"
#include "tiles/tile_codec.h"

namespace sightline::tiles {
namespace {

// A tile that is held in memory while its nodes are read.
struct HeldTile {
  uint8_t level;
  uint64_t index;
  PinnedBytes pin;
  TileView view;
};

std::string Name(uint8_t level, uint64_t index) {
  return TilePath({level, index, kTileWidth});
}

absl::StatusOr<HeldTile> Fetch(const TileSource& source, uint8_t level,
                               uint64_t index) {
  absl::StatusOr<PinnedBytes> pin = source.StoredTile(level, index);
  if (!pin.ok()) {
    if (!absl::IsNotFound(pin.status())) return pin.status();
    return absl::DataLossError(absl::StrCat(Name(level, index), ": missing"));
  }
  absl::StatusOr<TileView> view = TileView::Create(pin->bytes());
  if (!view.ok()) return base::Annotate(view.status(), Name(level, index));
  return HeldTile{level, index, *std::move(pin), *view};
}

// The tiles of one ReadNodes call: a handful, so a search beats a map.
class HeldTiles {
 public:
  explicit HeldTiles(const TileSource* source) : source_(source) {}

  absl::StatusOr<const TileView*> Get(uint8_t level, uint64_t index) {
    for (const HeldTile& tile : tiles_) {
      if (tile.level == level && tile.index == index) return &tile.view;
    }
    ASSIGN_OR_RETURN(HeldTile tile, Fetch(*source_, level, index));
    tiles_.push_back(std::move(tile));
    return &tiles_.back().view;
  }

 private:
  const TileSource* const source_;
  absl::InlinedVector<HeldTile, 8> tiles_;
};

}  // namespace

absl::Status TileNodeReader::ReadNodes(absl::Span<const merkle::NodeId> ids,
                                       std::vector<merkle::Hash>* out) const {
  out->clear();
  out->reserve(ids.size());
  HeldTiles tiles(source_);
  for (const merkle::NodeId& id : ids) {
    // A tile has 2^(8 - height) nodes of each height.
    const uint8_t level = id.level / kTileHeight;
    const int height = id.level % kTileHeight;
    const uint64_t index = id.index >> (kTileHeight - height);
    const uint64_t position = id.index % (kTileWidth >> height);
    ASSIGN_OR_RETURN(const TileView* tile, tiles.Get(level, index));
    if (!tile->Holds(height, position)) {
      return absl::DataLossError(
          absl::StrCat(Name(level, index), ": ", int{tile->width()},
                       " hashes, want at least ", (position + 1) << height));
    }
    out->push_back(tile->Node(height, position));
  }
  return absl::OkStatus();
}

}  // namespace sightline::tiles
