#include "client/channel.h"

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/foreign_locks.h"
#include "base/status_macros.h"
#include "crypto/key_file.h"
#include "crypto/secret.h"

namespace sightline::client {
namespace {

// A server that answers no ping is taken for dead; a stream that follows the
// tail would otherwise wait for ever. Servers resent pings that come more often
// than every five minutes.
constexpr int kKeepaliveMs = 320'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
constexpr int kMaxReconnectBackoffMs = 5'000;

absl::StatusOr<std::string> ReadPem(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  }
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!absl::StrContains(text, "-----BEGIN CERTIFICATE-----")) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": holds no PEM certificate"));
  }
  return text;
}

// The host of "dns:///host:port", "[::1]:port", "host:port".
absl::string_view HostOf(absl::string_view target) {
  if (absl::StartsWith(target, "dns:")) {
    target = target.substr(4);
    if (absl::StartsWith(target, "//")) {
      const size_t slash = target.find('/', 2);
      target = slash == target.npos ? "" : target.substr(slash + 1);
    }
  }
  for (absl::string_view scheme : {"ipv4:", "ipv6:"}) {
    if (absl::StartsWith(target, scheme)) target.remove_prefix(scheme.size());
  }
  if (absl::StartsWith(target, "[")) {
    return target.substr(1, target.find(']') - 1);
  }
  return target.substr(0, target.rfind(':'));
}

bool IsLoopbackIpv4(absl::string_view host) {
  const std::vector<absl::string_view> parts = absl::StrSplit(host, '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  for (absl::string_view part : parts) {
    uint32_t number = 0;
    if (!absl::SimpleAtoi(part, &number) || number > 255) return false;
  }
  return true;
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(
    const std::string& target, const TlsOptions& options) {
  if (options.plaintext) {
    if (!IsLoopback(target)) {
      return absl::InvalidArgumentError(absl::StrCat(
          target, ": plain text is for this machine only; use TLS"));
    }
    if (!options.cert_file.empty() || !options.ca_file.empty()) {
      return absl::InvalidArgumentError(
          "plain text and certificates exclude each other");
    }
    return grpc::InsecureChannelCredentials();
  }
  if (options.cert_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError(
        "a client certificate and its key go together; got only one of them");
  }
  grpc::SslCredentialsOptions ssl;
  if (!options.ca_file.empty()) {
    ASSIGN_OR_RETURN(ssl.pem_root_certs, ReadPem(options.ca_file));
  }
  if (!options.cert_file.empty()) {
    ASSIGN_OR_RETURN(ssl.pem_cert_chain, ReadPem(options.cert_file));
    ASSIGN_OR_RETURN(const crypto::SecretString key,
                     crypto::ReadSecretFile(options.key_file));
    ssl.pem_private_key = std::string(key.view());
  }
  auto credentials = grpc::SslCredentials(ssl);
  crypto::Wipe(&ssl.pem_private_key);
  return credentials;
}

}  // namespace

bool IsLoopback(absl::string_view target) {
  if (absl::StartsWith(target, "unix:") ||
      absl::StartsWith(target, "unix-abstract:")) {
    return true;
  }
  const absl::string_view host = HostOf(target);
  return host == "localhost" || host == "::1" || IsLoopbackIpv4(host);
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(
    const std::string& target, const TlsOptions& options) {
  if (target.empty()) return absl::InvalidArgumentError("no server given");
  base::StopFollowingForeignLocks();
  ASSIGN_OR_RETURN(const auto credentials, Credentials(target, options));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMaxReconnectBackoffMs);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  if (!options.server_name.empty()) {
    arguments.SetSslTargetNameOverride(options.server_name);
  }
  return grpc::CreateCustomChannel(target, credentials, arguments);
}

}  // namespace sightline::client
