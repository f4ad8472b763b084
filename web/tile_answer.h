// What a checkpoint, a tile and an entry bundle answer with, wherever they are read
// from: methods, types, caching, ETags, gzip.
//
// Source:  c2sp.org/tlog-tiles; docs/formats.md "HTTP".
// Shapes:  a resource's name, in ETags, is "<first 6 bytes of leaf hash 0, hex>/
//          <path>": its bytes follow from log and path, so they are not read to
//          know that the client has them.
// Threads: thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "telemetry/diagnostics.h"
#include "tiles/pinned_bytes.h"
#include "tiles/tile.h"
#include "web/http_message.h"

namespace sightline::web {

// Asks for what the path names, when the method is GET or HEAD; answers all else
// itself: OPTIONS, 404, 405.
Response AnswerTilePath(
    const Request& request, absl::FunctionRef<Response()> checkpoint,
    absl::FunctionRef<Response(const tiles::TileResource&)> resource);

// 404, not to be kept: it may be there in a second.
Response NotThere(absl::string_view why);

// 500 or 503, told to the diagnostics: what is asked for is in the tree, so it must
// be there.
Response ReadFailed(const Request& request, const absl::Status& status,
                    telemetry::Diagnostics* diagnostics);

Response CheckpointAnswer(const Request& request, const std::string& note);

// What tells a log from another under the same address. Read once.
class LogTag {
 public:
  // `first_tile` gives bytes that begin with leaf hash 0.
  absl::StatusOr<std::string> Get(
      absl::FunctionRef<absl::StatusOr<std::string>()> first_tile)
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  base::Mutex mutex_;
  std::string tag_ ABSL_GUARDED_BY(mutex_);
};

std::string ResourceName(absl::string_view log_tag,
                         const tiles::TileResource& resource);

// 304, when the client has it.
std::optional<Response> NotModified(const Request& request,
                                    const tiles::TileResource& resource,
                                    absl::string_view name);

Response TileAnswer(tiles::PinnedBytes tile, absl::string_view name);
// Compressed where that is accepted.
Response BundleAnswer(const Request& request, std::string bundle,
                      absl::string_view name);

}  // namespace sightline::web
