// The server's end of TLS: certificate files that reload without a restart,
// client certificates that are verified when they come, and TLS 1.3 alone.
//
// Shapes:  PEM files; the certificate file holds the chain, leaf first.
// Errors:  kInvalidArgument: a file is missing, unreadable or no PEM.
// Threads: any thread; RequireTls13 before the process uses TLS in gRPC.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/security/server_credentials.h"

namespace sightline::services {

struct TlsFiles {
  std::string certificate;
  std::string private_key;
  // Authorities of client certificates. Empty: clients have none, so nobody can
  // submit.
  std::string client_ca;
  // How often the files are looked at.
  unsigned int reload_seconds = 60;
};

// gRPC 1.51 has no setter for the least version. It has one for the suites of
// TLS 1.2, though, and this leaves a single one that needs a pre-shared key,
// which nobody has: a TLS 1.2 handshake finds no suite in common. The suites of
// TLS 1.3 are not on that list. Sets an environment variable.
void RequireTls13();

// Clients are asked for a certificate; without one they may read.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> TlsCredentials(
    const TlsFiles& files);

// When the certificate in the file ends, Unix seconds.
absl::StatusOr<int64_t> CertificateEnd(const TlsFiles& files);

}  // namespace sightline::services
