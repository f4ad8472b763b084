// Where stored tiles come from, and perfect nodes read out of them.
//
// Source:  tile_codec.h (stored form).
// Errors:  kDataLoss: a tile that the asked nodes need is missing or too
// narrow. Threads: thread-safe. Cost:    one StoredTile call per distinct tile
// of a ReadNodes call.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "merkle/geometry.h"
#include "merkle/hash.h"
#include "tiles/log_reader.h"
#include "tiles/pinned_bytes.h"

namespace sightline::tiles {

class TileSource {
 public:
  virtual ~TileSource() = default;

  // The stored value of a tile at its present width (tile_codec.h). kNotFound
  // when there is none. Implementations are thread-safe.
  virtual absl::StatusOr<PinnedBytes> StoredTile(uint8_t level,
                                                 uint64_t index) const = 0;
};

// Reads nodes out of stored tiles, each tile once per call.
class TileNodeReader final : public NodeReader {
 public:
  // `source` must outlive the reader.
  explicit TileNodeReader(const TileSource* source) : source_(source) {}

  absl::Status ReadNodes(absl::Span<const merkle::NodeId> ids,
                         std::vector<merkle::Hash>* out) const override;

 private:
  const TileSource* const source_;
};

}  // namespace sightline::tiles
