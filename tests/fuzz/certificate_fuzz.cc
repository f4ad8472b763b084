// Names read from a certificate are printable, whatever its bytes are. Inputs
// that are not PEM are taken as DER, so that mutations reach the ASN.1 parser.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "crypto/x509.h"

namespace {

std::string AsPem(absl::string_view input) {
  if (absl::StartsWith(input, "-----BEGIN")) return std::string(input);
  const std::string base64 = absl::Base64Escape(input);
  std::string pem = "-----BEGIN CERTIFICATE-----\n";
  for (size_t i = 0; i < base64.size(); i += 64) {
    absl::StrAppend(&pem, base64.substr(i, 64), "\n");
  }
  return pem + "-----END CERTIFICATE-----\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace crypto = ::sightline::crypto;
  const std::string pem = AsPem({reinterpret_cast<const char*>(data), size});
  const auto uris = crypto::UriSans(pem);
  if (uris.ok()) {
    for (const std::string& uri : *uris) {
      if (uri.empty()) std::abort();
      for (char c : uri) {
        if (!absl::ascii_isgraph(c)) std::abort();
      }
    }
  }
  const auto validity = crypto::CertificateValidity(pem);
  if (uris.ok() && !validity.ok() &&
      !absl::StrContains(validity.status().message(), "time")) {
    std::abort();
  }
  return 0;
}
