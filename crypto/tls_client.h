// The client's end of TLS, without a socket (tls_session.h); and what such a
// client insists on, for HTTP libraries that leave it to their users.
//
// Source:  RFC 9325 s3.1.1; RFC 6125; RFC 6066 s3 (server_name); RFC 7301,
//          "http/1.1".
// Shapes:  a host is a DNS name, or an IP address without brackets. Authorities
//          are PEM certificates, one or more; or "": those that the machine trusts.
// Errors:  kInvalidArgument: no such host, no certificate, no such file;
//          kInternal: OpenSSL.
// Threads: TlsClient: immutable, any thread. RequireHost: of one context, one
//          thread.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/tls_session.h"

struct ssl_ctx_st;

namespace sightline::crypto {

class TlsClient {
 public:
  // Sessions with `host` alone, by TLS 1.2 or later.
  static absl::StatusOr<std::shared_ptr<const TlsClient>> Create(
      const std::string& host, absl::string_view authorities_pem);

  virtual ~TlsClient() = default;

  // A session for a new connection; it may outlive the client. It is established
  // only with who has a certificate of the host from one of the authorities.
  virtual absl::StatusOr<std::unique_ptr<TlsSession>> Connect() const = 0;
};

// Reads a file of authorities, which must be certificates.
absl::StatusOr<std::string> ReadAuthorities(const std::string& path);

// Connections that are made from `context`, OpenSSL's SSL_CTX, speak TLS 1.2 or
// later, and their verification asks for a certificate of `host`. Whether it is
// verified at all, and against whom, is not changed.
absl::Status RequireHost(ssl_ctx_st* context, const std::string& host);

// What is wrong with a certificate, from SSL_get_verify_result: "certificate has
// expired".
std::string VerifyResultText(long result);

}  // namespace sightline::crypto
