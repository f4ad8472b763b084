// A log followed by its files: checkpoint, tiles and bundles at an HTTP address or
// in a folder.
//
// Source:  c2sp.org/tlog-tiles.
// Errors:  log_feed.h.
// Threads: one, except Stop.
//
// The checkpoint is looked at each time; entries are not proven here: their
// hashes must lead to its root, which the monitor computes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/backoff.h"
#include "monitor/log_feed.h"
#include "tiles/log_reader.h"

namespace sightline::monitor {

class TileFeed final : public LogFeed {
 public:
  // `reader` outlives the feed.
  explicit TileFeed(tiles::LogReader* reader) : reader_(reader) {}

  absl::StatusOr<std::optional<Step>> Next(uint64_t from,
                                           absl::Duration patience,
                                           const Visitor& visit) override;
  bool proves() const override { return false; }
  absl::StatusOr<std::string> ReadEntry(uint64_t index) override;
  absl::StatusOr<Prefix> ReadPrefix(uint64_t size,
                                    const std::string& newer) override;
  void Stop() override { pause_.Cancel(); }

 private:
  tiles::LogReader* const reader_;
  client::Pause pause_;
  std::string last_;       // the note of the last step
  uint64_t last_end_ = 0;  // its tree size
};

// How the first `size` leaves lie in a tree of `tree_size`, read from tiles.
absl::StatusOr<checkpoint::PrefixProof> PrefixFromTiles(
    tiles::LogReader* reader, uint64_t size, uint64_t tree_size);

}  // namespace sightline::monitor
