// A log that is read from elsewhere, a mirror's folder for example, over HTTP.
//
// Source:  c2sp.org/tlog-tiles; docs/formats.md "HTTP".
// Shapes:  GET, HEAD and OPTIONS of /checkpoint, /tile/<L>/<N>[.p/<W>] and
//          /tile/entries/<N>[.p/<W>], every width that fits the newest checkpoint:
//          it is cut from what the reader has at that size. Answers are those of
//          tlog_handler.h, header by header.
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
#include "web/tile_answer.h"

namespace sightline::web {

class ReaderHandler final : public Handler {
 public:
  // Both outlive the handler.
  ReaderHandler(tiles::LogReader* reader, telemetry::Diagnostics* diagnostics)
      : reader_(reader), diagnostics_(diagnostics) {}

  void Handle(const Request& request, Reply reply) override;

 private:
  Response Checkpoint(const Request& request) const;
  Response Resource(const Request& request,
                    const tiles::TileResource& resource);
  // What there is without a checkpoint.
  Response Unread(const Request& request, const absl::Status& status) const;
  absl::StatusOr<std::string> Read(const tiles::TileResource& resource,
                                   uint16_t width) const;
  Response Failed(const Request& request, const absl::Status& status) const;

  tiles::LogReader* const reader_;
  telemetry::Diagnostics* const diagnostics_;
  LogTag tag_;
};

}  // namespace sightline::web
