// Turns the new nodes of a batch into the stored tiles that it changes.
//
// Source:  c2sp.org/tlog-tiles "Merkle Tree"; tile_codec.h (stored form).
// Errors:  kFailedPrecondition: the batch does not start at size().
//          kDataLoss: the stored partial tiles do not fit the size.
// Threads: thread-compatible; in the server, owned by the sequencer thread.
// Cost:    Build: copies of the changed tiles, no hashing.
// Memory:  the right edge (8 levels of at most 8,704 bytes) and the tiles of
// the
//          largest batch.
//
// Example:
//   ASSIGN_OR_RETURN(TileBuilder builder, TileBuilder::Create(size, source));
//   ASSIGN_OR_RETURN(auto changed, builder.Build(batch));
//   ... write them atomically with the entries and the new size ...
//   builder.Commit();  // only after the write succeeded
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "merkle/batch_tree.h"
#include "tiles/tile.h"
#include "tiles/tile_source.h"

namespace sightline::tiles {

// What the store keeps under (level, index): the width is in the value.
struct StoredTile {
  uint8_t level = 0;
  uint64_t index = 0;
  std::string value;
};

class TileBuilder {
 public:
  // A tree without leaves.
  TileBuilder() = default;

  // Reads the partial tiles at the right edge of the tree of `size` leaves,
  // which must be exactly as wide as that size has them.
  static absl::StatusOr<TileBuilder> Create(uint64_t size,
                                            const TileSource& source);

  // The size that the next batch must start from.
  uint64_t size() const { return size_; }

  // The tiles that `batch` changes, by level, then index, in their whole new
  // value. Valid until the next call of anything. May be called again before
  // Commit: the builder stays where it was.
  absl::StatusOr<absl::Span<const StoredTile>> Build(
      const merkle::BatchTree& batch);

  // Moves on to the size after the batch last built. REQUIRES: Build succeeded.
  void Commit();

 private:
  absl::Status BuildLevel(int level, const merkle::BatchTree& batch);
  StoredTile* NextTile(int level, uint64_t index);

  uint64_t size_ = 0;
  uint64_t built_size_ = 0;
  // The stored partial tile of each level; empty where PartialWidth is 0.
  std::array<std::string, kTreeLevels> edge_;
  // The first changed_count_ are the last Build's; the rest keep their memory.
  std::vector<StoredTile> changed_;
  size_t changed_count_ = 0;
};

}  // namespace sightline::tiles
