// Alerts sent to an HTTP or HTTPS address, one POST of JSON each, in order, until it
// says 2xx.
//
// Shapes:  body: AlertToJson. Header Idempotency-Key: the alert's id. Over HTTPS:
//          TLS 1.2 or later, to a certificate of that host alone.
// Errors:  what does not go through is tried again with back-off, for ever; the
//          queue is bounded, and the oldest are dropped and counted.
// Threads: thread-safe; a thread of its own sends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "client/backoff.h"
#include "crypto/random.h"
#include "monitor/alert.h"

namespace sightline::monitor {

// Sends one alert; OK once it has been taken.
using AlertPoster = std::function<absl::Status(const Alert&)>;

// Posts to `url`, "http://host[:port]/path" or https. Certificates are verified
// against `ca_file` (PEM; https alone), or, when that is "", against those that the
// machine trusts. kInvalidArgument: no such URL, no host, or no certificate in the
// file.
absl::StatusOr<AlertPoster> HttpPoster(const std::string& url,
                                       const std::string& ca_file,
                                       absl::Duration timeout);

class Webhook {
 public:
  struct Options {
    size_t max_queue = 1000;
    absl::Duration first_pause = absl::Seconds(1);
    absl::Duration longest_pause = absl::Minutes(5);
  };

  // `rng` outlives this.
  Webhook(const Options& options, AlertPoster post, crypto::Rng* rng);
  // Ends the wait between two attempts, not an attempt.
  ~Webhook();

  void Send(Alert alert) ABSL_LOCKS_EXCLUDED(mutex_);

  // Not taken yet, oldest first.
  std::vector<Alert> Waiting() const ABSL_LOCKS_EXCLUDED(mutex_);
  uint64_t dropped() const ABSL_LOCKS_EXCLUDED(mutex_);
  // Why the alert at the front was not taken; OK when it was not tried or is gone.
  absl::Status last_failure() const ABSL_LOCKS_EXCLUDED(mutex_);
  // Waits until nothing waits, for `patience` at most. Whether nothing does.
  bool AwaitEmpty(absl::Duration patience) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Run() ABSL_LOCKS_EXCLUDED(mutex_);

  const Options options_;
  const AlertPoster post_;
  client::Backoff backoff_;  // of the sending thread
  client::Pause pause_;

  mutable base::Mutex mutex_;
  base::CondVar changed_;
  std::deque<Alert> queue_ ABSL_GUARDED_BY(mutex_);  // front: being sent
  uint64_t dropped_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status last_failure_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread sender_;  // last: begins when all else is there
};

}  // namespace sightline::monitor
