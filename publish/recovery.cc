#include "publish/recovery.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "merkle/hash.h"
#include "tiles/proof_builder.h"
#include "tiles/tile.h"
#include "tiles/tile_codec.h"

namespace sightline::publish {
namespace {

// Each hash above level 0 at the right edge is the root of a full tile below it.
absl::Status CheckParents(const storage::LogStore& store, uint64_t tree_size) {
  for (uint8_t level = 1; level < tiles::kTreeLevels; ++level) {
    const uint64_t children = tiles::FullTiles(level - 1, tree_size);
    if (children == 0) return absl::OkStatus();
    const uint64_t last = children - 1;
    ASSIGN_OR_RETURN(const tiles::PinnedBytes parent,
                     store.StoredTile(level, last / tiles::kTileWidth));
    ASSIGN_OR_RETURN(const tiles::PinnedBytes child,
                     store.StoredTile(level - 1, last));
    ASSIGN_OR_RETURN(const tiles::TileView above,
                     tiles::TileView::Create(parent.bytes()));
    ASSIGN_OR_RETURN(const tiles::TileView below,
                     tiles::TileView::Create(child.bytes()));
    const uint16_t position = static_cast<uint16_t>(last % tiles::kTileWidth);
    if (above.width() <= position || below.width() != tiles::kTileWidth ||
        above.HashAt(position) != below.Node(tiles::kTileHeight, 0)) {
      return absl::DataLossError(absl::StrCat(
          "tile ",
          tiles::TilePath({static_cast<uint8_t>(level - 1), last, 256}),
          " does not hash to what level ", level, " holds for it"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNewestEntries(const storage::LogStore& store,
                                uint64_t tree_size) {
  const uint64_t bundle = (tree_size - 1) / tiles::kTileWidth;
  ASSIGN_OR_RETURN(const tiles::PinnedBytes stored,
                   store.StoredTile(0, bundle));
  ASSIGN_OR_RETURN(const tiles::TileView tile,
                   tiles::TileView::Create(stored.bytes()));
  const uint64_t begin = bundle * tiles::kTileWidth;
  if (tile.width() != tree_size - begin) {
    return absl::DataLossError(absl::StrCat("the newest tile holds ",
                                            tile.width(), " hashes, want ",
                                            tree_size - begin));
  }
  absl::Status wrong;
  RETURN_IF_ERROR(store.ReadEntries(
      begin, tree_size, [&](uint64_t index, absl::string_view entry) {
        if (merkle::LeafHash(entry) !=
            tile.HashAt(static_cast<uint16_t>(index - begin))) {
          wrong = absl::DataLossError(absl::StrCat(
              "entry ", index, " does not hash to what its tile holds"));
        }
        return wrong.ok();
      }));
  return wrong;
}

absl::Status CheckNewestCheckpoint(const storage::LogStore& store,
                                   const storage::TreeState& state,
                                   const checkpoint::LogKeySet& keys) {
  ASSIGN_OR_RETURN(const std::string note, store.ReadNewestCheckpoint());
  const absl::StatusOr<checkpoint::OpenedCheckpoint> opened =
      keys.OpenCheckpoint(note);
  if (!opened.ok()) {
    return absl::DataLossError(
        absl::StrCat("the newest checkpoint: ", opened.status().message()));
  }
  const checkpoint::Checkpoint& tree = opened->checkpoint;
  if (tree.tree_size != state.tree_size || tree.root_hash != state.root_hash) {
    return absl::DataLossError(absl::StrCat(
        "the newest checkpoint is of size ", tree.tree_size,
        ", the tree of size ", state.tree_size,
        tree.tree_size == state.tree_size ? " with another root" : ""));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRightEdge(const storage::LogStore& store,
                            const checkpoint::LogKeySet& keys) {
  ASSIGN_OR_RETURN(const storage::TreeState state, store.ReadTreeState());
  if (state.tree_size == 0) return absl::OkStatus();
  const tiles::ProofBuilder proofs(&store);
  ASSIGN_OR_RETURN(const merkle::Hash root, proofs.Root(state.tree_size));
  if (root != state.root_hash) {
    return absl::DataLossError(
        absl::StrCat("the tiles of ", state.tree_size,
                     " entries give another root than the"
                     " one stored with them"));
  }
  RETURN_IF_ERROR(CheckParents(store, state.tree_size));
  RETURN_IF_ERROR(CheckNewestEntries(store, state.tree_size));
  return CheckNewestCheckpoint(store, state, keys);
}

}  // namespace sightline::publish
