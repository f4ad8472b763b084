#include "crypto/https_client.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/tls_client.h"

namespace sightline::crypto {

absl::Status RequireTls(const std::string& host, const std::string& ca_file,
                        httplib::Client* client) {
  if (!client->is_valid()) {
    return absl::InternalError("no TLS for this address");
  }
  RETURN_IF_ERROR(RequireHost(client->ssl_context(), host));
  client->enable_server_certificate_verification(true);
  if (!ca_file.empty()) client->set_ca_cert_path(ca_file);
  return absl::OkStatus();
}

std::string FailureText(const httplib::Client& client, httplib::Error error) {
  if (error != httplib::Error::SSLServerVerification) {
    return httplib::to_string(error);
  }
  return absl::StrCat("its certificate does not verify: ",
                      VerifyResultText(client.get_openssl_verify_result()));
}

}  // namespace sightline::crypto
