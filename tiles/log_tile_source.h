// Stored tiles made from served ones: proofs from a LogReader.
//
// Source:  c2sp.org/tlog-tiles.
// Errors:  those of the reader; kNotFound: beyond the tree size.
// Threads: thread-safe when the reader is.
// Cost:    one read and up to 240 node hashes per tile (the mids).
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "tiles/log_reader.h"
#include "tiles/pinned_bytes.h"
#include "tiles/tile_source.h"

namespace sightline::tiles {

class LogTileSource final : public TileSource {
 public:
  // Asks for tiles as wide as a tree of `tree_size` leaves has them, which the
  // log must have published a checkpoint for. `reader` must outlive the source.
  LogTileSource(LogReader* reader, uint64_t tree_size)
      : reader_(reader), tree_size_(tree_size) {}

  absl::StatusOr<PinnedBytes> StoredTile(uint8_t level,
                                         uint64_t index) const override;

 private:
  LogReader* const reader_;
  const uint64_t tree_size_;
};

}  // namespace sightline::tiles
