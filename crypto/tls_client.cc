#include "crypto/tls_client.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/openssl_ptr.h"
#include "crypto/openssl_session.h"

namespace sightline::crypto {
namespace {

// Length and name, as ALPN has them.
constexpr unsigned char kHttp11[] = "\x08http/1.1";

using X509StorePtr = std::unique_ptr<X509_STORE, OpenSslFree<X509_STORE_free>>;

absl::StatusOr<X509StorePtr> Authorities(absl::string_view pem) {
  X509StorePtr store(X509_STORE_new());
  if (store == nullptr) return OpenSslFailure("TLS authorities");
  const BioPtr bio = ReadBio(pem);
  for (int count = 0;; ++count) {
    const X509Ptr cert(
        PEM_read_bio_X509(bio.get(), nullptr, &RefusePassphrase, nullptr));
    if (cert == nullptr) {
      const bool at_end =
          ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      if (at_end && count > 0) return store;
      return absl::InvalidArgumentError(
          at_end ? "holds no PEM certificate"
                 : absl::StrCat("certificate ", count + 1, ": malformed PEM"));
    }
    if (X509_STORE_add_cert(store.get(), cert.get()) != 1) {
      return OpenSslFailure("TLS authorities");
    }
  }
}

absl::Status Trust(absl::string_view pem, SSL_CTX* context) {
  if (pem.empty()) {
    return SSL_CTX_set_default_verify_paths(context) == 1
               ? absl::OkStatus()
               : OpenSslFailure("the machine's authorities");
  }
  ASSIGN_OR_RETURN(X509StorePtr store, Authorities(pem));
  SSL_CTX_set_cert_store(context, store.release());
  return absl::OkStatus();
}

bool IsAddress(const std::string& host) {
  ASN1_OCTET_STRING* const address = a2i_IPADDRESS(host.c_str());
  ASN1_OCTET_STRING_free(address);
  return address != nullptr;
}

class Client final : public TlsClient {
 public:
  Client(SslCtxPtr context, std::string server_name)
      : context_(std::move(context)), server_name_(std::move(server_name)) {}

  absl::StatusOr<std::unique_ptr<TlsSession>> Connect() const override {
    ErrorQueueGuard guard;
    SslPtr ssl(SSL_new(context_.get()));
    if (ssl == nullptr ||
        (!server_name_.empty() &&
         SSL_set_tlsext_host_name(ssl.get(), server_name_.c_str()) != 1)) {
      return OpenSslFailure("TLS session");
    }
    SSL_set_connect_state(ssl.get());
    return MakeSession(std::move(ssl));
  }

 private:
  const SslCtxPtr context_;
  const std::string server_name_;  // "": an address, which has none
};

}  // namespace

absl::StatusOr<std::shared_ptr<const TlsClient>> TlsClient::Create(
    const std::string& host, absl::string_view authorities_pem) {
  ErrorQueueGuard guard;
  SslCtxPtr context(SSL_CTX_new(TLS_client_method()));
  // The one function of these that returns 0 when all is well is ALPN's.
  if (context == nullptr || SSL_CTX_set_alpn_protos(context.get(), kHttp11,
                                                    sizeof kHttp11 - 1) != 0) {
    return OpenSslFailure("TLS");
  }
  SSL_CTX_set_options(context.get(),
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  RETURN_IF_ERROR(Trust(authorities_pem, context.get()));
  // After the store, which has parameters of its own.
  RETURN_IF_ERROR(RequireHost(context.get(), host));
  return std::make_shared<const Client>(std::move(context),
                                        IsAddress(host) ? "" : host);
}

absl::StatusOr<std::string> ReadAuthorities(const std::string& path) {
  ErrorQueueGuard guard;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream pem;
  pem << file.rdbuf();  // of a folder: fails, where iterators throw
  if (!file || !pem) {
    return absl::InvalidArgumentError(absl::StrCat("cannot read ", path));
  }
  RETURN_IF_ERROR(base::Annotate(Authorities(pem.str()).status(), path));
  return pem.str();
}

absl::Status RequireHost(ssl_ctx_st* context, const std::string& host) {
  ErrorQueueGuard guard;
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
