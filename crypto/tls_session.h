// One end of a TLS connection without a socket: encrypted bytes go in and come
// out, so that whoever has the socket decides how to wait.
//
// Source:  RFC 8446 (TLS 1.3), RFC 5246 (TLS 1.2).
// Errors:  kUnavailable: this connection is over (what is in TakeOutput() still
//          goes out: it says why). kPermissionDenied, of a client: the server's
//          certificate is refused, and why.
// Threads: thread-compatible.
// Memory:  a session at rest takes some 10 KiB.
#pragma once

#include <string>

#include "absl/status/status.h"
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
  // Whether the peer has said that nothing more comes. A connection that ends
  // without was cut off, by whomever.
  virtual bool peer_closed() const = 0;
};

}  // namespace sightline::crypto
