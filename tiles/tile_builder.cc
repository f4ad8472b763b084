#include "tiles/tile_builder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "merkle/hash.h"
#include "tiles/pinned_bytes.h"
#include "tiles/tile_codec.h"

namespace sightline::tiles {

using ::sightline::merkle::Hash;

absl::StatusOr<TileBuilder> TileBuilder::Create(uint64_t size,
                                                const TileSource& source) {
  TileBuilder builder;
  builder.size_ = builder.built_size_ = size;
  for (uint8_t level = 0; level < kTreeLevels; ++level) {
    const TileCoord coord{level, FullTiles(level, size),
                          PartialWidth(level, size)};
    if (coord.width == 0) continue;
    const absl::StatusOr<PinnedBytes> stored =
        source.StoredTile(level, coord.index);
    if (absl::IsNotFound(stored.status())) {
      return absl::DataLossError(absl::StrCat(TilePath(coord), ": missing"));
    }
    RETURN_IF_ERROR(stored.status());
    if (stored->bytes().size() != StoredTileSize(coord.width)) {
      return absl::DataLossError(
          absl::StrCat(TilePath(coord), ": ", stored->bytes().size(),
                       " stored bytes, want ", StoredTileSize(coord.width)));
    }
    builder.edge_[level] = std::string(stored->bytes());
  }
  return builder;
}

absl::StatusOr<absl::Span<const StoredTile>> TileBuilder::Build(
    const merkle::BatchTree& batch) {
  if (batch.old_size() != size_) {
    return absl::FailedPreconditionError(absl::StrCat(
        "batch starts at size ", batch.old_size(), ", tiles end at ", size_));
  }
  changed_count_ = 0;
  built_size_ = batch.new_size();
  for (int level = 0; level < kTreeLevels; ++level) {
    RETURN_IF_ERROR(BuildLevel(level, batch));
  }
  return absl::MakeConstSpan(changed_).first(changed_count_);
}

absl::Status TileBuilder::BuildLevel(int level,
                                     const merkle::BatchTree& batch) {
  absl::Span<const Hash> hashes = batch.NewNodes(kTileHeight * level);
  absl::Span<const Hash> mids =
      batch.NewNodes(kTileHeight * level + kMidHeight);
  uint64_t index = FullTiles(level, size_);
  size_t width = PartialWidth(level, size_);
  while (!hashes.empty()) {
    const size_t taken = std::min(kTileWidth - width, hashes.size());
    const size_t groups = (width + taken) / kMidWidth - width / kMidWidth;
    StoredTile* const tile = NextTile(level, index);
    // The partial tile of the batch before goes on; every other begins empty.
    if (width > 0) tile->value = edge_[level];
    RETURN_IF_ERROR(
        AppendToTile(hashes.first(taken), mids.first(groups), &tile->value));
    hashes.remove_prefix(taken);
    mids.remove_prefix(groups);
    ++index;
    width = 0;
  }
  return absl::OkStatus();
}

StoredTile* TileBuilder::NextTile(int level, uint64_t index) {
  if (changed_count_ == changed_.size()) changed_.emplace_back();
  StoredTile* const tile = &changed_[changed_count_++];
  tile->level = static_cast<uint8_t>(level);
  tile->index = index;
  tile->value.clear();
  return tile;
}

void TileBuilder::Commit() {
  size_ = built_size_;
  for (int level = 0; level < kTreeLevels; ++level) {
    if (PartialWidth(level, size_) == 0) edge_[level].clear();
  }
  for (size_t i = 0; i < changed_count_; ++i) {
    StoredTile& tile = changed_[i];
    if (tile.index == FullTiles(tile.level, size_)) {
      edge_[tile.level].swap(tile.value);
    }
  }
  changed_count_ = 0;
}

}  // namespace sightline::tiles
