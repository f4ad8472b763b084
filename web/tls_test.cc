// The server over TLS, as OpenSSL's own client meets it.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "crypto/x509.h"
#include "telemetry/recorded_diagnostics.h"
#include "tiles/pinned_bytes.h"
#include "web/body_stream.h"
#include "web/handler.h"
#include "web/http_message.h"
#include "web/server.h"
#include "web/test_client.h"
#include "web/tls_files.h"

namespace sightline::web {
namespace {

using ::sightline::base::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr size_t kBigBytes = 8 << 20;

// Three chunks: one, two, three.
class Counting final : public BodyStream {
 public:
  void Pull(std::shared_ptr<ChunkSink> sink) override {
    static constexpr const char* kWords[] = {"one", "two", "three"};
    Chunk chunk;
    chunk.head = kWords[next_++];
    chunk.last = next_ == 3;
    sink->TakeChunk(std::move(chunk));
  }

 private:
  int next_ = 0;
};

class TestHandler final : public Handler {
 public:
  void Handle(const Request& request, Reply reply) override {
    Response response;
    if (request.path() == "/big") {
      response.body =
          tiles::PinnedBytes::FromString(std::string(kBigBytes, 'b'));
    } else if (request.path() == "/stream") {
      response.stream = std::make_unique<Counting>();
    } else {
      response = TextResponse(200, absl::StrCat("got ", request.target));
    }
    reply.Send(std::move(response));
  }
};

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() {
    const int64_t now = absl::ToUnixSeconds(absl::Now());
    validity_ = {now - 3600, now + 3600};
    authority_ = *crypto::CertificateAuthority::Create("test", validity_);
    Write("authority.crt", authority_->certificate_pem());
    Install(Issue("first"));
    options_.tls_listen = {"127.0.0.1:0"};
    options_.tls = TlsFiles{Path("server.crt"), Path("server.key")};
    options_.tick = absl::Milliseconds(5);
    options_.threads = 1;
    options_.monotonic_ms = [this] { return monotonic_ms_.load(); };
  }

  static std::string Path(const std::string& name) {
    return ::testing::TempDir() + "/" + name;
  }
  static void Write(const std::string& name, absl::string_view contents) {
    std::ofstream(Path(name), std::ios::binary | std::ios::trunc) << contents;
  }
  crypto::IssuedCertificate Issue(const std::string& name) {
    crypto::LeafSpec spec;
    spec.common_name = name;
    spec.ip_addresses = {"127.0.0.1"};
    spec.for_server = true;
    spec.validity = validity_;
    return *authority_->Issue(spec);
  }
  static void Install(const crypto::IssuedCertificate& issued) {
    Write("server.crt", issued.certificate_pem);
    Write("server.key", issued.private_key_pem.view());
  }

  void Start() {
    ASSERT_OK_AND_ASSIGN(
        server_, Server::Start(options_, &handler_, &clock_, &diagnostics_));
  }
  const std::string& address() const { return server_->addresses().back(); }

  // What OpenSSL's client prints when it is given `input`.
  std::string OpenSsl(const std::string& options, const std::string& input) {
    Write("input", input);
    const std::string command =
        absl::StrCat("openssl s_client -connect ", address(), " -CAfile ",
                     Path("authority.crt"), " -verify_return_error ", options,
                     " <", Path("input"), " 2>&1");
    FILE* const pipe = popen(command.c_str(), "r");
    std::string out;
    char buffer[65536];
    while (const size_t got = fread(buffer, 1, sizeof(buffer), pipe)) {
      out.append(buffer, got);
    }
    pclose(pipe);
    return out;
  }
  // Until the server hangs up.
  std::string Ask(const std::string& path) {
    return OpenSsl("-quiet -verify_quiet",
                   absl::StrCat("GET ", path,
                                " HTTP/1.1\r\nHost: h\r\n"
                                "Connection: close\r\n\r\n"));
  }

  crypto::Validity validity_;
  std::unique_ptr<crypto::CertificateAuthority> authority_;
  std::atomic<int64_t> monotonic_ms_{1000};
  ServerOptions options_;
  TestHandler handler_;
  base::FakeClock clock_{0};
  telemetry::RecordedDiagnostics diagnostics_;
  std::unique_ptr<Server> server_;
};

TEST_F(TlsTest, AnswersOverTls) {
  Start();
  const std::string said = Ask("/a");
  EXPECT_THAT(said, HasSubstr("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(said, EndsWith("got /a\n"));
  EXPECT_EQ(server_->stats().tls_failed, 0u);
}

TEST_F(TlsTest, AnswersAgainAndAgainOnOneConnection) {
  Start();
  const std::string said =
      OpenSsl("-quiet -verify_quiet",
              "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
              "GET /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(said, AllOf(HasSubstr("got /a\n"), EndsWith("got /b\n")));
  EXPECT_EQ(server_->stats().accepted, 1u);
}

TEST_F(TlsTest, SendsWhatIsLargerThanAnyBuffer) {
  Start();
  const std::string said = Ask("/big");
  EXPECT_THAT(said.substr(said.size() - kBigBytes),
              std::string(kBigBytes, 'b'));
}

TEST_F(TlsTest, SendsStreams) {
  Start();
  EXPECT_THAT(Ask("/stream"),
              EndsWith("3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n"));
}

TEST_F(TlsTest, SpeaksTls13And12AndHttp11) {
  Start();
  for (const std::string version : {"1_3", "1_2"}) {
    const std::string said =
        OpenSsl(absl::StrCat("-tls", version, " -alpn h2,http/1.1"), "");
    EXPECT_THAT(said, AllOf(HasSubstr("Verify return code: 0 (ok)"),
                            HasSubstr("ALPN protocol: http/1.1")))
        << version;
  }
  EXPECT_THAT(OpenSsl("-tls1_1 -cipher ALL:@SECLEVEL=0", ""),
              HasSubstr("Cipher is (NONE)"));
}

TEST_F(TlsTest, ServesInTheClearBesideIt) {
  options_.listen = {"127.0.0.1:0"};
  Start();
  ASSERT_EQ(server_->addresses().size(), 2u);
  ASSERT_OK_AND_ASSIGN(const auto client,
                       TestClient::Connect(server_->addresses().front()));
  EXPECT_OK(client->Get("/").status());
  EXPECT_THAT(Ask("/a"), EndsWith("got /a\n"));
}

TEST_F(TlsTest, WhatIsNoTlsIsDisconnected) {
  Start();
  ASSERT_OK_AND_ASSIGN(const auto client, TestClient::Connect(address()));
  ASSERT_OK(client->Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  std::string said;
  ASSERT_OK(client->AwaitEnd(&said));
  EXPECT_THAT(said, Not(HasSubstr("HTTP")));
  EXPECT_EQ(server_->stats().tls_failed, 1u);
}

TEST_F(TlsTest, AHandshakeHasADeadline) {
  Start();
  ASSERT_OK_AND_ASSIGN(const auto client, TestClient::Connect(address()));
  // The first bytes of a greeting.
  ASSERT_OK(client->Send(absl::string_view("\x16\x03\x01\x02\x00\x01", 6)));
  // One loop: it has met that client when it answers this one.
  EXPECT_THAT(Ask("/a"), EndsWith("got /a\n"));
  monotonic_ms_ +=
      absl::ToInt64Milliseconds(options_.request_timeout + absl::Seconds(1));
  EXPECT_OK(client->AwaitEnd());
}

// --- files that change --------------------------------------------------------

TEST_F(TlsTest, ACertificateThatWasReplacedIsServedWithoutARestart) {
  Start();
  EXPECT_THAT(OpenSsl("", ""), HasSubstr("subject=CN = first"));
  Install(Issue("second"));
  EXPECT_THAT(OpenSsl("", ""), HasSubstr("subject=CN = first"));
  monotonic_ms_ += absl::ToInt64Milliseconds(options_.tls->reload);
  std::string said;
  while (said.find("subject=CN = second") == std::string::npos) {
    said = OpenSsl("", "");  // until the server has looked
  }
  EXPECT_THAT(diagnostics_.lines(),
              Contains(HasSubstr("http_certificate_loaded")));
}

TEST_F(TlsTest, ACertificateThatCannotBeUsedIsToldAndNotServed) {
  ASSERT_OK_AND_ASSIGN(const auto certificate,
                       TlsCertificate::Load(*options_.tls, &diagnostics_));
  const auto before = certificate->current();
  Write("server.key", "no key");
  certificate->Reload();
  certificate->Reload();  // is told once
  EXPECT_EQ(certificate->current(), before);
  ASSERT_EQ(diagnostics_.lines().size(), 1u);
  EXPECT_THAT(
      diagnostics_.lines().front(),
      AllOf(HasSubstr("http_certificate_not_loaded"), HasSubstr("server.key")));
  Install(Issue("third"));
  certificate->Reload();
  EXPECT_NE(certificate->current(), before);
}

TEST_F(TlsTest, NeedsACertificateThatIsOne) {
  const auto start = [this] {
    return Server::Start(options_, &handler_, &clock_, &diagnostics_).status();
  };
  Write("server.key", Issue("other").private_key_pem.view());
  EXPECT_THAT(start(),
              StatusIs(kInvalid, AllOf(HasSubstr("not the certificate's"),
                                       HasSubstr("server.key"))));
  options_.tls->certificate = "/nonexistent";
  EXPECT_THAT(start(), StatusIs(kInvalid, HasSubstr("/nonexistent")));
  options_.tls.reset();
  EXPECT_THAT(start(), StatusIs(kInvalid, HasSubstr("needs a certificate")));
}

}  // namespace
}  // namespace sightline::web
