// A connection to a log: mutual TLS, or plain text on this machine.
//
// Errors:  kInvalidArgument: options that contradict each other, plain text to
//          another machine, or a file that is not PEM. kNotFound,
//          kFailedPrecondition: as crypto/key_file.h says of the private key.
// Threads: pure but for reading the files; any thread.
//
// Connecting is lazy: that nobody answers shows at the first call.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace grpc {
class Channel;
}

namespace sightline::client {

// No single message of a log is larger: 1,000 entries of 65,535 bytes.
inline constexpr int kMaxMessageBytes = 72 << 20;

struct TlsOptions {
  // Certificates that may vouch for the server. "": those of the system.
  std::string ca_file = "";
  // The client's certificate chain and its key, both or neither. Needed to
  // submit; reading is open to everybody.
  std::string cert_file = "";
  std::string key_file = "";  // mode 0600
  // The name expected in the server's certificate; "": that of the target.
  std::string server_name = "";
  // No TLS. Only for 127.0.0.0/8, ::1, localhost and unix sockets.
  bool plaintext = false;
};

// `target` is "host:port", or any gRPC name ("dns:///...", "unix:...").
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(
    const std::string& target, const TlsOptions& options);

// Whether `target` can only be this machine.
bool IsLoopback(absl::string_view target);

}  // namespace sightline::client
