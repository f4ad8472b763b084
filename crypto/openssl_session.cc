#include "crypto/openssl_session.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"

namespace sightline::crypto {
namespace {

absl::Status Over(absl::string_view what) {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  return absl::UnavailableError(
      absl::StrCat("TLS: ", reason == nullptr ? what : reason));
}

class Session final : public TlsSession {
 public:
  // The SSL owns its BIOs.
  Session(SslPtr ssl, BIO* in, BIO* out)
      : ssl_(std::move(ssl)), in_(in), out_(out) {}

  absl::Status Receive(absl::string_view bytes, std::string* plain) override {
    ErrorQueueGuard guard;
    if (BIO_write(in_, bytes.data(), static_cast<int>(bytes.size())) !=
        static_cast<int>(bytes.size())) {
      return Over("no memory");
    }
    std::array<char, 16384> piece;
    while (true) {
      const int read =
          SSL_read(ssl_.get(), piece.data(), static_cast<int>(piece.size()));
      if (read <= 0) {
        const int error = SSL_get_error(ssl_.get(), read);
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_ZERO_RETURN) {
          return absl::OkStatus();
        }
        return WhyOver();
      }
      plain->append(piece.data(), static_cast<size_t>(read));
    }
  }

  absl::Status Send(absl::string_view plain) override {
    ErrorQueueGuard guard;
    while (!plain.empty()) {
      const int written =
          SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size()));
      if (written <= 0) return Over("cannot send");
      plain.remove_prefix(static_cast<size_t>(written));
    }
    return absl::OkStatus();
  }

  void Close() override {
    ErrorQueueGuard guard;
    if (established()) SSL_shutdown(ssl_.get());
  }

  std::string TakeOutput() override {
    std::string output(Written(out_));
    if (BIO_reset(out_) != 1) ERR_clear_error();
    return output;
  }

  bool established() const override {
    return SSL_is_init_finished(ssl_.get()) == 1;
  }
  bool peer_closed() const override {
    return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  }

 private:
  // Of the peer's certificate, or of the connection.
  absl::Status WhyOver() const {
    const long verified = SSL_get_verify_result(ssl_.get());
    if (verified == X509_V_OK) return Over("protocol error");
    return absl::PermissionDeniedError(
        absl::StrCat("its certificate does not verify: ",
                     X509_verify_cert_error_string(verified)));
  }

  const SslPtr ssl_;
  BIO* const in_;
  BIO* const out_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<TlsSession>> MakeSession(SslPtr ssl) {
  ErrorQueueGuard guard;
  BioPtr in(BIO_new(BIO_s_mem()));
  BioPtr out(BIO_new(BIO_s_mem()));
  if (ssl == nullptr || in == nullptr || out == nullptr) {
    return OpenSslFailure("TLS session");
  }
  // An empty BIO is not the end: more comes.
  BIO_set_mem_eof_return(in.get(), -1);
  BIO* const ins = in.release();
  BIO* const outs = out.release();
  SSL_set_bio(ssl.get(), ins, outs);
  // A server waits for the client, who speaks first.
  const int result = SSL_do_handshake(ssl.get());
  if (SSL_get_error(ssl.get(), result) != SSL_ERROR_WANT_READ) {
    return OpenSslFailure("TLS session");
  }
  return std::make_unique<Session>(std::move(ssl), ins, outs);
}

}  // namespace sightline::crypto
