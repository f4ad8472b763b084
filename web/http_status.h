// The HTTP status of a failed call: the one place that maps them.
//
// Source:  docs/formats.md "HTTP".
// Threads: pure; any thread.
#pragma once

#include "absl/status/status.h"
#include "web/http_message.h"

namespace sightline::web {

// What a client sees of a failure. Only what a client can act on is told:
// kDataLoss, kInternal and the like say no more than that the server failed.
Response FailureResponse(const absl::Status& status);

}  // namespace sightline::web
