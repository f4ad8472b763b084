#include "tiles/log_tile_source.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "merkle/hash.h"
#include "tiles/tile.h"
#include "tiles/tile_codec.h"

namespace sightline::tiles {

absl::StatusOr<PinnedBytes> LogTileSource::StoredTile(uint8_t level,
                                                      uint64_t index) const {
  const TileCoord coord{level, index, WidthAt(level, index, tree_size_)};
  if (coord.width == 0) {
    return absl::NotFoundError(absl::StrCat("no tile ", int{level}, "/", index,
                                            " in a tree of ", tree_size_));
  }
  ASSIGN_OR_RETURN(const std::string served,
                   reader_->ReadTile(level, index, coord.width));
  const size_t want = coord.width * merkle::kHashSize;
  if (served.size() != want) {
    return absl::DataLossError(absl::StrCat(
        TilePath(coord), ": ", served.size(), " bytes, want ", want));
  }
  ASSIGN_OR_RETURN(std::string stored, StoredFromServed(served));
  return PinnedBytes::FromString(std::move(stored));
}

}  // namespace sightline::tiles
