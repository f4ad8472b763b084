#include "crypto/tls_client.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_matchers.h"
#include "crypto/openssl_ptr.h"
#include "crypto/tls_server.h"
#include "crypto/tls_session.h"
#include "crypto/x509.h"

namespace sightline::crypto {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kRefused = absl::StatusCode::kPermissionDenied;

class TlsClientTest : public ::testing::Test {
 protected:
  const std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>> context_{
      SSL_CTX_new(TLS_client_method())};
};

TEST_F(TlsClientTest, RefusesOldVersions) {
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
  ASSERT_OK(RequireHost(context_.get(), "example.com"));
  EXPECT_EQ(SSL_CTX_get_min_proto_version(context_.get()), TLS1_2_VERSION);
}

TEST_F(TlsClientTest, WantsAHost) {
  EXPECT_OK(RequireHost(context_.get(), "::1"));
  EXPECT_THAT(RequireHost(context_.get(), ""),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(RequireHost(context_.get(), std::string("a\0b", 3)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(VerifyResultText, SaysWhatIsWrong) {
  EXPECT_EQ(VerifyResultText(X509_V_ERR_CERT_HAS_EXPIRED),
            "certificate has expired");
}

// A client and a server that hand each other their bytes.
class TlsClientSession : public ::testing::Test {
 protected:
  static Validity Now() {
    const int64_t now = absl::ToUnixSeconds(absl::Now());
    return {now - 3600, now + 3600};
  }
  static std::unique_ptr<CertificateAuthority> MakeAuthority() {
    return std::move(CertificateAuthority::Create("CA", Now())).value();
  }
  void Serve(LeafSpec spec) {
    spec.common_name = "server";
    spec.for_server = true;
    if (spec.validity.not_after_unix_s == 0) spec.validity = Now();
    const auto leaf = authority_->Issue(spec);
    ASSERT_OK(leaf);
    ASSERT_OK_AND_ASSIGN(
        const auto server,
        TlsServer::Create(leaf->certificate_pem, leaf->private_key_pem.view()));
    ASSERT_OK_AND_ASSIGN(server_, server->Accept());
  }
  void ServeName(const std::string& name) {
    LeafSpec spec;
    spec.dns_names = {name};
    Serve(spec);
  }
  // Until the handshake is over, well or not.
  absl::Status Connect(const std::string& host, const std::string& pem) {
    const auto client = TlsClient::Create(host, pem);
    if (!client.ok()) return client.status();
    auto session = (*client)->Connect();
    if (!session.ok()) return session.status();
    client_ = *std::move(session);
    return Exchange();
  }
  absl::Status Exchange() {
    for (;;) {
      const std::string out = client_->TakeOutput();
      if (!out.empty()) server_->Receive(out, &server_heard_).IgnoreError();
      const std::string back = server_->TakeOutput();
      if (back.empty()) return absl::OkStatus();
      const absl::Status status = client_->Receive(back, &client_heard_);
      if (!status.ok()) return status;
    }
  }

  const std::unique_ptr<CertificateAuthority> authority_ = MakeAuthority();
  const std::string ca_ = authority_->certificate_pem();
  std::unique_ptr<TlsSession> server_;
  std::unique_ptr<TlsSession> client_;
  std::string server_heard_;
  std::string client_heard_;
};

TEST_F(TlsClientSession, SpeaksWithWhoItsAuthorityKnows) {
  ServeName("log.example.com");
  ASSERT_OK(Connect("log.example.com", ca_));
  ASSERT_TRUE(client_->established());
  ASSERT_OK(client_->Send("ping"));
  ASSERT_OK(Exchange());
  EXPECT_EQ(server_heard_, "ping");
  ASSERT_OK(server_->Send("pong"));
  server_->Close();
  EXPECT_FALSE(client_->peer_closed());
  ASSERT_OK(Exchange());
  EXPECT_EQ(client_heard_, "pong");
  EXPECT_TRUE(client_->peer_closed());
}

TEST_F(TlsClientSession, KnowsAnAddressByItself) {
  LeafSpec spec;
  spec.ip_addresses = {"::1"};
  Serve(spec);
  EXPECT_OK(Connect("::1", ca_));
}

TEST_F(TlsClientSession, OneOfSeveralAuthoritiesIsEnough) {
  ServeName("a.example");
  EXPECT_OK(Connect("a.example", MakeAuthority()->certificate_pem() + ca_));
}

TEST_F(TlsClientSession, RefusesAnotherAuthority) {
  for (const std::string& pem :
       {MakeAuthority()->certificate_pem(), std::string()}) {
    ServeName("a.example");
    EXPECT_THAT(Connect("a.example", pem),
                StatusIs(kRefused, HasSubstr("certificate does not verify")))
        << pem;
    EXPECT_FALSE(client_->established());
  }
}

TEST_F(TlsClientSession, RefusesAnotherHost) {
  ServeName("a.example");
  EXPECT_THAT(Connect("b.example", ca_),
              StatusIs(kRefused, HasSubstr("hostname mismatch")));
  ServeName("a.example");
  EXPECT_THAT(Connect("127.0.0.1", ca_),
              StatusIs(kRefused, HasSubstr("IP address mismatch")));
}

TEST_F(TlsClientSession, RefusesWhatHasExpired) {
  LeafSpec spec;
  spec.dns_names = {"a.example"};
  spec.validity = {Now().not_before_unix_s, Now().not_before_unix_s + 60};
  Serve(spec);
  EXPECT_THAT(Connect("a.example", ca_),
              StatusIs(kRefused, HasSubstr("certificate has expired")));
}

TEST_F(TlsClientSession, WhatIsNoTlsIsUnavailable) {
  ServeName("a.example");
  ASSERT_OK_AND_ASSIGN(const auto client, TlsClient::Create("a.example", ca_));
  ASSERT_OK_AND_ASSIGN(client_, client->Connect());
  std::string plain;
  EXPECT_THAT(client_->Receive("HTTP/1.1 400 Bad Request\r\n\r\n", &plain),
              StatusIs(absl::StatusCode::kUnavailable));
}

// What the client says first, read by OpenSSL's own server.
std::string ServerNameIn(const std::string& hello) {
  const std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>> context(
      SSL_CTX_new(TLS_server_method()));
  std::string name;
  SSL_CTX_set_client_hello_cb(
      context.get(),
      [](SSL* ssl, int*, void* out) {
        const unsigned char* bytes = nullptr;
        size_t size = 0;
        if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &bytes,
                                      &size) == 1) {
          *static_cast<std::string*>(out) =
              std::string(reinterpret_cast<const char*>(bytes), size);
        }
        return SSL_CLIENT_HELLO_ERROR;
      },
      &name);
  const std::unique_ptr<SSL, OpenSslFree<SSL_free>> ssl(SSL_new(context.get()));
  BIO* const in = BIO_new(BIO_s_mem());
  BIO_write(in, hello.data(), static_cast<int>(hello.size()));
  SSL_set_bio(ssl.get(), in, BIO_new(BIO_s_mem()));
  SSL_accept(ssl.get());
  ERR_clear_error();
  return name;
}

TEST_F(TlsClientSession, NamesTheHostUnlessItIsAnAddress) {
  for (const char* host : {"log.example.com", "127.0.0.1", "::1"}) {
    ASSERT_OK_AND_ASSIGN(const auto client, TlsClient::Create(host, ca_));
    ASSERT_OK_AND_ASSIGN(const auto session, client->Connect());
    const std::string name = ServerNameIn(session->TakeOutput());
    if (host[0] == 'l') {
      EXPECT_THAT(name, HasSubstr("log.example.com"));
    } else {
      EXPECT_EQ(name, "") << host;
    }
  }
}

TEST_F(TlsClientSession, WantsAuthoritiesThatAreSome) {
  EXPECT_THAT(TlsClient::Create("a", "x"), StatusIs(kInvalid));
  EXPECT_THAT(TlsClient::Create("", ca_), StatusIs(kInvalid));
  EXPECT_THAT(TlsClient::Create("a", ca_ + ca_.substr(0, ca_.size() / 2)),
              StatusIs(kInvalid, HasSubstr("certificate 2: malformed")));
}

TEST_F(TlsClientSession, ReadsAFileOfAuthorities) {
  const std::string folder =
      absl::StrCat(::testing::TempDir(), "/tls_client_test");
  std::filesystem::create_directories(folder);
  const auto write = [&](const std::string& name, const std::string& bytes) {
    const std::string path = absl::StrCat(folder, "/", name);
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  };
  EXPECT_THAT(ReadAuthorities(write("ca.crt", ca_)), base::IsOkAndHolds(ca_));
  EXPECT_THAT(ReadAuthorities(write("bad.crt", "x")),
              StatusIs(kInvalid, HasSubstr("bad.crt: holds no PEM")));
  for (const std::string& path : {folder, folder + "/none.crt"}) {
    EXPECT_THAT(ReadAuthorities(path),
                StatusIs(kInvalid, HasSubstr("cannot read")));
  }
}

}  // namespace
}  // namespace sightline::crypto
