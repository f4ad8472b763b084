// The server's end of TLS, without a socket (tls_session.h).
//
// Source:  RFC 8446 (TLS 1.3), RFC 5246 (TLS 1.2) with forward secrecy and
//          authenticated encryption alone; RFC 7301 (ALPN), "http/1.1".
// Shapes:  PEM: the certificate's chain, leaf first, and its key.
// Errors:  kInvalidArgument: malformed, or not a pair. kInternal: OpenSSL.
// Threads: immutable; any thread.
// Cost:    a handshake is one signature and one key exchange, about 0.2 ms.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/tls_session.h"

namespace sightline::crypto {

class TlsServer {
 public:
  static absl::StatusOr<std::shared_ptr<const TlsServer>> Create(
      absl::string_view certificate_chain_pem,
      absl::string_view private_key_pem);

  virtual ~TlsServer() = default;

  // A session for a new connection; it may outlive the server.
  virtual absl::StatusOr<std::unique_ptr<TlsSession>> Accept() const = 0;
};

}  // namespace sightline::crypto
