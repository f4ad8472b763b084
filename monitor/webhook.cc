#include "monitor/webhook.h"

#include <httplib.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "crypto/https_client.h"
#include "crypto/tls_client.h"

namespace sightline::monitor {

namespace {

struct Target {
  std::string base;  // scheme, host and port
  std::string host;  // without brackets
  std::string path;
  std::string ca_file;
  bool tls = false;
};

absl::StatusOr<Target> ParseTarget(const std::string& url) {
  Target target;
  absl::string_view rest = url;
  target.tls = absl::ConsumePrefix(&rest, "https://");
  if (!target.tls && !absl::ConsumePrefix(&rest, "http://")) {
    return absl::InvalidArgumentError(
        absl::StrCat(url, ": want http:// or https://"));
  }
  const size_t path = rest.find('/');
  absl::string_view host = rest.substr(0, path);
  target.base = url.substr(0, url.size() - (rest.size() - host.size()));
  target.path =
      path == absl::string_view::npos ? "/" : std::string(rest.substr(path));
  if (absl::ConsumePrefix(&host, "[")) {
    host = host.substr(0, host.find(']'));
  } else {
    host = host.substr(0, host.find(':'));
  }
  target.host = std::string(host);
  if (target.host.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(url, ": no host"));
  }
  return target;
}

// Read once, so that a mistake is told at the start.
absl::Status CheckCaFile(const Target& target) {
  if (target.ca_file.empty()) return absl::OkStatus();
  if (!target.tls) {
    return absl::InvalidArgumentError("a CA file is for https:// alone");
  }
  return crypto::ReadAuthorities(target.ca_file).status();
}

}  // namespace

absl::StatusOr<AlertPoster> HttpPoster(const std::string& url,
                                       const std::string& ca_file,
                                       absl::Duration timeout) {
  ASSIGN_OR_RETURN(Target target, ParseTarget(url));
  target.ca_file = ca_file;
  RETURN_IF_ERROR(CheckCaFile(target));
  const auto microseconds = absl::ToInt64Microseconds(timeout);
  return [=](const Alert& alert) -> absl::Status {
    httplib::Client client(target.base);
    if (target.tls) {
      RETURN_IF_ERROR(crypto::RequireTls(target.host, target.ca_file, &client));
    }
    const std::chrono::microseconds patience(microseconds);
    client.set_connection_timeout(patience);
    client.set_read_timeout(patience);
    client.set_write_timeout(patience);
    const httplib::Headers headers = {{"Idempotency-Key", alert.id}};
    const httplib::Result result = client.Post(
        target.path, headers, AlertToJson(alert), "application/json");
    if (!result) {
      return absl::UnavailableError(
          absl::StrCat(url, ": ", crypto::FailureText(client, result.error())));
    }
    if (result->status >= 200 && result->status < 300) return absl::OkStatus();
    return absl::UnavailableError(
        absl::StrCat(url, ": HTTP status ", result->status));
  };
}

Webhook::Webhook(const Options& options, AlertPoster post, crypto::Rng* rng)
    : options_(options),
      post_(std::move(post)),
      backoff_(options.first_pause, options.longest_pause, rng),
      sender_([this] { Run(); }) {}

Webhook::~Webhook() {
  {
    base::MutexLock lock(&mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  pause_.Cancel();
  sender_.join();
}

void Webhook::Send(Alert alert) {
  base::MutexLock lock(&mutex_);
  queue_.push_back(std::move(alert));
  if (queue_.size() > options_.max_queue) {
    // The front is on its way: the one behind it goes.
    queue_.erase(queue_.begin() + (queue_.size() > 1 ? 1 : 0));
    ++dropped_;
  }
  changed_.NotifyAll();
}

std::vector<Alert> Webhook::Waiting() const {
  base::MutexLock lock(&mutex_);
  return {queue_.begin(), queue_.end()};
}

uint64_t Webhook::dropped() const {
  base::MutexLock lock(&mutex_);
  return dropped_;
}

absl::Status Webhook::last_failure() const {
  base::MutexLock lock(&mutex_);
  return last_failure_;
}

bool Webhook::AwaitEmpty(absl::Duration patience) {
  base::MutexLock lock(&mutex_);
  while (!queue_.empty()) {
    if (!changed_.WaitFor(&mutex_, patience)) return queue_.empty();
  }
  return true;
}

void Webhook::Run() {
  for (;;) {
    Alert alert;
    {
      base::MutexLock lock(&mutex_);
      while (queue_.empty() && !stopping_) changed_.Wait(&mutex_);
      if (stopping_) return;
      alert = queue_.front();
    }
    const absl::Status posted = post_(alert);
    if (!posted.ok()) {
      {
        base::MutexLock lock(&mutex_);
        last_failure_ = posted;
      }
      if (!pause_.Wait(backoff_.Next())) return;
      continue;
    }
    backoff_.Reset();
    base::MutexLock lock(&mutex_);
    last_failure_ = absl::OkStatus();
    queue_.pop_front();
    changed_.NotifyAll();
  }
}

}  // namespace sightline::monitor
