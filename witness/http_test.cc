// The two ends over real sockets on loopback.
#include <gtest/gtest.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "base/status_matchers.h"
#include "crypto/tls_server.h"
#include "crypto/tls_session.h"
#include "crypto/x509.h"
#include "witness/http_server.h"
#include "witness/http_transport.h"

namespace sightline::witness {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

class Echo final : public Handler {
 public:
  Answer Handle(const Request& request) override {
    Answer answer;
    answer.body = absl::StrCat(request.method, " ", request.path, " ",
                               request.client, " ", request.body.size());
    if (request.path == "/long") answer.body = std::string(1 << 20, 'x');
    if (request.path == "/busy") {
      answer.status = 429;
      answer.retry_after_s = 7;
      answer.content_type = "text/x.other";
    }
    return answer;
  }
};

class HttpTest : public ::testing::Test {
 protected:
  void SetUp() override {
    HttpServerOptions options;
    options.threads = 4;
    options.max_body_bytes = 1000;
    server_ = std::move(HttpServer::Start(options, &echo_)).value();
    url_ = absl::StrCat("http://127.0.0.1:", server_->port());
  }
  absl::StatusOr<Reply> Post(const std::string& path, size_t bytes) {
    // Four threads serve sixteen connections one after the other, each until it
    // has rested: what a call may wait for depends on the machine.
    return transport_->Post(url_ + path, std::string(bytes, 'x'),
                            absl::Minutes(5));
  }

  Echo echo_;
  std::unique_ptr<HttpServer> server_;
  std::string url_;
  std::unique_ptr<Transport> transport_ = MakeHttpTransport();
};

TEST_F(HttpTest, CarriesRequestAndReply) {
  const auto reply = Post("/a/b", 5);
  ASSERT_OK(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "POST /a/b 127.0.0.1 5");
  const auto busy = Post("/busy", 0);
  ASSERT_OK(busy);
  EXPECT_EQ(busy->status, 429);
  EXPECT_EQ(busy->retry_after_s, 7);
  EXPECT_EQ(busy->content_type, "text/x.other");
}

TEST_F(HttpTest, RefusesABodyThatIsTooLong) {
  ASSERT_OK(Post("/a", 1000));
  const auto reply = Post("/a", 1001);
  // Closed in the middle of our writing, or answered before.
  EXPECT_TRUE(!reply.ok() || reply->status == 413);
  EXPECT_OK(Post("/b", 1));
}

TEST_F(HttpTest, RefusesAReplyThatIsTooLong) {
  EXPECT_THAT(Post("/long", 1), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(HttpTest, ServesManyAtOnce) {
  std::vector<std::thread> threads;
  base::Mutex mutex;
  int right = 0;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([this, i, &mutex, &right] {
      for (int j = 0; j < 10; ++j) {
        const auto reply = Post(absl::StrCat("/", i), i);
        base::MutexLock lock(&mutex);
        ASSERT_OK(reply);
        EXPECT_EQ(reply->body, absl::StrCat("POST /", i, " 127.0.0.1 ", i));
        ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 160);
}

TEST_F(HttpTest, TwoServersCannotShareAPort) {
  HttpServerOptions options;
  options.port = server_->port();
  EXPECT_THAT(HttpServer::Start(options, &echo_),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(HttpTest, SaysThatNobodyIsThere) {
  server_->Shutdown();
  EXPECT_THAT(Post("/a", 1), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(HttpTest, RefusesCallsAfterItsShutdown) {
  transport_->Shutdown();
  EXPECT_THAT(Post("/a", 1), StatusIs(absl::StatusCode::kUnavailable));
}

// Answers one request on each connection, reads a second one and hangs up.
class HangsUp {
 public:
  HangsUp() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener_, any, size), 0);
    EXPECT_EQ(listen(listener_, 8), 0);
    EXPECT_EQ(getsockname(listener_, any, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~HangsUp() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  int port() const { return port_; }
  int connections() const { return connections_; }

 private:
  static bool ReadRequest(int connection) {
    std::string request;
    char byte = 0;
    while (!absl::EndsWith(request, "\r\n\r\n!")) {
      if (read(connection, &byte, 1) != 1) return false;
      request.push_back(byte);
    }
    return true;
  }
  void Serve() {
    constexpr absl::string_view kAnswer =
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    int connection = 0;
    while ((connection = accept(listener_, nullptr, nullptr)) >= 0) {
      ++connections_;
      if (ReadRequest(connection)) {
        EXPECT_EQ(write(connection, kAnswer.data(), kAnswer.size()),
                  static_cast<ssize_t>(kAnswer.size()));
        ReadRequest(connection);
      }
      close(connection);
    }
  }

  const int listener_ = socket(AF_INET, SOCK_STREAM, 0);
  int port_ = 0;
  std::atomic<int> connections_{0};
  std::thread thread_;
};

TEST(HttpTransport, AsksAgainWhenAKeptConnectionEndsUnderIt) {
  const HangsUp server;
  const std::string url = absl::StrCat("http://127.0.0.1:", server.port(), "/");
  const auto transport = MakeHttpTransport();
  for (int i = 0; i < 3; ++i) {
    const auto reply = transport->Post(url, "!", absl::Seconds(20));
    ASSERT_OK(reply);
    EXPECT_EQ(reply->body, "ok");
  }
  EXPECT_EQ(server.connections(), 3);
  transport->Shutdown();
}

// A witness over TLS, with a certificate of an authority made for it.
class HttpsTransport : public ::testing::Test {
 protected:
  HttpsTransport() { Write("ca.crt", authority_->certificate_pem()); }
  ~HttpsTransport() override { Stop(); }

  static crypto::Validity Now() {
    const int64_t now = absl::ToUnixSeconds(absl::Now());
    return {now - 3600, now + 3600};
  }
  static std::unique_ptr<crypto::CertificateAuthority> MakeAuthority(
      const char* name) {
    return std::move(crypto::CertificateAuthority::Create(name, Now())).value();
  }
  static std::string Write(const std::string& name, absl::string_view bytes) {
    const std::string path = absl::StrCat(::testing::TempDir(), "/", name);
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  void Serve(crypto::LeafSpec spec) {
    spec.common_name = "witness";
    spec.for_server = true;
    if (spec.validity.not_after_unix_s == 0) spec.validity = Now();
    const auto leaf = authority_->Issue(spec);
    ASSERT_OK(leaf);
    const std::string crt = Write("server.crt", leaf->certificate_pem);
    const std::string key = Write("server.key", leaf->private_key_pem.view());
    server_ = std::make_unique<httplib::SSLServer>(crt.c_str(), key.c_str());
    server_->Post("/",
                  [this](const httplib::Request& in, httplib::Response& out) {
                    ++asked_;
                    out.set_content(absl::StrCat(in.remote_port), "text/plain");
                  });
    port_ = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running()) std::this_thread::yield();
  }
  void ServeAddress() {
    crypto::LeafSpec spec;
    spec.ip_addresses = {"127.0.0.1"};
    Serve(spec);
  }
  void Stop() {
    if (!thread_.joinable()) return;
    server_->stop();
    thread_.join();
  }
  absl::StatusOr<Reply> Post(Transport& transport,
                             const std::string& host = "127.0.0.1") {
    return transport.Post(absl::StrCat("https://", host, ":", port_, "/"), "!",
                          absl::Minutes(1));
  }
  void ExpectRefused(const std::string& host, const std::string& ca_file,
                     const std::string& why) {
    const auto transport = MakeHttpTransport(ca_file);
    EXPECT_THAT(
        Post(*transport, host),
        StatusIs(absl::StatusCode::kUnavailable,
                 AllOf(HasSubstr(absl::StrCat("https://", host, ":", port_)),
                       HasSubstr("certificate does not verify: " + why))));
    EXPECT_EQ(asked_, 0);
  }

  const std::unique_ptr<crypto::CertificateAuthority> authority_ =
      MakeAuthority("CA");
  const std::string ca_ = ::testing::TempDir() + "/ca.crt";
  std::unique_ptr<httplib::SSLServer> server_;
  int port_ = 0;
  std::thread thread_;
  std::atomic<int> asked_{0};
};

TEST_F(HttpsTransport, AsksWhoItsAuthorityKnowsOnOneConnection) {
  ServeAddress();
  const auto transport = MakeHttpTransport(ca_);
  const auto first = Post(*transport);
  ASSERT_OK(first);
  const auto second = Post(*transport);
  ASSERT_OK(second);
  EXPECT_EQ(first->body, second->body);  // the port that it came from
  EXPECT_EQ(asked_, 2);
  transport->Shutdown();
}

TEST_F(HttpsTransport, RefusesAnotherAuthority) {
  ServeAddress();
  const std::string other =
      Write("other.crt", MakeAuthority("Other")->certificate_pem());
  for (const std::string& ca : {other, std::string()}) {
    ExpectRefused("127.0.0.1", ca, "unable to get local issuer certificate");
  }
}

TEST_F(HttpsTransport, RefusesAnotherHost) {
  crypto::LeafSpec spec;
  spec.dns_names = {"witness.example.com"};
  Serve(spec);
  ExpectRefused("127.0.0.1", ca_, "IP address mismatch");
  ExpectRefused("localhost", ca_, "hostname mismatch");
}

TEST_F(HttpsTransport, RefusesWhatHasExpired) {
  crypto::LeafSpec spec;
  spec.ip_addresses = {"127.0.0.1"};
  spec.validity = {Now().not_before_unix_s, Now().not_before_unix_s + 60};
  Serve(spec);
  ExpectRefused("127.0.0.1", ca_, "certificate has expired");
}

// Answers one request, and is cut off.
void AnswerOnce(int listener, const crypto::TlsServer& tls,
                const std::string& answer) {
  const int fd = accept(listener, nullptr, nullptr);
  const auto session = std::move(tls.Accept()).value();
  const auto say = [&] {
    const std::string out = session->TakeOutput();
    send(fd, out.data(), out.size(), MSG_NOSIGNAL);
  };
  std::string request;
  char bytes[1000];
  while (!absl::EndsWith(request, "\r\n\r\n!")) {
    const ssize_t got = recv(fd, bytes, sizeof bytes, 0);
    if (got <= 0) break;
    EXPECT_OK(session->Receive({bytes, static_cast<size_t>(got)}, &request));
    say();
  }
  EXPECT_OK(session->Send(answer));
  say();
  close(fd);
}

TEST_F(HttpsTransport, AReplyThatIsCutOffIsNone) {
  crypto::LeafSpec spec;
  spec.common_name = "witness";
  spec.ip_addresses = {"127.0.0.1"};
  spec.for_server = true;
  spec.validity = Now();
  const auto leaf = authority_->Issue(spec);
  ASSERT_OK(leaf);
  const auto tls = crypto::TlsServer::Create(leaf->certificate_pem,
                                             leaf->private_key_pem.view());
  ASSERT_OK(tls);
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(bind(listener, any, size), 0);
  ASSERT_EQ(listen(listener, 4), 0);
  ASSERT_EQ(getsockname(listener, any, &size), 0);
  port_ = ntohs(address.sin_port);
  for (const char* headers :
       {"Content-Length: 4\r\n", "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n", "Connection: close\r\n"}) {
    const std::string answer =
        absl::StrCat("HTTP/1.1 200 OK\r\n", headers, "\r\n",
                     headers[0] == 'T' ? "4\r\n" : "", "body");
    std::thread serving([&] { AnswerOnce(listener, **tls, answer); });
    const auto transport = MakeHttpTransport(ca_);
    const auto reply = Post(*transport);
    const bool whole = absl::StrContains(headers, " 4");
    EXPECT_EQ(reply.ok(), whole) << headers;
    EXPECT_EQ(reply.ok() ? reply->body : "", whole ? "body" : "");
    serving.join();
  }
  close(listener);
}

TEST(HttpTransport, KnowsWhatIsNoUrl) {
  for (const char* url : {"", "x", "ftp://a/", "http://", "https:///x",
                          "https://:80/", "//a/b", "unix:/x"}) {
    EXPECT_THAT(CheckUrl(url), StatusIs(absl::StatusCode::kInvalidArgument))
        << url;
  }
  EXPECT_OK(CheckUrl("http://a"));
  EXPECT_OK(CheckUrl("https://a.example:8443/w"));
}

}  // namespace
}  // namespace sightline::witness
