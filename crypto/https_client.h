// TLS as ours insists on it, for a client of cpp-httplib, whose own checks ask for
// no version and take an address for no host.
//
// Source:  tls_client.h.
// Shapes:  `host` as RequireHost has it; `ca_file`: PEM, "": the machine's
//          authorities.
// Errors:  RequireTls: kInternal: no TLS for this address; those of RequireHost.
// Threads: of one client, one thread.
#pragma once

#include <httplib.h>

#include <string>

#include "absl/status/status.h"

namespace sightline::crypto {

// REQUIRES: `client` was made for an https:// address, and has not connected.
absl::Status RequireTls(const std::string& host, const std::string& ca_file,
                        httplib::Client* client);

// Why a request came to nothing; of a certificate, what is wrong with it.
std::string FailureText(const httplib::Client& client, httplib::Error error);

}  // namespace sightline::crypto
