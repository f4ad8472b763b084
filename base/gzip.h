// Gzip, for bytes that travel over HTTP.
//
// Source:  RFC 1952.
// Shapes:  one member; Decompress takes several, one after the other.
// Units:   sizes are bytes.
// Errors:  kInvalidArgument: not gzip, cut short, or bytes left over;
//          kResourceExhausted: more than the caller can use.
// Threads: pure; any thread.
// Cost:    Compress at the fastest level: about 10 ns a byte.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::base {

std::string GzipCompress(absl::string_view bytes);

// Stops before it would hold more than `most_bytes`.
absl::StatusOr<std::string> GzipDecompress(absl::string_view gzip,
                                           size_t most_bytes);

}  // namespace sightline::base
