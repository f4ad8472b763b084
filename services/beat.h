// The beat at which followers of the log take its next tree. Between two beats a
// busy log publishes several; a follower that took each of them would be sent a
// message for a few entries each time, and every follower another one.
//
// Shapes:  beats are the multiples of `length` of the steady clock, so that all
//          followers have the same. Nothing waits whose last tree is older than a
//          beat: at a quiet log, an entry is sent at once.
// Threads: thread-safe; calls run one after another on a thread of its own.
// Source:  docs/adr/0046.
#pragma once

#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/mutex.h"

namespace sightline::services {

class Beat {
 public:
  using Clock = std::chrono::steady_clock;

  // REQUIRES: length > 0.
  explicit Beat(absl::Duration length);

  ~Beat();  // runs what waits, at once

  Beat(const Beat&) = delete;
  Beat& operator=(const Beat&) = delete;

  // The first beat after now.
  Clock::time_point Next() const;

  // Runs `call` at the next beat. It must not take long.
  void RunAtNext(std::function<void()> call) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Work() ABSL_LOCKS_EXCLUDED(mutex_);
  // Waits for what is due, and takes it; nothing: it is over.
  std::vector<std::function<void()>> TakeDue() ABSL_LOCKS_EXCLUDED(mutex_);

  const std::chrono::nanoseconds length_;

  base::Mutex mutex_;
  base::CondVar wake_;
  std::vector<std::function<void()>> calls_ ABSL_GUARDED_BY(mutex_);
  Clock::time_point due_ ABSL_GUARDED_BY(mutex_);  // of calls_
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;

  std::thread thread_;
};

}  // namespace sightline::services
