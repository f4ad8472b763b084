#include "monitor/webhook.h"

#include <httplib.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace sightline::monitor {

AlertPoster HttpPoster(const std::string& url, absl::Duration timeout) {
  const size_t host = url.find("://") + 3;
  const size_t path = url.find('/', host);
  const std::string base = url.substr(0, path);
  const std::string target = path == std::string::npos ? "/" : url.substr(path);
  const auto microseconds = absl::ToInt64Microseconds(timeout);
  return [=](const Alert& alert) -> absl::Status {
    httplib::Client client(base);
    const std::chrono::microseconds patience(microseconds);
    client.set_connection_timeout(patience);
    client.set_read_timeout(patience);
    client.set_write_timeout(patience);
    const httplib::Headers headers = {{"Idempotency-Key", alert.id}};
    const httplib::Result result =
        client.Post(target, headers, AlertToJson(alert), "application/json");
    if (!result) {
      return absl::UnavailableError(
          absl::StrCat(url, ": ", httplib::to_string(result.error())));
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
    if (!post_(alert).ok()) {
      if (!pause_.Wait(backoff_.Next())) return;
      continue;
    }
    backoff_.Reset();
    base::MutexLock lock(&mutex_);
    queue_.pop_front();
    changed_.NotifyAll();
  }
}

}  // namespace sightline::monitor
