// What a TLS client of ours insists on, for HTTP libraries that leave it to their
// users.
//
// Source:  RFC 9325 s3.1.1; RFC 6125.
// Shapes:  a host is a DNS name, or an IP address without brackets.
// Errors:  kInvalidArgument: no such host; kInternal: OpenSSL.
// Threads: of one context, one thread.
#pragma once

#include <string>

#include "absl/status/status.h"

struct ssl_ctx_st;

namespace sightline::crypto {

// Connections that are made from `context`, OpenSSL's SSL_CTX, speak TLS 1.2 or
// later, and their verification asks for a certificate of `host`. Whether it is
// verified at all, and against whom, is not changed.
absl::Status RequireHost(ssl_ctx_st* context, const std::string& host);

// What is wrong with a certificate, from SSL_get_verify_result: "certificate has
// expired".
std::string VerifyResultText(long result);

}  // namespace sightline::crypto
