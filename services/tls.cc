#include "services/tls.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "crypto/x509.h"
#include "grpc/grpc_security_constants.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"

namespace sightline::services {
namespace {

absl::StatusOr<std::string> ReadFile(absl::string_view what,
                                     const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string contents{std::istreambuf_iterator<char>(file),
                       std::istreambuf_iterator<char>()};
  if (!file || contents.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot read ", what, " ", path));
  }
  return contents;
}

absl::Status CheckCertificate(absl::string_view what, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string pem, ReadFile(what, path));
  return base::Annotate(crypto::CertificateValidity(pem).status(),
                        absl::StrCat(what, " ", path));
}

// gRPC says nothing of files that it cannot use; every handshake would fail.
absl::Status CheckFiles(const TlsFiles& files) {
  RETURN_IF_ERROR(CheckCertificate("TLS certificate", files.certificate));
  ASSIGN_OR_RETURN(const std::string key,
                   ReadFile("TLS private key", files.private_key));
  if (!absl::StrContains(key, "PRIVATE KEY-----")) {
    return absl::InvalidArgumentError(absl::StrCat(
        "TLS private key ", files.private_key, ": not a private key in PEM"));
  }
  if (files.client_ca.empty()) return absl::OkStatus();
  return CheckCertificate("authority of client certificates", files.client_ca);
}

}  // namespace

void RequireTls13() {
  setenv("GRPC_SSL_CIPHER_SUITES", "PSK-AES256-GCM-SHA384", /*overwrite=*/1);
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> TlsCredentials(
    const TlsFiles& files) {
  RETURN_IF_ERROR(CheckFiles(files));
  const auto provider =
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          files.private_key, files.certificate, files.client_ca,
          files.reload_seconds);
  grpc::experimental::TlsServerCredentialsOptions options(provider);
  options.watch_identity_key_cert_pairs();
  if (!files.client_ca.empty()) {
    options.watch_root_certs();
    options.set_cert_request_type(
        GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return grpc::experimental::TlsServerCredentials(options);
}

absl::StatusOr<int64_t> CertificateEnd(const TlsFiles& files) {
  ASSIGN_OR_RETURN(const std::string pem,
                   ReadFile("TLS certificate", files.certificate));
  ASSIGN_OR_RETURN(const crypto::Validity validity,
                   crypto::CertificateValidity(pem));
  return validity.not_after_unix_s;
}

}  // namespace sightline::services
