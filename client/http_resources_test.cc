#include "client/http_resources.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/gzip.h"
#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"
#include "crypto/tls_server.h"
#include "crypto/tls_session.h"
#include "crypto/x509.h"

namespace sightline::client {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr size_t kMost = 1000;

// Says what the test tells it to, whatever it is asked: one answer for each
// request. An answer that ends in kHangUp ends the connection; one that is kHangUp
// alone is none. kCutOff: as who has the wire would end it, not the server.
constexpr char kHangUp[] = "(hangs up)";
constexpr char kCutOff[] = "(is cut off)";

// A server's connection, in the clear or not.
class Peer {
 public:
  Peer(int fd, const crypto::TlsServer* tls) : fd_(fd) {
    if (tls != nullptr) tls_ = std::move(tls->Accept()).value();
  }
  ~Peer() { close(fd_); }

  bool ReadRequest(std::string* request) {
    while (request->find("\r\n\r\n") == std::string::npos) {
      char bytes[1000];
      const ssize_t read = recv(fd_, bytes, sizeof bytes, 0);
      if (read <= 0) return false;
      const absl::string_view got(bytes, static_cast<size_t>(read));
      if (tls_ == nullptr) {
        absl::StrAppend(request, got);
        continue;
      }
      const absl::Status status = tls_->Receive(got, request);
      Write(tls_->TakeOutput());
      if (!status.ok() || tls_->peer_closed()) return false;
    }
    return true;
  }
  void Say(const std::string& text) {
    if (tls_ == nullptr) return Write(text);
    EXPECT_OK(tls_->Send(text));
    Write(tls_->TakeOutput());
  }
  void HangUp() {
    if (tls_ == nullptr) return;
    tls_->Close();
    Write(tls_->TakeOutput());
  }

 private:
  void Write(const std::string& bytes) {
    send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

  const int fd_;
  std::unique_ptr<crypto::TlsSession> tls_;
};

class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<std::string> answers,
                          std::shared_ptr<const crypto::TlsServer> tls = {})
      : answers_(std::move(answers)), tls_(std::move(tls)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener_, 16);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  ~ScriptedServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  std::string url(const std::string& host = "127.0.0.1") const {
    return absl::StrCat(tls_ == nullptr ? "http://" : "https://", host, ":",
                        port_);
  }
  // After the last answer.
  const std::vector<std::string>& requests() const { return requests_; }
  int connections() const { return connections_; }

 private:
  void Run() {
    size_t next = 0;
    while (next < answers_.size()) {
      const int fd = accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      ++connections_;
      Peer peer(fd, tls_.get());
      bool on = true;
      while (on && next < answers_.size()) {
        std::string request;
        if (!peer.ReadRequest(&request)) break;
        requests_.push_back(request);
        on = Answer(answers_[next++], peer);
      }
    }
  }
  // Whether another request may come.
  static bool Answer(const std::string& answer, Peer& peer) {
    const size_t hang_up = answer.find(kHangUp);
    const size_t cut_off = answer.find(kCutOff);
    const std::string said = answer.substr(0, std::min(hang_up, cut_off));
    if (!said.empty()) peer.Say(said);
    if (hang_up != std::string::npos) peer.HangUp();
    return hang_up == cut_off;
  }

  const std::vector<std::string> answers_;
  const std::shared_ptr<const crypto::TlsServer> tls_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_{0};
  std::vector<std::string> requests_;
  std::thread thread_;
};

std::string Ok(const std::string& body, const std::string& headers = "") {
  return absl::StrCat("HTTP/1.1 200 OK\r\n", headers,
                      "Content-Length: ", body.size(), "\r\n\r\n", body);
}
std::string Status(int status, const std::string& headers = "") {
  return absl::StrCat("HTTP/1.1 ", status, " X\r\n", headers,
                      "Content-Length: 0\r\n\r\n");
}

class HttpResourcesTest : public ::testing::Test {
 protected:
  HttpResourcesTest() {
    options_.first_pause = absl::Milliseconds(1);
    options_.longest_pause = absl::Milliseconds(2);
    options_.attempts = 3;
  }
  absl::StatusOr<std::string> Get(const std::string& url,
                                  const std::string& path = "checkpoint") {
    if (resources_ == nullptr) {
      auto made = HttpResources::Create(url, options_, &rng_);
      if (!made.ok()) return made.status();
      resources_ = *std::move(made);
    }
    return resources_->Get(path, kMost);
  }

  HttpOptions options_;
  crypto::FixedRng rng_{1};
  std::unique_ptr<HttpResources> resources_;
};

TEST_F(HttpResourcesTest, GetsOneAfterTheOtherOnOneConnection) {
  ScriptedServer server({Ok("one"), Ok("two")});
  EXPECT_THAT(Get(server.url() + "/log/"), IsOkAndHolds("one"));
  EXPECT_THAT(Get("", "tile/0/000"), IsOkAndHolds("two"));
  EXPECT_EQ(server.connections(), 1);
  EXPECT_THAT(server.requests()[0],
              HasSubstr("GET /log/checkpoint HTTP/1.1\r\n"));
  EXPECT_THAT(server.requests()[1],
              HasSubstr(absl::StrCat("\r\nHost: ", server.url().substr(7))));
}

TEST_F(HttpResourcesTest, ConnectsAgainWhenTheServerHasHungUp) {
  ScriptedServer server({Ok("one") + kHangUp, Ok("two")});
  EXPECT_THAT(Get(server.url()), IsOkAndHolds("one"));
  EXPECT_THAT(Get(""), IsOkAndHolds("two"));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpResourcesTest, TriesAgainWhatMayPass) {
  ScriptedServer server({Status(503, "Retry-After: 1\r\n"), kHangUp, Ok("x")});
  EXPECT_THAT(Get(server.url()), IsOkAndHolds("x"));
}

TEST_F(HttpResourcesTest, GivesUpAndSaysWhere) {
  ScriptedServer server({Status(503), Status(502), Status(503)});
  EXPECT_THAT(Get(server.url()),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr(server.url() + "/checkpoint")));
}

TEST_F(HttpResourcesTest, AStatusIsWhatItMeans) {
  ScriptedServer server({Status(404), Status(410), Status(403), Status(418),
                         Status(301, "Location: http://elsewhere/\r\n")});
  EXPECT_THAT(Get(server.url()), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Get(""), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Get(""), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Get(""), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Get(""), StatusIs(absl::StatusCode::kInvalidArgument,
                                HasSubstr("http://elsewhere/")));
}

TEST_F(HttpResourcesTest, UnderstandsChunksGzipAndBodiesWithoutLength) {
  const std::string text(300, 'a');
  const std::string gzip = base::GzipCompress(text);
  ScriptedServer server(
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
       "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
       Ok(gzip, "Content-Encoding: gzip\r\n"),
       Ok(gzip.substr(0, 10), "Content-Encoding: gzip\r\n"),
       Ok("x", "Content-Encoding: br\r\n"),
       std::string("HTTP/1.0 200 OK\r\n\r\nto the end") + kHangUp});
  EXPECT_THAT(Get(server.url()), IsOkAndHolds("abc"));
  EXPECT_THAT(Get(""), IsOkAndHolds(text));
  EXPECT_THAT(Get(""), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Get(""), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Get(""), IsOkAndHolds("to the end"));
}

TEST_F(HttpResourcesTest, RefusesWhatIsTooMuchOrNoHttp) {
  const std::string bomb = base::GzipCompress(std::string(kMost + 1, 'a'));
  ScriptedServer server({Ok(std::string(kMost + 1, 'a')),
                         Ok(bomb, "Content-Encoding: gzip\r\n"),
                         "SSH-2.0-OpenSSH\r\n\r\n"});
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Get(server.url()), StatusIs(absl::StatusCode::kDataLoss)) << i;
  }
}

TEST_F(HttpResourcesTest, ASilentServerIsUnavailable) {
  options_.read_timeout = absl::Milliseconds(20);
  options_.attempts = 1;
  ScriptedServer server({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1"});
  EXPECT_THAT(Get(server.url()), StatusIs(absl::StatusCode::kUnavailable));
  resources_.reset();  // the server waits for the next request, or the end
}

// Over TLS, with a certificate of an authority made for it.
class HttpsResourcesTest : public HttpResourcesTest {
 protected:
  HttpsResourcesTest() { Trust("ca.crt", authority_->certificate_pem()); }

  static crypto::Validity Now() {
    const int64_t now = absl::ToUnixSeconds(absl::Now());
    return {now - 3600, now + 3600};
  }
  static std::unique_ptr<crypto::CertificateAuthority> MakeAuthority(
      const char* name) {
    return std::move(crypto::CertificateAuthority::Create(name, Now())).value();
  }
  void Trust(const std::string& name, const std::string& pem) {
    options_.ca_file = absl::StrCat(::testing::TempDir(), "/", name);
    std::ofstream(options_.ca_file, std::ios::binary) << pem;
  }
  std::shared_ptr<const crypto::TlsServer> Tls(crypto::LeafSpec spec) {
    spec.common_name = "log";
    spec.for_server = true;
    if (spec.validity.not_after_unix_s == 0) spec.validity = Now();
    const auto leaf = std::move(authority_->Issue(spec)).value();
    return std::move(crypto::TlsServer::Create(leaf.certificate_pem,
                                               leaf.private_key_pem.view()))
        .value();
  }
  std::shared_ptr<const crypto::TlsServer> TlsOfAddress() {
    crypto::LeafSpec spec;
    spec.ip_addresses = {"127.0.0.1"};
    return Tls(spec);
  }
  // Refused, for good: one connection, and nothing was asked.
  void ExpectRefused(const std::string& host, crypto::LeafSpec spec,
                     const std::string& why) {
    ScriptedServer server({Ok("secret")}, Tls(std::move(spec)));
    EXPECT_THAT(Get(server.url(host)),
                StatusIs(absl::StatusCode::kPermissionDenied,
                         AllOf(HasSubstr(server.url(host)), HasSubstr(why))));
    EXPECT_TRUE(server.requests().empty());
    EXPECT_LE(server.connections(), 1);
    resources_.reset();
  }

  const std::unique_ptr<crypto::CertificateAuthority> authority_ =
      MakeAuthority("CA");
};

TEST_F(HttpsResourcesTest, GetsOneAfterTheOtherOnOneConnection) {
  ScriptedServer server({Ok("one"), Ok(std::string(kMost, 'x')), Ok("three")},
                        TlsOfAddress());
  EXPECT_THAT(Get(server.url() + "/log"), IsOkAndHolds("one"));
  EXPECT_THAT(Get("", "tile/0/000"), IsOkAndHolds(std::string(kMost, 'x')));
  EXPECT_THAT(Get("", "tile/0/001"), IsOkAndHolds("three"));
  EXPECT_EQ(server.connections(), 1);
  EXPECT_THAT(server.requests()[0],
              HasSubstr("GET /log/checkpoint HTTP/1.1\r\n"));
}

TEST_F(HttpsResourcesTest, ConnectsAgainWhenTheServerHasHungUp) {
  ScriptedServer server({Ok("one") + kHangUp, Ok("two") + kCutOff, Ok("three")},
                        TlsOfAddress());
  EXPECT_THAT(Get(server.url()), IsOkAndHolds("one"));
  EXPECT_THAT(Get(""), IsOkAndHolds("two"));
  EXPECT_THAT(Get(""), IsOkAndHolds("three"));
  EXPECT_EQ(server.connections(), 3);
}

TEST_F(HttpsResourcesTest, ABodyWithoutLengthEndsWhenTheServerSaysSo) {
  const std::string head = "HTTP/1.0 200 OK\r\n\r\n";
  ScriptedServer server({head + "to the end" + kHangUp, head + "cut" + kCutOff,
                         head + "cut" + kCutOff, head + "cut" + kCutOff},
                        TlsOfAddress());
  EXPECT_THAT(Get(server.url()), IsOkAndHolds("to the end"));
  EXPECT_THAT(Get(""), StatusIs(absl::StatusCode::kUnavailable,
                                HasSubstr("was cut off")));
  EXPECT_EQ(server.connections(), 4);  // what is cut off is asked for again
}

TEST_F(HttpsResourcesTest, RefusesAnotherAuthority) {
  crypto::LeafSpec spec;
  spec.ip_addresses = {"127.0.0.1"};
  options_.ca_file = "";
  ExpectRefused("127.0.0.1", spec, "(trusted: the machine's authorities)");
  Trust("other.crt", MakeAuthority("Other")->certificate_pem());
  ExpectRefused("127.0.0.1", spec,
                "certificate does not verify: unable to get local issuer "
                "certificate (trusted: ");
}

TEST_F(HttpsResourcesTest, RefusesAnotherHost) {
  crypto::LeafSpec spec;
  spec.dns_names = {"log.example.com"};
  ExpectRefused("127.0.0.1", spec, "IP address mismatch");
  ExpectRefused("localhost", spec, "hostname mismatch");
}

TEST_F(HttpsResourcesTest, RefusesWhatHasExpired) {
  crypto::LeafSpec spec;
  spec.ip_addresses = {"127.0.0.1"};
  spec.validity = {Now().not_before_unix_s, Now().not_before_unix_s + 60};
  ExpectRefused("127.0.0.1", spec, "certificate has expired");
}

TEST_F(HttpsResourcesTest, AHandshakeHasItsDeadline) {
  ScriptedServer server({});  // the system accepts, and nobody answers
  options_.attempts = 1;
  options_.connect_timeout = absl::Milliseconds(20);
  EXPECT_THAT(Get("https" + server.url().substr(4)),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("the server stopped answering")));
}

TEST_F(HttpsResourcesTest, ACaFileIsReadAtTheStart) {
  Trust("bad.crt", "x");
  EXPECT_THAT(Get("https://log.example"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("bad.crt: holds no PEM certificate")));
  options_.ca_file = ::testing::TempDir() + "/none.crt";
  EXPECT_THAT(Get("https://log.example"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  ScriptedServer server({Ok("one")});
  EXPECT_THAT(Get(server.url()), IsOkAndHolds("one"));
}

TEST(ParseHttpUrl, TakesApartWhatIsOne) {
  ASSERT_OK_AND_ASSIGN(HttpUrl url, ParseHttpUrl("http://log.example"));
  EXPECT_EQ(url.host, "log.example");
  EXPECT_EQ(url.port, "80");
  EXPECT_EQ(url.prefix, "");
  EXPECT_EQ(url.authority(), "log.example");
  ASSERT_OK_AND_ASSIGN(url, ParseHttpUrl("http://[::1]:8080/a/b/"));
  EXPECT_EQ(url.host, "::1");
  EXPECT_EQ(url.port, "8080");
  EXPECT_EQ(url.prefix, "/a/b");
  EXPECT_EQ(url.authority(), "[::1]:8080");
  EXPECT_FALSE(url.tls);
  ASSERT_OK_AND_ASSIGN(url, ParseHttpUrl("https://log.example/a/"));
  EXPECT_TRUE(url.tls);
  EXPECT_EQ(url.port, "443");
  EXPECT_EQ(url.authority(), "log.example");
  EXPECT_EQ(url.text(), "https://log.example/a");
  ASSERT_OK_AND_ASSIGN(url, ParseHttpUrl("https://log.example:80"));
  EXPECT_EQ(url.text(), "https://log.example:80");
}

TEST(ParseHttpUrl, RefusesTheRest) {
  for (const char* url :
       {"", "log.example", "https:/log.example", "ftp://a", "http://",
        "https://", "http://:80", "http://a:", "http://a:0", "http://a:65536",
        "http://a:x", "http://a/?b", "http://a/#b", "http://u@a", "http://a b",
        "http://a/\r\nX: y"}) {
    EXPECT_THAT(ParseHttpUrl(url), StatusIs(absl::StatusCode::kInvalidArgument))
        << url;
  }
}

}  // namespace
}  // namespace sightline::client
