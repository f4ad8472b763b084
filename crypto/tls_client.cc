#include "crypto/tls_client.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "absl/strings/str_cat.h"

namespace sightline::crypto {

absl::Status RequireHost(ssl_ctx_st* context, const std::string& host) {
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
    return absl::InternalError("OpenSSL cannot require TLS 1.2");
  }
  X509_VERIFY_PARAM* const verify = SSL_CTX_get0_param(context);
  // An address is no name: certificates have them apart.
  if (X509_VERIFY_PARAM_set1_ip_asc(verify, host.c_str()) == 1) {
    return absl::OkStatus();
  }
  X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (!host.empty() &&
      X509_VERIFY_PARAM_set1_host(verify, host.data(), host.size()) == 1) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("no host: \"", host, "\""));
}

std::string VerifyResultText(long result) {
  return X509_verify_cert_error_string(result);
}

}  // namespace sightline::crypto
