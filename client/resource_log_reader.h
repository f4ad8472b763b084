// A log read from its files: tiles::LogReader over a folder or an HTTP address.
//
// Source:  c2sp.org/tlog-tiles "Partial Tiles": a client falls back to the full
//          tile when the partial one is gone.
// Errors:  those of tiles/log_reader.h; kDataLoss: not as many bytes, or entries,
//          as the path says.
// Threads: thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "client/resources.h"
#include "tiles/log_reader.h"

namespace sightline::client {

class ResourceLogReader final : public tiles::LogReader {
 public:
  // `resources` outlive the reader.
  explicit ResourceLogReader(Resources* resources) : resources_(resources) {}

  absl::StatusOr<std::string> ReadTile(uint8_t level, uint64_t index,
                                       uint16_t width) override;
  absl::StatusOr<std::string> ReadEntryBundle(uint64_t index,
                                              uint16_t width) override;
  absl::StatusOr<std::string> ReadCheckpoint() override;

 private:
  Resources* const resources_;
};

}  // namespace sightline::client
