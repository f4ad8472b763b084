// What some headers of a request ask for.
//
// Source:  RFC 9110 s12.5.3 (Accept-Encoding), s13.1.2 (If-None-Match).
// Threads: pure; any thread.
#pragma once

#include "absl/strings/string_view.h"

namespace sightline::web {

// Whether an Accept-Encoding header accepts gzip: named (or "*") with a weight
// that is not zero.
bool AcceptsGzip(absl::string_view accept_encoding);

// Whether an If-None-Match header names `etag` (with its quotes), weakly
// compared, or is "*".
bool NamesETag(absl::string_view if_none_match, absl::string_view etag);

}  // namespace sightline::web
