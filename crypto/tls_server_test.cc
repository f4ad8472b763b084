#include "crypto/tls_server.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_matchers.h"
#include "crypto/openssl_ptr.h"
#include "crypto/x509.h"

namespace sightline::crypto {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kOver = absl::StatusCode::kUnavailable;

// OpenSSL's own client, over memory.
class Client {
 public:
  Client(const std::string& authority_pem, int version, const char* host)
      : context_(SSL_CTX_new(TLS_client_method())) {
    const BioPtr bio = ReadBio(authority_pem);
    const X509Ptr authority(
        PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()),
                        authority.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_min_proto_version(context_.get(), version);
    SSL_CTX_set_max_proto_version(context_.get(), version);
    SSL_CTX_set_security_level(context_.get(), 0);
    ssl_.reset(SSL_new(context_.get()));
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(in_, -1);
    SSL_set_bio(ssl_.get(), in_, out_);
    SSL_set1_host(ssl_.get(), host);
    const unsigned char protocols[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(ssl_.get(), protocols, sizeof(protocols) - 1);
    SSL_set_connect_state(ssl_.get());
  }
  ~Client() { ERR_clear_error(); }

  // Takes bytes of the server; returns what the client says to it.
  std::string Step(const std::string& bytes) {
    BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
    char piece[4096];
    int read;
    while ((read = SSL_read(ssl_.get(), piece, sizeof(piece))) > 0) {
      heard_.append(piece, static_cast<size_t>(read));
    }
    return Output();
  }
  std::string Say(const std::string& plain) {
    SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size()));
    return Output();
  }
  std::string Close() {
    SSL_shutdown(ssl_.get());
    return Output();
  }
  std::string Output() {
    std::string output(Written(out_));
    (void)BIO_reset(out_);
    return output;
  }
  bool established() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  bool closed() const {
    return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  }
  const std::string& heard() const { return heard_; }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return std::string(reinterpret_cast<const char*>(name), size);
  }

 private:
  const std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, OpenSslFree<SSL_free>> ssl_;
  BIO* in_;
  BIO* out_;
  std::string heard_;
};

class TlsServerTest : public ::testing::Test {
 protected:
  TlsServerTest() {
    validity_ = {absl::ToUnixSeconds(absl::Now()) - 3600,
                 absl::ToUnixSeconds(absl::Now()) + 3600};
    authority_ = *CertificateAuthority::Create("test", validity_);
    issued_ = Issue();
    server_ = *TlsServer::Create(issued_.certificate_pem,
                                 issued_.private_key_pem.view());
  }

  IssuedCertificate Issue() {
    LeafSpec spec;
    spec.common_name = "log";
    spec.dns_names = {"log.example.com"};
    spec.for_server = true;
    spec.validity = validity_;
    return *authority_->Issue(spec);
  }

  // Whether both ends agree in the end; `*plain` is what the server hears.
  bool Handshake(Client* client, TlsSession* session, std::string* plain) {
    std::string bytes = client->Step("");
    for (int i = 0; i < 4 && !(client->established() && session->established());
         ++i) {
      status_ = session->Receive(bytes, plain);
      if (!status_.ok()) return false;
      bytes = client->Step(session->TakeOutput());
    }
    if (status_.ok() && !bytes.empty())
      status_ = session->Receive(bytes, plain);
    client->Step(session->TakeOutput());
    return client->established() && session->established();
  }

  Validity validity_;
  std::unique_ptr<CertificateAuthority> authority_;
  IssuedCertificate issued_;
  std::shared_ptr<const TlsServer> server_;
  absl::Status status_;
};

TEST_F(TlsServerTest, SpeaksTls13And12) {
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    Client client(authority_->certificate_pem(), version, "log.example.com");
    ASSERT_OK_AND_ASSIGN(const auto session, server_->Accept());
    std::string plain;
    ASSERT_TRUE(Handshake(&client, session.get(), &plain)) << version;
    EXPECT_EQ(client.protocol(), "http/1.1");
    ASSERT_OK(session->Receive(client.Say("question"), &plain));
    EXPECT_EQ(plain, "question");
    const std::string answer(100'000, 'a');
    ASSERT_OK(session->Send(answer));
    client.Step(session->TakeOutput());
    EXPECT_EQ(client.heard(), answer);
    EXPECT_FALSE(session->peer_closed());
    session->Close();
    client.Step(session->TakeOutput());
    EXPECT_TRUE(client.closed());
    ASSERT_OK(session->Receive(client.Close(), &plain));
    EXPECT_TRUE(session->peer_closed());
  }
}

TEST_F(TlsServerTest, SpeaksNothingOlder) {
  for (const int version : {TLS1_1_VERSION, TLS1_VERSION}) {
    Client client(authority_->certificate_pem(), version, "log.example.com");
    ASSERT_OK_AND_ASSIGN(const auto session, server_->Accept());
    std::string plain;
    EXPECT_FALSE(Handshake(&client, session.get(), &plain));
    EXPECT_THAT(status_, StatusIs(kOver, HasSubstr("unsupported protocol")));
  }
}

TEST_F(TlsServerTest, ShowsItsOwnCertificate) {
  Client client(authority_->certificate_pem(), TLS1_3_VERSION, "other.example");
  ASSERT_OK_AND_ASSIGN(const auto session, server_->Accept());
  std::string plain;
  EXPECT_FALSE(Handshake(&client, session.get(), &plain));
}

TEST_F(TlsServerTest, TakesBytesAsTheyCome) {
  Client client(authority_->certificate_pem(), TLS1_3_VERSION,
                "log.example.com");
  ASSERT_OK_AND_ASSIGN(const auto session, server_->Accept());
  std::string plain;
  for (const char byte : client.Step("")) {
    ASSERT_OK(session->Receive(std::string(1, byte), &plain));
  }
  std::string rest = client.Step(session->TakeOutput());
  rest += client.Say("GET /");
  for (const char byte : rest) {
    ASSERT_OK(session->Receive(std::string(1, byte), &plain));
  }
  EXPECT_EQ(plain, "GET /");
}

TEST_F(TlsServerTest, WhatIsNoTlsEndsTheSession) {
  ASSERT_OK_AND_ASSIGN(const auto session, server_->Accept());
  std::string plain;
  EXPECT_THAT(session->Receive("GET / HTTP/1.1\r\nHost: h\r\n\r\n", &plain),
              StatusIs(kOver, HasSubstr("http request")));
  EXPECT_EQ(plain, "");
  session->Close();  // does no harm
  // The queue of errors is empty: others on this thread speak TLS, too.
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST_F(TlsServerTest, AChangedRecordEndsTheSession) {
  Client client(authority_->certificate_pem(), TLS1_3_VERSION,
                "log.example.com");
  ASSERT_OK_AND_ASSIGN(const auto session, server_->Accept());
  std::string plain;
  ASSERT_TRUE(Handshake(&client, session.get(), &plain));
  std::string record = client.Say("question");
  record.back() ^= 1;
  EXPECT_THAT(session->Receive(record, &plain), StatusIs(kOver));
  EXPECT_EQ(plain, "");
}

TEST_F(TlsServerTest, WantsAPairInPem) {
  const auto create = [](absl::string_view certificate, absl::string_view key) {
    return TlsServer::Create(certificate, key).status();
  };
  const IssuedCertificate other = Issue();
  EXPECT_THAT(create(issued_.certificate_pem, other.private_key_pem.view()),
              StatusIs(kInvalid, HasSubstr("not the certificate's")));
  EXPECT_THAT(create("", issued_.private_key_pem.view()),
              StatusIs(kInvalid, HasSubstr("certificate: malformed")));
  EXPECT_THAT(create(issued_.certificate_pem, "no key"),
              StatusIs(kInvalid, HasSubstr("private key: malformed")));
  EXPECT_OK(create(issued_.certificate_pem + authority_->certificate_pem(),
                   issued_.private_key_pem.view()));
}

}  // namespace
}  // namespace sightline::crypto
