// The server's end of TLS without a socket: encrypted bytes go in and come out,
// so that whoever has the socket decides how to wait.
//
// Source:  RFC 8446 (TLS 1.3), RFC 5246 (TLS 1.2) with forward secrecy and
//          authenticated encryption alone; RFC 7301 (ALPN), "http/1.1".
// Shapes:  PEM: the certificate's chain, leaf first, and its key.
// Errors:  Create: kInvalidArgument: malformed, or not a pair. Receive, Send:
//          kUnavailable: this connection is over (what is in output() still
//          goes out: it says why).
// Threads: TlsServer: immutable, any thread. TlsSession: thread-compatible.
// Memory:  a session at rest takes some 10 KiB.
// Cost:    a handshake is one signature and one key exchange, about 0.2 ms.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::crypto {

class TlsSession {
 public:
  virtual ~TlsSession() = default;

  // Takes bytes from the peer and appends what they decrypt to to `*plain`.
  virtual absl::Status Receive(absl::string_view bytes, std::string* plain) = 0;

  // Encrypts. REQUIRES: established().
  virtual absl::Status Send(absl::string_view plain) = 0;

  // Says to the peer that nothing more comes.
  virtual void Close() = 0;

  // What is to be sent to the peer, whatever was called; takes it.
  virtual std::string TakeOutput() = 0;

  // Whether the handshake is over.
  virtual bool established() const = 0;
  // Whether the peer has said that nothing more comes.
  virtual bool peer_closed() const = 0;
};

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
