// What some headers of a request ask for, and what its target says.
//
// Source:  RFC 9110 s12.5.3 (Accept-Encoding), s13.1.2 (If-None-Match); RFC 3986
//          s2.1 (percent-encoding).
// Threads: pure; any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::web {

// Whether an Accept-Encoding header accepts gzip: named (or "*") with a weight
// that is not zero.
bool AcceptsGzip(absl::string_view accept_encoding);

// Whether an If-None-Match header names `etag` (with its quotes), weakly
// compared, or is "*".
bool NamesETag(absl::string_view if_none_match, absl::string_view etag);

// The bytes that "%41" and the like stand for. kInvalidArgument: a malformed
// escape.
absl::StatusOr<std::string> PercentDecoded(absl::string_view text);

}  // namespace sightline::web
