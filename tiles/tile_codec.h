// The stored form of a tile: its hashes, then a node above each 16 of them.
//
// A proof through a full tile needs a node of each height below 8. From the
// hashes alone that is 247 node hashes; the "mid" hashes, four levels up,
// leave 22.
//
// Source:  docs/formats.md "Stored tile"; served bytes: c2sp.org/tlog-tiles.
// Shapes:  width W in 1..256: W hashes, then floor(W / 16) mids; the i-th mid
//          is the node above hashes [16i, 16i + 16). W follows from the length,
//          since W + floor(W / 16) never repeats. Served bytes are a prefix.
// Units:   sizes in bytes; positions count nodes of a height within the tile.
// Errors:  kDataLoss: no stored tile has that length.
// Threads: pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "merkle/hash.h"

namespace sightline::tiles {

// Height of the mids above the tile's own hashes, and hashes below each.
inline constexpr int kMidHeight = 4;
inline constexpr uint16_t kMidWidth = 16;

// Bytes of a stored tile of `width` hashes: at most 8,704.
constexpr size_t StoredTileSize(uint16_t width) {
  return (width + width / kMidWidth) * merkle::kHashSize;
}

// The width of a stored tile, from the length of its value. 0 for no bytes,
// which is a tile that has not begun.
absl::StatusOr<uint16_t> StoredTileWidth(absl::string_view stored);

// The first `width` hashes, as they are served. kDataLoss when it has fewer.
absl::StatusOr<absl::string_view> ServedTile(absl::string_view stored,
                                             uint16_t width);

// Appends hashes to a stored tile, computing the mids that they complete.
// kInvalidArgument (and `*stored` unchanged) when it would exceed 256 hashes.
absl::Status AppendToTile(absl::Span<const merkle::Hash> hashes,
                          std::string* stored);

// As above with the mids at hand: those of the groups of 16 that `hashes`
// complete. Trusts them. Refuses a wrong number of them.
absl::Status AppendToTile(absl::Span<const merkle::Hash> hashes,
                          absl::Span<const merkle::Hash> mids,
                          std::string* stored);

// Served bytes (W * 32) to stored form. kDataLoss when they are no tile's.
absl::StatusOr<std::string> StoredFromServed(absl::string_view served);

// Re-computes the mids. kDataLoss when a stored one differs: proofs through the
// tile would be wrong although every served byte is right.
absl::Status CheckMids(absl::string_view stored);

// A stored tile whose length has been checked once, for reading many nodes.
// The bytes must outlive it.
class TileView {
 public:
  static absl::StatusOr<TileView> Create(absl::string_view stored);

  TileView() = default;

  uint16_t width() const { return width_; }
  merkle::Hash HashAt(uint16_t i) const { return merkle::HashAt(stored_, i); }

  // Whether the tile holds all of the `position`-th node of `height` (0..8).
  bool Holds(int height, uint64_t position) const {
    return position < static_cast<uint64_t>(width_ >> height);
  }

  // The `position`-th node of `height`: the root over hashes
  // [position << height, (position + 1) << height). At most 7 node hashes up to
  // height 7. REQUIRES: Holds(height, position).
  merkle::Hash Node(int height, uint64_t position) const;

 private:
  absl::string_view stored_;
  uint16_t width_ = 0;
};

// One node of a stored tile. kDataLoss when it does not hold it.
absl::StatusOr<merkle::Hash> NodeInTile(absl::string_view stored, int height,
                                        uint64_t position);

}  // namespace sightline::tiles
