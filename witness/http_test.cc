// The two ends over real sockets on loopback.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "base/status_matchers.h"
#include "witness/http_server.h"
#include "witness/http_transport.h"

namespace sightline::witness {
namespace {

using ::sightline::base::StatusIs;

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
        right += reply.ok() &&
                 reply->body == absl::StrCat("POST /", i, " 127.0.0.1 ", i);
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

TEST(HttpTransport, KnowsWhatIsNoUrl) {
  for (const char* url :
       {"", "x", "ftp://a/", "http://", "https:///x", "//a/b", "unix:/x"}) {
    EXPECT_THAT(CheckUrl(url), StatusIs(absl::StatusCode::kInvalidArgument))
        << url;
  }
  EXPECT_OK(CheckUrl("http://a"));
  EXPECT_OK(CheckUrl("https://a.example:8443/w"));
}

}  // namespace
}  // namespace sightline::witness
