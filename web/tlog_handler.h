// A log over HTTP as other people's clients read it: checkpoint, tiles and entry
// bundles.
//
// Source:  c2sp.org/tlog-tiles; docs/formats.md "HTTP".
// Shapes:  GET, HEAD and OPTIONS of
//            /checkpoint
//            /tile/<L>/<N>[.p/<W>]
//            /tile/entries/<N>[.p/<W>]
//          Every width that fits the published tree is served, whether or not a
//          checkpoint of that size was published: it is cut from what is stored.
//          A tile's ETag names the log and the path: its bytes never change.
// Errors:  404: another path or spelling, or beyond the published tree; 405:
//          another method; 503: the store is busy; 500: it disagrees with itself
//          (told to the diagnostics).
// Threads: thread-safe.
// Cost:    a tile: one point read, no copy. A bundle: 256 entries read and packed;
//          gzip, where asked for, about 10 ns a byte.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "publish/publisher.h"
#include "storage/log_store.h"
#include "telemetry/diagnostics.h"
#include "tiles/tile.h"
#include "web/handler.h"
#include "web/tile_answer.h"

namespace sightline::web {

class TlogHandler final : public Handler {
 public:
  // What the world may see now; never null.
  using Published =
      std::function<std::shared_ptr<const publish::PublishedTree>()>;

  // Pointers outlive the handler.
  TlogHandler(Published published, const storage::LogStore* store,
              telemetry::Diagnostics* diagnostics)
      : published_(std::move(published)),
        store_(store),
        diagnostics_(diagnostics) {}

  void Handle(const Request& request, Reply reply) override;

 private:
  Response Checkpoint(const Request& request) const;
  Response Resource(const Request& request,
                    const tiles::TileResource& resource);
  Response Tile(const Request& request, const tiles::TileCoord& coord,
                absl::string_view name) const;
  Response Bundle(const Request& request, const tiles::TileCoord& coord,
                  absl::string_view name) const;
  Response Failed(const Request& request, const absl::Status& status) const;
  absl::StatusOr<std::string> FirstTile() const;

  const Published published_;
  const storage::LogStore* const store_;
  telemetry::Diagnostics* const diagnostics_;
  LogTag tag_;
};

}  // namespace sightline::web
