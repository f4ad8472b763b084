// When to try again after failures: twice as late each time, up to a limit.
//
// Units:   Unix milliseconds.
// Threads: thread-compatible.
#pragma once

#include <algorithm>
#include <cstdint>

namespace sightline::witness {

class Backoff {
 public:
  struct Options {
    int64_t first_ms = 200;
    int64_t most_ms = 60'000;
  };

  explicit Backoff(const Options& options)
      : options_(options), wait_ms_(options.first_ms) {}

  // `at_least_ms` is what the other side asked for; no longer than most_ms.
  void Failed(int64_t now_ms, int64_t at_least_ms = 0) {
    due_ms_ = now_ms + std::clamp(at_least_ms, wait_ms_,
                                  std::max(wait_ms_, options_.most_ms));
    wait_ms_ = std::min(wait_ms_ * 2, options_.most_ms);
  }

  void Succeeded() {
    wait_ms_ = options_.first_ms;
    due_ms_ = 0;
  }

  // Milliseconds until it is time; 0: now. A clock that was set back makes
  // nobody wait longer than the limit.
  int64_t WaitMs(int64_t now_ms) const {
    return std::clamp<int64_t>(due_ms_ - now_ms, 0, options_.most_ms);
  }

 private:
  const Options options_;
  int64_t wait_ms_;
  int64_t due_ms_ = 0;
};

}  // namespace sightline::witness
