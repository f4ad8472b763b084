#include "monitor/webhook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"
#include "crypto/x509.h"
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

AlertPoster Poster(const std::string& url, const std::string& ca_file = "") {
  return std::move(HttpPoster(url, ca_file, absl::Seconds(30))).value();
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
  EXPECT_OK(Poster(at + "/hook")(alert));
  EXPECT_THAT(Poster(at + "/down")(alert),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("503")));
  server.stop();
  serving.join();
  EXPECT_EQ(body, AlertToJson(alert));
  EXPECT_EQ(key, "id-7");
  EXPECT_EQ(type, "application/json");
  EXPECT_THAT(Poster(at + "/hook")(alert),
              StatusIs(absl::StatusCode::kUnavailable));
}

// Takes alerts over TLS, with a certificate of an authority made for it.
class HttpsReceiver : public ::testing::Test {
 protected:
  HttpsReceiver() {
    std::string name = absl::StrCat(::testing::TempDir(), "/https.XXXXXX");
    folder_ = mkdtemp(name.data());
    Write("ca.crt", authority_->certificate_pem());
    Write("other.crt", MakeAuthority("Other")->certificate_pem());
  }
  ~HttpsReceiver() override {
    Stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  static std::unique_ptr<crypto::CertificateAuthority> MakeAuthority(
      const char* name = "CA") {
    return std::move(crypto::CertificateAuthority::Create(name, Validity()))
        .value();
  }
  static crypto::Validity Validity() {
    const int64_t now = absl::ToUnixSeconds(absl::Now());
    return {now - 3600, now + 3600};
  }
  std::string Write(const std::string& name, absl::string_view bytes) {
    const std::string path = absl::StrCat(folder_, "/", name);
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  void Serve(crypto::LeafSpec spec) {
    spec.common_name = "receiver";
    spec.for_server = true;
    if (spec.validity.not_after_unix_s == 0) spec.validity = Validity();
    const auto leaf = authority_->Issue(spec);
    ASSERT_OK(leaf);
    const std::string crt = Write("server.crt", leaf->certificate_pem);
    const std::string key = Write("server.key", leaf->private_key_pem.view());
    server_ = std::make_unique<httplib::SSLServer>(crt.c_str(), key.c_str());
    server_->Post("/hook",
                  [this](const httplib::Request& in, httplib::Response& out) {
                    base::MutexLock lock(&mutex_);
                    got_.push_back(in.get_header_value("Idempotency-Key"));
                    out.status = 204;
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

  std::string Url(const std::string& host = "127.0.0.1") const {
    return absl::StrCat("https://", host, ":", port_, "/hook");
  }
  std::string File(const std::string& name) const {
    return absl::StrCat(folder_, "/", name);
  }
  std::vector<std::string> got() {
    base::MutexLock lock(&mutex_);
    return got_;
  }

  std::string folder_;
  const std::unique_ptr<crypto::CertificateAuthority> authority_ =
      MakeAuthority();
  std::unique_ptr<httplib::SSLServer> server_;
  int port_ = 0;
  std::thread thread_;
  base::Mutex mutex_;
  std::vector<std::string> got_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(HttpsReceiver, TakesFromWhoTrustsItsAuthority) {
  ServeAddress();
  EXPECT_OK(Poster(Url(), File("ca.crt"))(Numbered(1)));
  EXPECT_THAT(got(), ElementsAre("id-1"));
}

TEST_F(HttpsReceiver, IsNotBelievedUnderAnotherAuthority) {
  ServeAddress();
  for (const std::string& ca : {File("other.crt"), std::string()}) {
    EXPECT_THAT(Poster(Url(), ca)(Numbered(1)),
                StatusIs(absl::StatusCode::kUnavailable,
                         HasSubstr("certificate does not verify: unable to get "
                                   "local issuer certificate")))
        << ca;
  }
  EXPECT_TRUE(got().empty());
}

TEST_F(HttpsReceiver, IsNotBelievedUnderAnotherName) {
  crypto::LeafSpec spec;
  spec.dns_names = {"alerts.example.com"};
  Serve(spec);
  EXPECT_THAT(Poster(Url(), File("ca.crt"))(Numbered(1)),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("IP address mismatch")));
  EXPECT_THAT(
      Poster(Url("localhost"), File("ca.crt"))(Numbered(1)),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("hostname mismatch")));
  EXPECT_TRUE(got().empty());
}

TEST_F(HttpsReceiver, IsNotBelievedWithAnExpiredCertificate) {
  crypto::LeafSpec spec;
  spec.ip_addresses = {"127.0.0.1"};
  spec.validity = {Validity().not_before_unix_s,
                   Validity().not_before_unix_s + 60};
  Serve(spec);
  EXPECT_THAT(Poster(Url(), File("ca.crt"))(Numbered(1)),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("certificate has expired")));
}

TEST_F(HttpsReceiver, LosesNothingWhileItIsNotBelieved) {
  ServeAddress();
  crypto::FixedRng rng{1};
  // As if the certificate were renewed by the right authority meanwhile.
  std::atomic<int> refused = 0;
  const AlertPoster wrong = Poster(Url(), File("other.crt"));
  const AlertPoster right = Poster(Url(), File("ca.crt"));
  Webhook webhook(
      Quick(),
      [&](const Alert& alert) {
        return refused++ < 3 ? wrong(alert) : right(alert);
      },
      &rng);
  for (int i = 0; i < 3; ++i) webhook.Send(Numbered(i));
  EXPECT_TRUE(webhook.AwaitEmpty(absl::Seconds(60)));
  EXPECT_OK(webhook.last_failure());
  EXPECT_THAT(got(), ElementsAre("id-0", "id-1", "id-2"));
}

TEST_F(HttpsReceiver, AMistakeIsToldAtTheStart) {
  const auto make = [](const std::string& url, const std::string& ca) {
    return HttpPoster(url, ca, absl::Seconds(1)).status();
  };
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(make("ftp://x", ""), StatusIs(kInvalid));
  EXPECT_THAT(make("https://", ""), StatusIs(kInvalid, HasSubstr("no host")));
  EXPECT_THAT(make("http://x", File("ca.crt")), StatusIs(kInvalid));
  EXPECT_THAT(make("https://x", File("none.crt")),
              StatusIs(kInvalid, HasSubstr("cannot read")));
  EXPECT_THAT(make("https://x", Write("bad.crt", "x")), StatusIs(kInvalid));
}

}  // namespace
}  // namespace sightline::monitor
