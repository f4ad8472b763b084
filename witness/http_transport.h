// Transport over HTTP and HTTPS, one kept connection for each URL. By
// cpp-httplib; certificates are checked against the system's authorities.
//
// Shapes:  http://host[:port]/path, https://host[:port]/path; replies of at
//          most 64 KiB; no redirects.
// Threads: thread-safe; calls of one URL wait for each other.
#pragma once

#include <memory>

#include "witness/transport.h"

namespace sightline::witness {

std::unique_ptr<Transport> MakeHttpTransport();

// Whether MakeHttpTransport's can ask there.
absl::Status CheckUrl(const std::string& url);

}  // namespace sightline::witness
