// Transport over HTTP and HTTPS, one kept connection for each URL. By
// cpp-httplib.
//
// Shapes:  http://host[:port]/path, https://host[:port]/path; replies of at
//          most 64 KiB; no redirects. Over HTTPS: TLS 1.2 or later, to a
//          certificate of that host alone; a reply has its length.
// Errors:  kUnavailable: no answer, and why, also that a certificate does not
//          verify: witnesses are asked again in any case.
// Threads: thread-safe; calls of one URL wait for each other.
#pragma once

#include <memory>
#include <string>

#include "witness/transport.h"

namespace sightline::witness {

// Certificates are verified against the PEM authorities in `ca_file`, which is
// read when a connection is first made, or, when that is "", against those that
// the machine trusts.
std::unique_ptr<Transport> MakeHttpTransport(const std::string& ca_file = "");

// Whether MakeHttpTransport's can ask there.
absl::Status CheckUrl(const std::string& url);

}  // namespace sightline::witness
