// A log in memory, built from its entries: LogReader and TileSource for tests.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "merkle/hash.h"
#include "tiles/log_reader.h"
#include "tiles/pinned_bytes.h"
#include "tiles/tile_source.h"

namespace sightline::tiles {

class MemoryTiles final : public LogReader, public TileSource {
 public:
  MemoryTiles() = default;

  // Hashes tiles straight from their definition, level by level; shares no code
  // with TileBuilder.
  static MemoryTiles FromEntries(std::vector<std::string> entries);
  // As above, without entry bundles.
  static MemoryTiles FromLeafHashes(std::vector<merkle::Hash> leaf_hashes);

  void SetCheckpoint(std::string note) { checkpoint_ = std::move(note); }

  // The stored tile of (level, index), to be damaged; creates it when absent.
  std::string& Tile(uint8_t level, uint64_t index) {
    return tiles_[{level, index}];
  }
  void EraseTile(uint8_t level, uint64_t index) {
    tiles_.erase({level, index});
  }
  std::string& Entry(uint64_t index) { return entries_[index]; }
  const std::map<std::pair<uint8_t, uint64_t>, std::string>& tiles() const {
    return tiles_;
  }

  // How often StoredTile and ReadTile were called.
  uint64_t reads() const { return reads_; }

  absl::StatusOr<std::string> ReadTile(uint8_t level, uint64_t index,
                                       uint16_t width) override;
  absl::StatusOr<std::string> ReadEntryBundle(uint64_t index,
                                              uint16_t width) override;
  absl::StatusOr<std::string> ReadCheckpoint() override;
  absl::StatusOr<PinnedBytes> StoredTile(uint8_t level,
                                         uint64_t index) const override;

 private:
  std::vector<std::string> entries_;
  std::map<std::pair<uint8_t, uint64_t>, std::string> tiles_;
  std::string checkpoint_;
  mutable uint64_t reads_ = 0;
};

}  // namespace sightline::tiles
