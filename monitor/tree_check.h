// Checks that tiles of every level are made of those below, up to the signed
// root, and finds out which of two that disagree is the damaged one.
//
// Source:  RFC 6962 s2.1; c2sp.org/tlog-tiles "Merkle Tree".
// Threads: thread-compatible; tiles of level 0 come in order.
// Cost:    level 0 is folded by the caller; above it 1/256 of that.
// Memory:  O(log tree_size) tiles.
//
// Every tile has two hashes: of its bytes as they are ("stored") and of what
// they should be by what lies below ("believed"). Where the two differ, the
// tile above says which of them was signed: the stored one, then what lies below
// is damaged; the believed one, then the tile is. The checkpoint says it of the
// right edge.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "merkle/hash.h"
#include "monitor/problem.h"
#include "monitor/tile_check.h"
#include "tiles/tile.h"

namespace sightline::monitor {

// A position of a tile that is not what lies below it.
struct Suspect {
  uint8_t level = 0;
  uint64_t index = 0;     // of the tile
  uint16_t position = 0;  // in the tile
  merkle::Hash stored;
  merkle::Hash believed;
};

// A tile after its own check. The edges are those of TileFold.
struct CheckedTile {
  uint16_t width = 0;
  std::vector<merkle::Hash> stored_edge;
  std::vector<merkle::Hash> believed_edge;
  std::vector<Suspect> suspects;
};

// Compares a tile as stored with what it should hold. `tile` may be null: then
// what should be there is taken.
CheckedTile CheckTile(uint8_t level, uint64_t index, const FetchedTile* tile,
                      absl::Span<const merkle::Hash> believed,
                      const TileFetcher& fetcher);

class TreeCheck {
 public:
  // The arguments outlive this.
  TreeCheck(const TileFetcher* fetcher, ProblemLog* problems)
      : fetcher_(fetcher), problems_(problems) {}

  // Takes the next tile of level 0.
  absl::Status Add(CheckedTile tile) { return AddAt(0, std::move(tile)); }

  // Checks the right edge. REQUIRES: every tile of level 0 was added. Returns the
  // root hash that the entries lead to.
  absl::StatusOr<merkle::Hash> Finish(const merkle::Hash& signed_root);

  // How many tiles were checked, of all levels.
  uint64_t tiles() const { return tiles_; }

 private:
  // A full tile as the position of the tile above it.
  struct Child {
    merkle::Hash stored;
    merkle::Hash believed;
    std::vector<Suspect> suspects;
  };

  absl::Status AddAt(uint8_t level, CheckedTile tile);
  // Makes the next tile of `level` from its children.
  absl::StatusOr<CheckedTile> Close(uint8_t level);
  // What position `position` of `tile` should hold, after the blame for what is
  // wrong below has been found.
  merkle::Hash Resolve(Child* child, const merkle::Hash* above);
  merkle::Hash EdgeRoot(bool stored) const;

  void BlameTiles(const std::vector<Suspect>& suspects);
  void BlameBelow(const std::vector<Suspect>& suspects);

  const TileFetcher* const fetcher_;
  ProblemLog* const problems_;
  uint64_t tiles_ = 0;
  std::array<std::vector<Child>, tiles::kTreeLevels + 1> children_;
  std::array<uint64_t, tiles::kTreeLevels + 1> next_index_ = {};
  std::array<std::optional<CheckedTile>, tiles::kTreeLevels + 1> partial_;
};

}  // namespace sightline::monitor
