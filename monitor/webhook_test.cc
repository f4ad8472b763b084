#include "monitor/webhook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"
#include "monitor/alert.h"

namespace sightline::monitor {
namespace {

using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Alert Numbered(int n) {
  Alert alert;
  alert.id = absl::StrCat("id-", n);
  alert.rule = "rule";
  alert.text = "text";
  return alert;
}

Webhook::Options Quick() {
  Webhook::Options options;
  options.first_pause = absl::Milliseconds(1);
  options.longest_pause = absl::Milliseconds(2);
  return options;
}

// Takes alerts, or does not.
class Receiver {
 public:
  AlertPoster poster() {
    return [this](const Alert& alert) -> absl::Status {
      base::MutexLock lock(&mutex_);
      ++attempts_;
      changed_.NotifyAll();
      if (failures_-- > 0) return absl::UnavailableError("not now");
      got_.push_back(alert.id);
      return absl::OkStatus();
    };
  }
  void FailNext(int failures) {
    base::MutexLock lock(&mutex_);
    failures_ = failures;
  }
  void AwaitAttempts(int attempts) {
    base::MutexLock lock(&mutex_);
    while (attempts_ < attempts) changed_.Wait(&mutex_);
  }
  std::vector<std::string> got() {
    base::MutexLock lock(&mutex_);
    return got_;
  }

 private:
  base::Mutex mutex_;
  base::CondVar changed_;
  int failures_ ABSL_GUARDED_BY(mutex_) = 0;
  int attempts_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> got_ ABSL_GUARDED_BY(mutex_);
};

TEST(Webhook, SendsInOrderAndAgainUntilItIsTaken) {
  crypto::FixedRng rng{1};
  Receiver receiver;
  receiver.FailNext(3);
  Webhook webhook(Quick(), receiver.poster(), &rng);
  for (int i = 0; i < 5; ++i) webhook.Send(Numbered(i));
  EXPECT_TRUE(webhook.AwaitEmpty(absl::Seconds(60)));
  EXPECT_THAT(receiver.got(),
              ElementsAre("id-0", "id-1", "id-2", "id-3", "id-4"));
  EXPECT_EQ(webhook.dropped(), 0u);
}

TEST(Webhook, KeepsNoMoreThanItsQueueHolds) {
  crypto::FixedRng rng{1};
  Receiver receiver;
  receiver.FailNext(1'000'000'000);
  Webhook::Options options = Quick();
  options.max_queue = 3;
  Webhook webhook(options, receiver.poster(), &rng);
  webhook.Send(Numbered(0));
  receiver.AwaitAttempts(1);  // the first is on its way
  for (int i = 1; i < 6; ++i) webhook.Send(Numbered(i));
  EXPECT_EQ(webhook.dropped(), 3u);
  std::vector<std::string> waiting;
  for (const Alert& alert : webhook.Waiting()) waiting.push_back(alert.id);
  EXPECT_THAT(waiting, ElementsAre("id-0", "id-4", "id-5"));
}

TEST(HttpPoster, PostsJsonAndTakes2xxForAnAnswer) {
  httplib::Server server;
  std::string body, key, type;
  server.Post("/hook", [&](const httplib::Request& in, httplib::Response& out) {
    body = in.body;
    key = in.get_header_value("Idempotency-Key");
    type = in.get_header_value("Content-Type");
    out.status = 204;
  });
  server.Post("/down", [](const httplib::Request&, httplib::Response& out) {
    out.status = 503;
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread serving([&] { server.listen_after_bind(); });
  const std::string at = absl::StrCat("http://127.0.0.1:", port);
  const Alert alert = Numbered(7);
  EXPECT_OK(HttpPoster(at + "/hook", absl::Seconds(30))(alert));
  EXPECT_THAT(HttpPoster(at + "/down", absl::Seconds(30))(alert),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("503")));
  server.stop();
  serving.join();
  EXPECT_EQ(body, AlertToJson(alert));
  EXPECT_EQ(key, "id-7");
  EXPECT_EQ(type, "application/json");
  EXPECT_THAT(HttpPoster(at + "/hook", absl::Seconds(30))(alert),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace sightline::monitor
