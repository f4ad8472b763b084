// A log that is read from elsewhere, a mirror's folder for example, over HTTP.
//
// Source:  c2sp.org/tlog-tiles; docs/formats.md "HTTP".
// Shapes:  GET and HEAD of /checkpoint, /tile/<L>/<N>[.p/<W>] and
//          /tile/entries/<N>[.p/<W>], every width that fits the newest checkpoint:
//          it is cut from what the reader has at that size.
// Errors:  404: another path, or beyond the tree; 405: another method; 500, 503:
//          the reader fails (told to the diagnostics).
// Threads: thread-safe when the reader is.
// Cost:    the checkpoint is read for each request; a tile or bundle is copied.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "telemetry/diagnostics.h"
#include "tiles/log_reader.h"
#include "tiles/tile.h"
#include "web/handler.h"

namespace sightline::web {

class ReaderHandler final : public Handler {
 public:
  // Both outlive the handler.
  ReaderHandler(tiles::LogReader* reader, telemetry::Diagnostics* diagnostics)
      : reader_(reader), diagnostics_(diagnostics) {}

  void Handle(const Request& request, Reply reply) override;

 private:
  Response Answer(const Request& request) const;
  Response Resource(const Request& request, const tiles::TileResource& resource,
                    const std::string& note) const;
  absl::StatusOr<std::string> Read(const tiles::TileResource& resource,
                                   uint16_t width) const;
  Response Failed(const Request& request, const absl::Status& status) const;

  tiles::LogReader* const reader_;
  telemetry::Diagnostics* const diagnostics_;
};

}  // namespace sightline::web
