// Reads tiles for a check, and folds their hashes.
//
// Source:  c2sp.org/tlog-tiles; tiles/tile_codec.h (stored form).
// Errors:  what a log may be blamed for (a tile that is missing, too narrow or
//          unreadable) is a problem; what may be the way to it is a Status.
// Threads: TileFetcher is thread-safe; the functions are pure.
// Cost:    FoldTile: one node hash per hash of the tile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "merkle/hash.h"
#include "monitor/problem.h"
#include "tiles/log_reader.h"
#include "tiles/tile_source.h"

namespace sightline::monitor {

// Whether `status` tells of the log (missing, cut short, damaged) rather than of
// the way to it (unreachable, refused, cancelled).
bool IsAboutTheLog(const absl::Status& status);

// What a tile hashes to.
struct TileFold {
  // The roots of the perfect subtrees, largest first: one for a full tile.
  std::vector<merkle::Hash> edge;
  // The nodes above each complete group of 16 hashes.
  std::vector<merkle::Hash> mids;
};

// REQUIRES: 1..256 hashes.
TileFold FoldTile(absl::Span<const merkle::Hash> hashes);

// A tile as it was read.
struct FetchedTile {
  std::vector<merkle::Hash> hashes;
  uint16_t stored_width = 0;  // of the whole tile, when it is a stored one
  std::string mids;  // as stored; empty when only served tiles are at hand
};

class TileFetcher {
 public:
  // Reads from `stored` when it is given, else from `log`. When both are null
  // there are no tiles, and Fetch gives nothing. The arguments outlive this.
  TileFetcher(tiles::LogReader* log, const tiles::TileSource* stored,
              ProblemLog* problems)
      : log_(log), stored_(stored), problems_(problems) {}

  bool has_tiles() const { return log_ != nullptr || stored_ != nullptr; }

  // Nothing when the tile is missing, which has then been reported.
  absl::StatusOr<std::optional<FetchedTile>> Fetch(uint8_t level,
                                                   uint64_t index,
                                                   uint16_t width) const;

  // Whether the tile is there and has at least `width` hashes. Reports nothing.
  absl::StatusOr<bool> Holds(uint8_t level, uint64_t index,
                             uint16_t width) const;

  // Reports stored mids that are not those of `fold`.
  void CheckMids(uint8_t level, uint64_t index, const TileFold& fold,
                 absl::string_view mids) const;

 private:
  absl::StatusOr<FetchedTile> Read(uint8_t level, uint64_t index,
                                   uint16_t width) const;
  absl::StatusOr<FetchedTile> ReadServed(uint8_t level, uint64_t index,
                                         uint16_t width) const;
  absl::StatusOr<FetchedTile> ReadStored(uint8_t level, uint64_t index,
                                         uint16_t width) const;

  tiles::LogReader* const log_;
  const tiles::TileSource* const stored_;
  ProblemLog* const problems_;
};

// "tile 0/17".
std::string TileName(uint8_t level, uint64_t index);

}  // namespace sightline::monitor
