#include "crypto/x509.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <climits>
#include <ctime>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/openssl_ptr.h"
#include "crypto/random.h"
#include "crypto/signer.h"

namespace sightline::crypto {
namespace {

constexpr int kMaxNameSize = 1024;

absl::Status BadName(absl::string_view kind, absl::string_view name) {
  return absl::InvalidArgumentError(absl::StrCat(
      "certificate: ", kind, " name \"", absl::CHexEscape(name), "\""));
}

// IA5String as used for DNS names and URIs: no spaces, no control characters.
bool IsPlainName(absl::string_view name) {
  bool plain = !name.empty() && name.size() <= kMaxNameSize;
  for (char c : name) plain = plain && absl::ascii_isgraph(c);
  return plain;
}

absl::StatusOr<PkeyPtr> ReadPkey(absl::string_view pem) {
  if (pem.size() > INT_MAX) return absl::InvalidArgumentError("PEM too long");
  BioPtr bio = ReadBio(pem);
  PkeyPtr key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, RefusePassphrase, nullptr));
  if (key == nullptr) {
    return absl::InvalidArgumentError("certificate: malformed private key PEM");
  }
  return key;
}

absl::StatusOr<X509Ptr> ReadCertificate(absl::string_view pem) {
  if (pem.size() > INT_MAX) return absl::InvalidArgumentError("PEM too long");
  BioPtr bio = ReadBio(pem);
  X509Ptr cert(
      PEM_read_bio_X509(bio.get(), nullptr, RefusePassphrase, nullptr));
  if (cert == nullptr) {
    return absl::InvalidArgumentError("certificate: malformed PEM");
  }
  return cert;
}

absl::StatusOr<std::string> CertificatePem(X509* cert) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || PEM_write_bio_X509(bio.get(), cert) != 1) {
    return OpenSslFailure("certificate");
  }
  return std::string(Written(bio.get()));
}

// 127 random bits (RFC 5280 4.1.2.2 wants a positive number of at most 20
// bytes).
bool SetRandomSerial(X509* cert) {
  std::string serial = RandomBytes(16);
  serial[0] = static_cast<char>((serial[0] & 0x7f) | 0x40);
  BignumPtr number(
      BN_bin2bn(Data(serial), static_cast<int>(serial.size()), nullptr));
  return number != nullptr &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(cert)) !=
             nullptr;
}

bool SetCommonName(X509* cert, absl::string_view common_name) {
  return X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN",
                                    MBSTRING_UTF8, Data(common_name),
                                    static_cast<int>(common_name.size()), -1,
                                    0) == 1;
}

// A certificate with everything but issuer, extensions and signature.
absl::StatusOr<X509Ptr> NewCertificate(absl::string_view common_name,
                                       const Validity& validity,
                                       EVP_PKEY* key) {
  if (validity.not_before_unix_s > validity.not_after_unix_s) {
    return absl::InvalidArgumentError(
        "certificate: validity ends before it begins");
  }
  // X.520 allows 64 characters.
  if (common_name.empty() || common_name.size() > 64) {
    return BadName("common", common_name);
  }
  X509Ptr cert(X509_new());
  if (cert == nullptr || X509_set_version(cert.get(), 2) != 1 ||
      !SetRandomSerial(cert.get()) || X509_set_pubkey(cert.get(), key) != 1) {
    return OpenSslFailure("certificate");
  }
  if (!SetCommonName(cert.get(), common_name))
    return BadName("common", common_name);
  if (ASN1_TIME_set(X509_getm_notBefore(cert.get()),
                    validity.not_before_unix_s) == nullptr ||
      ASN1_TIME_set(X509_getm_notAfter(cert.get()),
                    validity.not_after_unix_s) == nullptr) {
    return absl::InvalidArgumentError("certificate: validity out of range");
  }
  return cert;
}

// Adds an extension from OpenSSL's configuration syntax. `value` is ours, never
// a caller's: commas and colons mean something in it.
absl::Status AddExtension(X509* cert, X509* issuer, int nid,
                          const char* value) {
  X509V3_CTX ctx;
  X509V3_set_ctx_nodb(&ctx);
  X509V3_set_ctx(&ctx, issuer, cert, nullptr, nullptr, 0);
  X509ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &ctx, nid, value));
  if (extension == nullptr || X509_add_ext(cert, extension.get(), -1) != 1) {
    return OpenSslFailure(OBJ_nid2sn(nid));
  }
  return absl::OkStatus();
}

absl::Status AddIa5Name(int type, absl::string_view kind,
                        const std::string& name, GENERAL_NAMES* names) {
  if (!IsPlainName(name)) return BadName(kind, name);
  GENERAL_NAME* const general = GENERAL_NAME_new();
  ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
  if (general == nullptr || text == nullptr ||
      ASN1_STRING_set(text, name.data(), static_cast<int>(name.size())) != 1) {
    GENERAL_NAME_free(general);
    ASN1_IA5STRING_free(text);
    return OpenSslFailure("subjectAltName");
  }
  GENERAL_NAME_set0_value(general, type, text);
  sk_GENERAL_NAME_push(names, general);
  return absl::OkStatus();
}

absl::Status AddIpAddress(const std::string& address, GENERAL_NAMES* names) {
  ASN1_OCTET_STRING* const bytes =
      IsPlainName(address) ? a2i_IPADDRESS(address.c_str()) : nullptr;
  if (bytes == nullptr) return BadName("IP", address);
  GENERAL_NAME* const general = GENERAL_NAME_new();
  if (general == nullptr) {
    ASN1_OCTET_STRING_free(bytes);
    return OpenSslFailure("subjectAltName");
  }
  GENERAL_NAME_set0_value(general, GEN_IPADD, bytes);
  sk_GENERAL_NAME_push(names, general);
  return absl::OkStatus();
}

absl::Status AddSubjectAltName(const LeafSpec& spec, X509* cert) {
  GeneralNamesPtr names(GENERAL_NAMES_new());
  if (names == nullptr) return OpenSslFailure("subjectAltName");
  for (const std::string& name : spec.dns_names) {
    RETURN_IF_ERROR(AddIa5Name(GEN_DNS, "DNS", name, names.get()));
  }
  for (const std::string& address : spec.ip_addresses) {
    RETURN_IF_ERROR(AddIpAddress(address, names.get()));
  }
  for (const std::string& uri : spec.uris) {
    RETURN_IF_ERROR(AddIa5Name(GEN_URI, "URI", uri, names.get()));
  }
  if (sk_GENERAL_NAME_num(names.get()) == 0) {
    return absl::InvalidArgumentError("certificate: no DNS, IP or URI name");
  }
  if (X509_add1_ext_i2d(cert, NID_subject_alt_name, names.get(), 0, 0) != 1) {
    return OpenSslFailure("subjectAltName");
  }
  return absl::OkStatus();
}

absl::Status AddLeafExtensions(const LeafSpec& spec, X509* issuer, X509* cert) {
  if (!spec.for_server && !spec.for_client) {
    return absl::InvalidArgumentError(
        "certificate: neither for server nor client");
  }
  const char* const usage = !spec.for_client   ? "serverAuth"
                            : !spec.for_server ? "clientAuth"
                                               : "serverAuth,clientAuth";
  RETURN_IF_ERROR(
      AddExtension(cert, issuer, NID_basic_constraints, "critical,CA:FALSE"));
  RETURN_IF_ERROR(
      AddExtension(cert, issuer, NID_key_usage, "critical,digitalSignature"));
  RETURN_IF_ERROR(AddExtension(cert, issuer, NID_ext_key_usage, usage));
  RETURN_IF_ERROR(
      AddExtension(cert, issuer, NID_subject_key_identifier, "hash"));
  RETURN_IF_ERROR(
      AddExtension(cert, issuer, NID_authority_key_identifier, "keyid:always"));
  return AddSubjectAltName(spec, cert);
}

absl::Status AddRootExtensions(X509* cert) {
  RETURN_IF_ERROR(AddExtension(cert, cert, NID_basic_constraints,
                               "critical,CA:TRUE,pathlen:0"));
  RETURN_IF_ERROR(
      AddExtension(cert, cert, NID_key_usage, "critical,keyCertSign,cRLSign"));
  return AddExtension(cert, cert, NID_subject_key_identifier, "hash");
}

absl::Status SignCertificate(X509* issuer, EVP_PKEY* issuer_key, X509* cert) {
  if (X509_set_issuer_name(cert, X509_get_subject_name(issuer)) != 1 ||
      X509_sign(cert, issuer_key, EVP_sha256()) == 0) {
    return OpenSslFailure("certificate signature");
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> UnixSeconds(const ASN1_TIME* time) {
  std::tm tm;
  if (ASN1_TIME_to_tm(time, &tm) != 1) {
    return absl::InvalidArgumentError("certificate: malformed time");
  }
  return static_cast<int64_t>(::timegm(&tm));
}

}  // namespace

struct CertificateAuthority::State {
  X509Ptr certificate;
  PkeyPtr key;
  std::string certificate_pem;
  SecretString private_key_pem;
};

CertificateAuthority::CertificateAuthority(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
CertificateAuthority::~CertificateAuthority() = default;

absl::StatusOr<std::unique_ptr<CertificateAuthority>>
CertificateAuthority::Create(absl::string_view common_name,
                             const Validity& validity) {
  ErrorQueueGuard guard;
  ASSIGN_OR_RETURN(const PrivateKey key,
                   PrivateKey::Generate(KeyAlgorithm::kEcdsaP256));
  ASSIGN_OR_RETURN(const SecretString key_pem, key.ToPem());
  ASSIGN_OR_RETURN(const PkeyPtr pkey, ReadPkey(key_pem.view()));
  ASSIGN_OR_RETURN(const X509Ptr cert,
                   NewCertificate(common_name, validity, pkey.get()));
  RETURN_IF_ERROR(AddRootExtensions(cert.get()));
  RETURN_IF_ERROR(SignCertificate(cert.get(), pkey.get(), cert.get()));
  ASSIGN_OR_RETURN(const std::string cert_pem, CertificatePem(cert.get()));
  return FromPem(cert_pem, key_pem.view());
}

absl::StatusOr<std::unique_ptr<CertificateAuthority>>
CertificateAuthority::FromPem(absl::string_view certificate_pem,
                              absl::string_view private_key_pem) {
  ErrorQueueGuard guard;
  auto state = std::make_unique<State>();
  ASSIGN_OR_RETURN(state->certificate, ReadCertificate(certificate_pem));
  ASSIGN_OR_RETURN(state->key, ReadPkey(private_key_pem));
  if (X509_check_private_key(state->certificate.get(), state->key.get()) != 1) {
    return absl::InvalidArgumentError(
        "certificate authority: the key is not the certificate's");
  }
  if (X509_check_ca(state->certificate.get()) == 0) {
    return absl::InvalidArgumentError(
        "certificate authority: not a CA certificate");
  }
  state->certificate_pem = std::string(certificate_pem);
  state->private_key_pem = SecretString::CopyOf(private_key_pem);
  return std::unique_ptr<CertificateAuthority>(
      new CertificateAuthority(std::move(state)));
}

absl::StatusOr<IssuedCertificate> CertificateAuthority::Issue(
    const LeafSpec& spec) const {
  ErrorQueueGuard guard;
  ASSIGN_OR_RETURN(const PrivateKey key,
                   PrivateKey::Generate(KeyAlgorithm::kEcdsaP256));
  IssuedCertificate issued;
  ASSIGN_OR_RETURN(issued.private_key_pem, key.ToPem());
  ASSIGN_OR_RETURN(const PkeyPtr pkey, ReadPkey(issued.private_key_pem.view()));
  ASSIGN_OR_RETURN(const X509Ptr cert,
                   NewCertificate(spec.common_name, spec.validity, pkey.get()));
  X509* const issuer = state_->certificate.get();
  RETURN_IF_ERROR(AddLeafExtensions(spec, issuer, cert.get()));
  RETURN_IF_ERROR(SignCertificate(issuer, state_->key.get(), cert.get()));
  ASSIGN_OR_RETURN(issued.certificate_pem, CertificatePem(cert.get()));
  return issued;
}

const std::string& CertificateAuthority::certificate_pem() const {
  return state_->certificate_pem;
}
const SecretString& CertificateAuthority::private_key_pem() const {
  return state_->private_key_pem;
}

absl::StatusOr<std::vector<std::string>> UriSans(absl::string_view pem) {
  ErrorQueueGuard guard;
  ASSIGN_OR_RETURN(const X509Ptr cert, ReadCertificate(pem));
  int critical = 0;
  GeneralNamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(cert.get(), NID_subject_alt_name, &critical, nullptr)));
  std::vector<std::string> uris;
  if (names == nullptr) {
    if (critical == -1) return uris;  // there is none
    return absl::InvalidArgumentError(
        "certificate: malformed or repeated subjectAltName");
  }
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* const text = name->d.uniformResourceIdentifier;
    std::string uri(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                    static_cast<size_t>(ASN1_STRING_length(text)));
    // A NUL or a space inside could make two readers see two names.
    if (!IsPlainName(uri)) return BadName("URI", uri);
    uris.push_back(std::move(uri));
  }
  return uris;
}

absl::StatusOr<Validity> CertificateValidity(absl::string_view pem) {
  ErrorQueueGuard guard;
  ASSIGN_OR_RETURN(const X509Ptr cert, ReadCertificate(pem));
  Validity validity;
  ASSIGN_OR_RETURN(validity.not_before_unix_s,
                   UnixSeconds(X509_get0_notBefore(cert.get())));
  ASSIGN_OR_RETURN(validity.not_after_unix_s,
                   UnixSeconds(X509_get0_notAfter(cert.get())));
  return validity;
}

}  // namespace sightline::crypto
