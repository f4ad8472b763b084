#include "crypto/tls_server.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/openssl_ptr.h"
#include "crypto/openssl_session.h"

namespace sightline::crypto {
namespace {

constexpr char kTls12Suites[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr absl::string_view kHttp11 = "http/1.1";

// A client that offers protocols without ours is served all the same: many say
// "h2" alone and speak HTTP/1.1 when nothing is chosen.
int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned int offered_size,
                   void*) {
  for (unsigned int i = 0; i + 1 + offered[i] <= offered_size;
       i += 1 + offered[i]) {
    const absl::string_view name(reinterpret_cast<const char*>(offered + i + 1),
                                 offered[i]);
    if (name != kHttp11) continue;
    *out = offered + i + 1;
    *out_size = offered[i];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

class Server final : public TlsServer {
 public:
  explicit Server(SslCtxPtr context) : context_(std::move(context)) {}

  absl::StatusOr<std::unique_ptr<TlsSession>> Accept() const override {
    ErrorQueueGuard guard;
    SslPtr ssl(SSL_new(context_.get()));
    if (ssl == nullptr) return OpenSslFailure("TLS session");
    SSL_set_accept_state(ssl.get());
    return MakeSession(std::move(ssl));
  }

 private:
  const SslCtxPtr context_;
};

// Puts the leaf and what follows it into the context.
absl::Status UseChain(absl::string_view pem, SSL_CTX* context) {
  const BioPtr bio = ReadBio(pem);
  for (int i = 0;; ++i) {
    X509Ptr cert(
        PEM_read_bio_X509(bio.get(), nullptr, &RefusePassphrase, nullptr));
    if (cert == nullptr) {
      if (i > 0) return absl::OkStatus();
      return absl::InvalidArgumentError("TLS certificate: malformed PEM");
    }
    const bool used = i == 0
                          ? SSL_CTX_use_certificate(context, cert.get()) == 1
                          : SSL_CTX_add0_chain_cert(context, cert.get()) == 1;
    if (!used) {
      return absl::InvalidArgumentError(
          absl::StrCat("TLS certificate: number ", i + 1, " cannot be used"));
    }
    if (i > 0) (void)cert.release();  // the context has it
  }
}

absl::Status UseKey(absl::string_view pem, SSL_CTX* context) {
  const BioPtr bio = ReadBio(pem);
  const PkeyPtr key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, &RefusePassphrase, nullptr));
  if (key == nullptr) {
    return absl::InvalidArgumentError("TLS private key: malformed PEM");
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return absl::InvalidArgumentError("TLS private key: not the certificate's");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const TlsServer>> TlsServer::Create(
    absl::string_view certificate_chain_pem,
    absl::string_view private_key_pem) {
  ErrorQueueGuard guard;
  SslCtxPtr context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr ||
      SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(context.get(), kTls12Suites) != 1) {
    return OpenSslFailure("TLS");
  }
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION |
                                         SSL_OP_NO_COMPRESSION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  // Sessions are resumed by tickets; nothing is kept here.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context.get(), &ChooseProtocol, nullptr);
  RETURN_IF_ERROR(UseChain(certificate_chain_pem, context.get()));
  RETURN_IF_ERROR(UseKey(private_key_pem, context.get()));
  return std::make_shared<const Server>(std::move(context));
}

}  // namespace sightline::crypto
