// At most so many things under way at once.
//
// Threads: thread-safe.
//
//   window.Enter();                     // waits while it is full
//   Start([&window] { window.Leave(); });
//   window.Drain();                     // waits until it is empty
#pragma once

#include <cstddef>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"

namespace sightline::bench {

class Window {
 public:
  explicit Window(size_t limit) : limit_(limit), open_(limit) {}

  void Enter() ABSL_LOCKS_EXCLUDED(mutex_) {
    base::MutexLock lock(&mutex_);
    while (open_ == 0) freed_.Wait(&mutex_);
    --open_;
  }
  void Leave() ABSL_LOCKS_EXCLUDED(mutex_) {
    base::MutexLock lock(&mutex_);
    if (++open_ == 1 || open_ == limit_) freed_.NotifyAll();
  }
  void Drain() ABSL_LOCKS_EXCLUDED(mutex_) {
    base::MutexLock lock(&mutex_);
    while (open_ < limit_) freed_.Wait(&mutex_);
  }

 private:
  const size_t limit_;
  base::Mutex mutex_;
  base::CondVar freed_;
  size_t open_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::bench
