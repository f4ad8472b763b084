#include "client/http_resources.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/gzip.h"
#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"

namespace sightline::client {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr size_t kMost = 1000;

// Says what the test tells it to, whatever it is asked: one answer for each
// request. An answer that ends in kHangUp ends the connection; one that is kHangUp
// alone is none.
constexpr char kHangUp[] = "(hangs up)";

class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<std::string> answers)
      : answers_(std::move(answers)) {
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

  std::string url() const { return absl::StrCat("http://127.0.0.1:", port_); }
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
      while (next < answers_.size() && ReadRequest(fd)) {
        std::string answer = answers_[next++];
        const size_t end = answer.find(kHangUp);
        const std::string said = answer.substr(0, end);
        send(fd, said.data(), said.size(), MSG_NOSIGNAL);
        if (end != std::string::npos) break;
      }
      close(fd);
    }
  }
  bool ReadRequest(int fd) {
    std::string request;
    char c;
    while (request.find("\r\n\r\n") == std::string::npos) {
      if (recv(fd, &c, 1, 0) != 1) return false;
      request.push_back(c);
    }
    requests_.push_back(request);
    return true;
  }

  const std::vector<std::string> answers_;
  int listener_ = -1;
  int port_ = 0;
  int connections_ = 0;
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
}

TEST(ParseHttpUrl, RefusesTheRest) {
  for (const char* url :
       {"", "log.example", "https://log.example", "ftp://a", "http://",
        "http://:80", "http://a:", "http://a:0", "http://a:65536", "http://a:x",
        "http://a/?b", "http://a/#b", "http://u@a", "http://a b",
        "http://a/\r\nX: y"}) {
    EXPECT_THAT(ParseHttpUrl(url), StatusIs(absl::StatusCode::kInvalidArgument))
        << url;
  }
}

}  // namespace
}  // namespace sightline::client
