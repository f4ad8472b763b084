#include "web/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "base/mutex.h"
#include "base/status_matchers.h"
#include "telemetry/recorded_diagnostics.h"
#include "tiles/pinned_bytes.h"
#include "web/body_stream.h"
#include "web/handler.h"
#include "web/http_message.h"
#include "web/test_client.h"

namespace sightline::web {
namespace {

using ::sightline::base::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int64_t kNowMs = 784111777000;  // RFC 9110's example
constexpr size_t kBigBytes = 32 << 20;    // more than any socket buffers

// The far end of a stream that a test gives chunk by chunk.
class StreamControl {
 public:
  // Waits until the server asks for a chunk, and gives it.
  void Give(absl::string_view bytes, bool last = false) {
    AwaitPull();
    std::shared_ptr<ChunkSink> sink;
    {
      base::MutexLock lock(&mutex_);
      sink = std::move(sink_);
      sink_ = nullptr;
    }
    Chunk chunk;
    chunk.head = std::string(bytes.substr(0, bytes.size() / 2));
    chunk.bytes = tiles::PinnedBytes::FromString(
        std::string(bytes.substr(bytes.size() / 2)));
    chunk.last = last;
    sink->TakeChunk(std::move(chunk));
  }
  void AwaitPull() {
    base::MutexLock lock(&mutex_);
    while (sink_ == nullptr) changed_.Wait(&mutex_);
  }
  bool pulled() const {
    base::MutexLock lock(&mutex_);
    return sink_ != nullptr;
  }
  void AwaitEnd() {
    base::MutexLock lock(&mutex_);
    while (!ended_) changed_.Wait(&mutex_);
  }

  void Pull(std::shared_ptr<ChunkSink> sink) {
    base::MutexLock lock(&mutex_);
    sink_ = std::move(sink);
    changed_.NotifyAll();
  }
  void End() {
    base::MutexLock lock(&mutex_);
    ended_ = true;
    changed_.NotifyAll();
  }

 private:
  mutable base::Mutex mutex_;
  base::CondVar changed_;
  std::shared_ptr<ChunkSink> sink_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

class TestStream final : public BodyStream {
 public:
  explicit TestStream(StreamControl* control) : control_(control) {}
  ~TestStream() override { control_->End(); }
  void Pull(std::shared_ptr<ChunkSink> sink) override {
    control_->Pull(std::move(sink));
  }

 private:
  StreamControl* const control_;
};

// Answers by path; keeps the requests to /later until a test lets them go.
class TestHandler final : public Handler {
 public:
  void Handle(const Request& request, Reply reply) override {
    if (request.path() == "/later") {
      base::MutexLock lock(&mutex_);
      kept_.push_back(std::move(reply));
      changed_.NotifyAll();
    } else if (request.path() == "/watched") {
      base::MutexLock lock(&mutex_);
      reply.SetOnGone([this] { CountGone(); });
      kept_.push_back(std::move(reply));
      changed_.NotifyAll();
    } else if (request.path() == "/client") {
      reply.Send(TextResponse(200, request.client));
    } else if (request.path() == "/stream") {
      Response response;
      response.stream = std::make_unique<TestStream>(&stream_);
      reply.Send(std::move(response));
    } else if (request.path() == "/drop") {
      Reply dropped = std::move(reply);
    } else if (request.path() == "/big") {
      Response response;
      response.body = tiles::PinnedBytes::Unowned(big_);
      reply.Send(std::move(response));
    } else if (request.path() == "/nothing") {
      Response response;
      response.status = 204;
      reply.Send(std::move(response));
    } else {
      reply.Send(TextResponse(
          200, absl::StrCat(request.method, " ", request.target, " ",
                            request.header("x-test"), " ", request.body)));
    }
  }

  // Waits for a request to /later.
  Reply AwaitKept() {
    base::MutexLock lock(&mutex_);
    while (kept_.empty()) changed_.Wait(&mutex_);
    Reply reply = std::move(kept_.back());
    kept_.pop_back();
    return reply;
  }

  void AwaitGone() {
    base::MutexLock lock(&mutex_);
    while (gone_ == 0) changed_.Wait(&mutex_);
  }

  StreamControl& stream() { return stream_; }

 private:
  void CountGone() {
    base::MutexLock lock(&mutex_);
    ++gone_;
    changed_.NotifyAll();
  }

  StreamControl stream_;
  const std::string big_ = std::string(kBigBytes, 'b');
  base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<Reply> kept_ ABSL_GUARDED_BY(mutex_);
  int gone_ ABSL_GUARDED_BY(mutex_) = 0;
};

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    options_.listen = {"127.0.0.1:0"};
    options_.tick = absl::Milliseconds(5);
    options_.monotonic_ms = [this] { return monotonic_ms_.load(); };
  }

  void Start() {
    ASSERT_OK_AND_ASSIGN(
        server_, Server::Start(options_, &handler_, &clock_, &diagnostics_));
  }
  std::unique_ptr<TestClient> Connect(int receive_buffer = 0) {
    auto client =
        TestClient::Connect(server_->addresses().front(), receive_buffer);
    EXPECT_OK(client.status());
    return client.ok() ? *std::move(client) : nullptr;
  }
  void Pass(absl::Duration time) {
    monotonic_ms_ += absl::ToInt64Milliseconds(time);
  }

  ServerOptions options_;
  TestHandler handler_;
  base::FakeClock clock_{kNowMs};
  std::atomic<int64_t> monotonic_ms_{1000};
  telemetry::RecordedDiagnostics diagnostics_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersAgainAndAgainOnOneConnection) {
  Start();
  const auto client = Connect();
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(
        const TestResponse response,
        client->Get(absl::StrCat("/a?", i), "X-Test: yes\r\n"));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, absl::StrCat("GET /a?", i, " yes \n"));
    EXPECT_EQ(response.header("date"), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(response.header("connection"), "");
  }
  EXPECT_EQ(server_->stats().accepted, 1u);
  EXPECT_EQ(server_->stats().requests, 3u);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  Start();
  const auto client = Connect();
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    absl::StrAppend(&requests, "GET /", i, " HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  ASSERT_OK(client->Send(requests));
  for (int i = 0; i < 50; ++i) {
    ASSERT_OK_AND_ASSIGN(const TestResponse response, client->Receive());
    EXPECT_EQ(response.body, absl::StrCat("GET /", i, "  \n"));
  }
}

TEST_F(ServerTest, TakesARequestByteByByte) {
  options_.max_body_bytes = 5;
  Start();
  const auto client = Connect();
  for (const char c : std::string("POST /p HTTP/1.1\r\nHost: h\r\n"
                                  "Content-Length: 5\r\n\r\nhello")) {
    ASSERT_OK(client->Send(std::string(1, c)));
  }
  ASSERT_OK_AND_ASSIGN(const TestResponse response, client->Receive());
  EXPECT_EQ(response.body, "POST /p  hello\n");
}

TEST_F(ServerTest, TakesAChunkedBodyAndSaysContinueWhenAsked) {
  options_.max_body_bytes = 100;
  Start();
  const auto client = Connect();
  ASSERT_OK(
      client->Send("POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n"));
  ASSERT_OK_AND_ASSIGN(const TestResponse go_on, client->Receive());
  EXPECT_EQ(go_on.status, 100);
  ASSERT_OK(client->Send("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
  ASSERT_OK_AND_ASSIGN(const TestResponse response, client->Receive());
  EXPECT_EQ(response.body, "POST /p  abcde\n");
}

TEST_F(ServerTest, LeavesOutBodiesThatDoNotBelong) {
  Start();
  const auto client = Connect();
  ASSERT_OK_AND_ASSIGN(const TestResponse head,
                       client->Request("HEAD", "/abc"));
  EXPECT_EQ(head.header("content-length"), "12");
  ASSERT_OK_AND_ASSIGN(const TestResponse nothing, client->Get("/nothing"));
  EXPECT_EQ(nothing.status, 204);
  EXPECT_EQ(nothing.headers.count("content-length"), 0u);
  ASSERT_OK_AND_ASSIGN(const TestResponse after, client->Get("/after"));
  EXPECT_EQ(after.body, "GET /after  \n");
}

TEST_F(ServerTest, HangsUpAfterTheAnswerWhereAsked) {
  Start();
  for (const char* request :
       {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n"}) {
    const auto client = Connect();
    ASSERT_OK(client->Send(request));
    ASSERT_OK_AND_ASSIGN(const TestResponse response, client->Receive());
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.header("connection"), "close");
    EXPECT_OK(client->AwaitEnd());
  }
  const auto client = Connect();
  ASSERT_OK(client->Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  ASSERT_OK_AND_ASSIGN(const TestResponse response, client->Receive());
  EXPECT_EQ(response.header("connection"), "keep-alive");
}

TEST_F(ServerTest, RefusesWhatIsMalformedOrTooLarge) {
  options_.max_header_bytes = 1024;
  options_.max_body_bytes = 10;
  Start();
  const struct {
    std::string request;
    int status;
  } kCases[] = {
      {"nonsense\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},  // no Host
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"GET / HTTP/1.1\r\nHost: a\r\nBad Name: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
       "Transfer-Encoding: chunked\r\n\r\n",
       400},
      {absl::StrCat("GET /", std::string(2000, 'a'), " HTTP/1.1\r\n"), 431},
      {absl::StrCat("GET / HTTP/1.1\r\nHost: a\r\nA: ", std::string(2000, 'a')),
       431},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", 413},
  };
  for (const auto& test : kCases) {
    const auto client = Connect();
    ASSERT_OK(client->Send(test.request));
    const absl::StatusOr<TestResponse> response = client->Receive();
    ASSERT_OK(response.status()) << test.request;
    EXPECT_EQ(response->status, test.status) << test.request;
    EXPECT_OK(client->AwaitEnd());
  }
  EXPECT_EQ(server_->stats().malformed, std::size(kCases));
}

TEST_F(ServerTest, TakesTheAbsoluteFormOfATarget) {
  Start();
  const auto client = Connect();
  ASSERT_OK_AND_ASSIGN(const TestResponse response,
                       client->Get("http://log.example/checkpoint"));
  EXPECT_EQ(response.body, "GET /checkpoint  \n");
}

TEST_F(ServerTest, AnswersFromAnotherThread) {
  Start();
  const auto client = Connect();
  ASSERT_OK(
      client->Send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n"
                   "GET /next HTTP/1.1\r\nHost: h\r\n\r\n"));
  Reply reply = handler_.AwaitKept();
  std::thread([&] { reply.Send(TextResponse(200, "later")); }).join();
  ASSERT_OK_AND_ASSIGN(const TestResponse later, client->Receive());
  EXPECT_EQ(later.body, "later\n");
  ASSERT_OK_AND_ASSIGN(const TestResponse next, client->Receive());
  EXPECT_EQ(next.body, "GET /next  \n");
}

TEST_F(ServerTest, AForgottenRequestIsAnInternalError) {
  Start();
  const auto client = Connect();
  ASSERT_OK_AND_ASSIGN(const TestResponse response, client->Get("/drop"));
  EXPECT_EQ(response.status, 500);
}

TEST_F(ServerTest, AnAnswerToAClientThatHasGoneGoesNowhere) {
  Start();
  auto client = Connect();
  ASSERT_OK(client->Send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n"));
  Reply reply = handler_.AwaitKept();
  client.reset();
  reply.Send(TextResponse(200, "nobody hears it"));
  EXPECT_OK(Connect()->Get("/").status());
}

TEST_F(ServerTest, TellsWhoAnswersLaterThatTheClientHasGone) {
  Start();
  auto client = Connect();
  ASSERT_OK(client->Send("GET /watched HTTP/1.1\r\nHost: h\r\n\r\n"));
  Reply reply = handler_.AwaitKept();
  client.reset();
  handler_.AwaitGone();
  reply.Send(TextResponse(200, "nobody hears it"));
}

TEST_F(ServerTest, AWatchedRequestIsAnsweredAndFollowedByTheNext) {
  Start();
  const auto client = Connect();
  ASSERT_OK(
      client->Send("GET /watched HTTP/1.1\r\nHost: h\r\n\r\n"
                   "GET /next HTTP/1.1\r\nHost: h\r\n\r\n"));
  Reply reply = handler_.AwaitKept();
  reply.Send(TextResponse(200, "at last"));
  ASSERT_OK_AND_ASSIGN(const TestResponse response, client->Receive());
  EXPECT_EQ(response.body, "at last\n");
  EXPECT_OK(client->Receive().status());
  EXPECT_OK(client->Get("/").status());
}

// --- streams ------------------------------------------------------------------

constexpr char kStreamRequest[] = "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n";

TEST_F(ServerTest, SendsAStreamChunkByChunk) {
  Start();
  const auto client = Connect();
  ASSERT_OK(client->Send(kStreamRequest));
  ASSERT_OK_AND_ASSIGN(const TestResponse head, client->Receive(true));
  EXPECT_EQ(head.header("transfer-encoding"), "chunked");
  EXPECT_EQ(head.header("content-length"), "");
  for (const char* const part : {"one", "t", "three"}) {
    handler_.stream().Give(part);
    EXPECT_THAT(client->ReceiveChunk(), base::IsOkAndHolds(std::string(part)));
  }
  handler_.stream().Give("");  // nothing to say does not end it
  handler_.stream().Give("last", /*last=*/true);
  EXPECT_THAT(client->ReceiveChunk(), base::IsOkAndHolds(std::string("last")));
  EXPECT_THAT(client->ReceiveChunk(), base::IsOkAndHolds(std::string()));
  handler_.stream().AwaitEnd();
  EXPECT_OK(client->Get("/").status());
}

TEST_F(ServerTest, AStreamMayEndWithNothing) {
  Start();
  const auto client = Connect();
  ASSERT_OK(client->Send(kStreamRequest));
  handler_.stream().Give("", /*last=*/true);
  ASSERT_OK_AND_ASSIGN(const TestResponse response, client->Receive());
  EXPECT_EQ(response.body, "");
  EXPECT_OK(client->Get("/").status());
}

TEST_F(ServerTest, AnOldClientIsSentAStreamUntilItsEnd) {
  Start();
  const auto client = Connect();
  ASSERT_OK(
      client->Send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  handler_.stream().Give("one");
  handler_.stream().Give("two", /*last=*/true);
  std::string said;
  ASSERT_OK(client->AwaitEnd(&said));
  EXPECT_THAT(said, testing::EndsWith("\r\n\r\nonetwo"));
  EXPECT_THAT(said, testing::Not(HasSubstr("chunked")));
}

TEST_F(ServerTest, AStreamHasNoBodyForHead) {
  Start();
  const auto client = Connect();
  ASSERT_OK(client->Request("HEAD", "/stream").status());
  handler_.stream().AwaitEnd();
  EXPECT_OK(client->Get("/").status());
}

TEST_F(ServerTest, AStreamEndsWhenItsClientLeaves) {
  Start();
  auto client = Connect();
  ASSERT_OK(client->Send(kStreamRequest));
  handler_.stream().AwaitPull();
  client.reset();
  handler_.stream().AwaitEnd();
  handler_.stream().Give("nobody hears it");
}

TEST_F(ServerTest, WhatIsAskedDuringAStreamIsAnsweredAfterIt) {
  Start();
  const auto client = Connect();
  ASSERT_OK(client->Send(kStreamRequest));
  handler_.stream().AwaitPull();
  ASSERT_OK(client->Send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n"));
  handler_.stream().Give("all", /*last=*/true);
  ASSERT_OK_AND_ASSIGN(const TestResponse all, client->Receive());
  EXPECT_EQ(all.body, "all");
  ASSERT_OK_AND_ASSIGN(const TestResponse next, client->Receive());
  EXPECT_EQ(next.body, "GET /next  \n");
}

TEST_F(ServerTest, AStreamWaitsForASlowReader) {
  options_.threads = 1;
  Start();
  const auto slow = Connect(4096);
  ASSERT_OK(slow->Send(kStreamRequest));
  const std::string big(kBigBytes, 's');
  handler_.stream().Give(big);
  // One loop: it has begun to write before it answers these.
  for (int i = 0; i < 10; ++i) ASSERT_OK(Connect()->Get("/").status());
  EXPECT_FALSE(handler_.stream().pulled());
  ASSERT_OK(slow->Receive(true).status());
  EXPECT_THAT(slow->ReceiveChunk(), base::IsOkAndHolds(big));
  handler_.stream().AwaitPull();
}

TEST_F(ServerTest, AStreamMayRestButItsReaderMayNot) {
  options_.threads = 1;
  Start();
  const auto slow = Connect(4096);
  ASSERT_OK(slow->Send(kStreamRequest));
  handler_.stream().AwaitPull();
  Pass(absl::Hours(1));
  handler_.stream().Give(std::string(kBigBytes, 's'));
  ASSERT_OK(Connect()->Get("/").status());
  Pass(options_.send_timeout + absl::Seconds(1) +
       absl::Seconds(kBigBytes / options_.least_bytes_per_second));
  EXPECT_OK(slow->AwaitEnd());
  handler_.stream().AwaitEnd();
}

TEST_F(ServerTest, AStopEndsStreamsAfterItsGrace) {
  Start();
  const auto client = Connect();
  ASSERT_OK(client->Send(kStreamRequest));
  handler_.stream().AwaitPull();
  server_->Shutdown(absl::Milliseconds(1));
  handler_.stream().AwaitEnd();
  EXPECT_OK(client->AwaitEnd());
}

// --- slow and broken clients --------------------------------------------------

// One loop in these: it has done with a client's answer, deadline and all, when it
// answers the next client.

TEST_F(ServerTest, DisconnectsWhoRestsTooLong) {
  options_.threads = 1;
  Start();
  const auto rests = Connect();
  const auto talks = Connect();
  ASSERT_OK(rests->Get("/").status());
  ASSERT_OK(talks->Get("/").status());
  Pass(options_.idle_timeout - absl::Seconds(1));
  ASSERT_OK(rests->Get("/").status());  // not too long yet
  ASSERT_OK(talks->Get("/").status());
  Pass(options_.idle_timeout - absl::Seconds(1));
  ASSERT_OK(talks->Get("/").status());
  Pass(absl::Seconds(2));
  EXPECT_OK(rests->AwaitEnd());
  EXPECT_OK(talks->Get("/").status());
  EXPECT_EQ(server_->stats().overdue, 1u);
}

TEST_F(ServerTest, DisconnectsWhoConnectsAndSaysNothing) {
  options_.threads = 1;
  Start();
  const auto silent = Connect();
  const auto talks = Connect();
  ASSERT_OK(talks->Get("/").status());  // so both are known to the server
  ASSERT_OK(talks->Get("/").status());
  Pass(options_.request_timeout + absl::Seconds(1));
  EXPECT_OK(silent->AwaitEnd());
  EXPECT_OK(talks->Get("/").status());
}

// Each byte in time does not make the whole in time.
TEST_F(ServerTest, DisconnectsWhoNeverFinishesARequest) {
  options_.threads = 1;
  Start();
  const auto slow = Connect();
  const auto talks = Connect();
  ASSERT_OK(slow->Get("/").status());
  ASSERT_OK(slow->Send("GET / HTTP/1.1\r\n"));
  absl::Status sent;
  for (int i = 0; i < 1000 && sent.ok(); ++i) {
    sent = slow->Send("A: b\r\n");
    ASSERT_OK(talks->Get("/").status());
    Pass(absl::Milliseconds(500));
  }
  EXPECT_OK(slow->AwaitEnd());
  EXPECT_OK(talks->Get("/").status());
}

TEST_F(ServerTest, SlowReadersHoldNobodyUp) {
  options_.threads = 1;
  Start();
  std::vector<std::unique_ptr<TestClient>> slow;
  for (int i = 0; i < 20; ++i) {
    slow.push_back(Connect(4096));
    ASSERT_OK(slow.back()->Send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n"));
  }
  const auto quick = Connect();
  for (int i = 0; i < 100; ++i) ASSERT_OK(quick->Get("/").status());
  // What is not taken in time is not kept for ever.
  Pass(options_.send_timeout + absl::Seconds(1) +
       absl::Seconds(kBigBytes / options_.least_bytes_per_second));
  for (const auto& client : slow) EXPECT_OK(client->AwaitEnd());
  EXPECT_GE(server_->stats().overdue, slow.size());  // quick rested, too
}

TEST_F(ServerTest, TheKernelHoldsLittleForSlowReaders) {
  options_.threads = 1;
  Start();
  const auto slow = Connect(4096);
  ASSERT_OK(slow->Send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n"));
  // One loop: it has written what it can before it answers these.
  for (int i = 0; i < 10; ++i) ASSERT_OK(Connect()->Get("/").status());
  EXPECT_GE(server_->stats().unsent_bytes, kBigBytes - (512 << 10));
}

TEST_F(ServerTest, ASlowReaderInTimeGetsAll) {
  Start();
  const auto client = Connect(4096);
  ASSERT_OK_AND_ASSIGN(const TestResponse response, client->Get("/big"));
  EXPECT_EQ(response.body.size(), kBigBytes);
  EXPECT_OK(client->Get("/").status());
}

TEST_F(ServerTest, WhatIsNotTakenIsBounded) {
  options_.max_unsent_bytes = 3 * kBigBytes / 2;
  options_.threads = 1;
  Start();
  std::vector<std::unique_ptr<TestClient>> slow;
  for (int i = 0; i < 2; ++i) {
    slow.push_back(Connect(4096));
    ASSERT_OK(slow.back()->Send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n"));
    ASSERT_OK(slow.back()->Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  }
  // One loop: it has met the others when it answers this one.
  const auto more = Connect();
  ASSERT_OK_AND_ASSIGN(const TestResponse refused, more->Get("/"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("retry-after"), "1");
  for (const auto& client : slow) ASSERT_OK(client->Receive().status());
  ASSERT_OK_AND_ASSIGN(const TestResponse now, more->Get("/"));
  EXPECT_EQ(now.status, 200);
}

// --- limits -------------------------------------------------------------------

TEST_F(ServerTest, AnAddressHasSoManyConnections) {
  options_.max_connections_per_address = 3;
  Start();
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(Connect());
    ASSERT_OK(clients.back()->Get("/").status());
  }
  EXPECT_OK(Connect()->AwaitEnd());
  EXPECT_EQ(server_->stats().refused, 1u);
  EXPECT_THAT(diagnostics_.lines(),
              ::testing::Contains(HasSubstr("http_connections_refused")));
  // The server is told of the end, then there is room.
  clients.front()->EndSending();
  ASSERT_OK(clients.front()->AwaitEnd());
  while (server_->stats().open > 2) std::this_thread::yield();
  EXPECT_OK(Connect()->Get("/").status());
}

TEST_F(ServerTest, ARequestNamesItsClientWithoutALimitToo) {
  options_.max_connections_per_address = 0;
  Start();
  ASSERT_OK_AND_ASSIGN(const TestResponse response, Connect()->Get("/client"));
  EXPECT_EQ(response.body, std::string("\x7f\0\0\1\n", 5));
}

TEST_F(ServerTest, TheServerHasSoManyConnections) {
  options_.max_connections = 2;
  Start();
  const auto one = Connect();
  const auto two = Connect();
  ASSERT_OK(one->Get("/").status());
  ASSERT_OK(two->Get("/").status());
  EXPECT_OK(Connect()->AwaitEnd());
  EXPECT_OK(one->Get("/").status());
}

TEST_F(ServerTest, HoldsManyConnectionsThatRest) {
  options_.max_connections_per_address = 0;
  Start();
  std::vector<std::unique_ptr<TestClient>> resting;
  for (int i = 0; i < 300; ++i) {
    resting.push_back(Connect());
    ASSERT_OK(resting.back()->Get("/").status());
  }
  EXPECT_EQ(server_->stats().open, 300u);
  for (const auto& client : resting) EXPECT_OK(client->Get("/").status());
}

// --- stopping -----------------------------------------------------------------

TEST_F(ServerTest, AStopAnswersWhatWasAskedAndEndsTheRest) {
  Start();
  const auto rests = Connect();
  ASSERT_OK(rests->Get("/").status());
  const auto waits = Connect();
  ASSERT_OK(waits->Send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n"));
  Reply reply = handler_.AwaitKept();
  std::thread stop([&] { server_->Shutdown(absl::Seconds(60)); });
  EXPECT_OK(rests->AwaitEnd());
  reply.Send(TextResponse(200, "done"));
  ASSERT_OK_AND_ASSIGN(const TestResponse response, waits->Receive());
  EXPECT_EQ(response.body, "done\n");
  EXPECT_EQ(response.header("connection"), "close");
  EXPECT_OK(waits->AwaitEnd());
  waits->EndSending();
  stop.join();
  EXPECT_THAT(TestClient::Connect(server_->addresses().front()).status(),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ServerTest, AStopWaitsForNobodyLongerThanItsGrace) {
  Start();
  const auto half = Connect();
  ASSERT_OK(half->Send("GET / HT"));
  const auto slow = Connect(4096);
  ASSERT_OK(slow->Send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n"));
  const auto waits = Connect();
  ASSERT_OK(waits->Send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n"));
  Reply reply = handler_.AwaitKept();
  server_->Shutdown(absl::Milliseconds(1));
  EXPECT_OK(half->AwaitEnd());
  EXPECT_OK(slow->AwaitEnd());
  EXPECT_OK(waits->AwaitEnd());
  server_.reset();
  reply.Send(TextResponse(200, "too late"));  // goes nowhere, harms nobody
}

// --- options ------------------------------------------------------------------

TEST_F(ServerTest, NamesEveryFaultOfItsOptions) {
  options_.listen = {"localhost:1", "127.0.0.1"};
  options_.threads = 0;
  options_.tick = absl::ZeroDuration();
  EXPECT_THAT(
      Server::Start(options_, &handler_, &clock_, &diagnostics_).status(),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("localhost:1"), HasSubstr("\"127.0.0.1\""),
                     HasSubstr("threads"), HasSubstr("tick"))));
}

TEST_F(ServerTest, SaysWhenItCannotListen) {
  Start();
  options_.listen = server_->addresses();
  EXPECT_THAT(
      Server::Start(options_, &handler_, &clock_, &diagnostics_).status(),
      StatusIs(absl::StatusCode::kUnavailable,
               HasSubstr(server_->addresses().front())));
}

TEST_F(ServerTest, ListensOnSeveralAddresses) {
  options_.listen = {"127.0.0.1:0", "127.0.0.1:0"};
  Start();
  ASSERT_EQ(server_->addresses().size(), 2u);
  for (const std::string& address : server_->addresses()) {
    ASSERT_OK_AND_ASSIGN(const auto client, TestClient::Connect(address));
    EXPECT_OK(client->Get("/").status());
  }
}

}  // namespace
}  // namespace sightline::web
