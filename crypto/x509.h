// A small certificate authority for mutual TLS, and the names in a certificate.
//
// Source:  RFC 5280; P-256 keys, ECDSA with SHA-256. A client's identity is a
//          URI in its subjectAltName, a server's are DNS names and IP
//          addresses.
// Shapes:  certificates and keys are PEM text (PKCS#8 for keys).
// Units:   validity is Unix seconds, UTC; OpenSSL counts the last second as
//          over.
// Errors:  kInvalidArgument: malformed PEM, name or validity. kInternal:
//          OpenSSL.
// Threads: CertificateAuthority is immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/secret.h"

namespace sightline::crypto {

struct Validity {
  int64_t not_before_unix_s = 0;
  int64_t not_after_unix_s = 0;
};

// What a leaf certificate is to say. At least one name of any kind is required.
struct LeafSpec {
  std::string common_name;  // for people; identity is in the names below
  std::vector<std::string> dns_names;     // servers: "log.example.com"
  std::vector<std::string> ip_addresses;  // servers: "127.0.0.1", "::1"
  std::vector<std::string> uris;  // clients: "sightline://agency/CA0194200"
  bool for_server = false;        // extended key usage serverAuth
  bool for_client = false;        // extended key usage clientAuth
  Validity validity;
};

struct IssuedCertificate {
  std::string certificate_pem;
  SecretString private_key_pem;
};

// A self-signed root that issues leaf certificates and nothing else (path
// length 0).
class CertificateAuthority {
 public:
  // Makes a new root with a fresh key.
  static absl::StatusOr<std::unique_ptr<CertificateAuthority>> Create(
      absl::string_view common_name, const Validity& validity);

  // Takes up a root made before. The key must be the certificate's.
  static absl::StatusOr<std::unique_ptr<CertificateAuthority>> FromPem(
      absl::string_view certificate_pem, absl::string_view private_key_pem);

  ~CertificateAuthority();
  CertificateAuthority(const CertificateAuthority&) = delete;
  CertificateAuthority& operator=(const CertificateAuthority&) = delete;

  // Issues a certificate with a fresh P-256 key and a random serial number.
  absl::StatusOr<IssuedCertificate> Issue(const LeafSpec& spec) const;

  const std::string& certificate_pem() const;
  const SecretString& private_key_pem() const;

 private:
  struct State;
  explicit CertificateAuthority(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

// Reads the URIs in the subjectAltName of the first certificate in `pem`, in
// their order; empty when it has none. Verifies nothing: call it on what TLS
// has accepted.
absl::StatusOr<std::vector<std::string>> UriSans(absl::string_view pem);

// Reads the validity of the first certificate in `pem`.
absl::StatusOr<Validity> CertificateValidity(absl::string_view pem);

}  // namespace sightline::crypto
