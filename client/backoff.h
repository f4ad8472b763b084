// How long to wait before trying again, and waiting that can be called off.
//
// Shapes:  the n-th delay is drawn from the upper half of [0, first * 2^n], at
//          most max; a server's own hint counts when it is longer.
// Threads: Backoff is thread-compatible; Pause is thread-safe.
#pragma once

#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "crypto/random.h"

namespace sightline::client {

class Backoff {
 public:
  // `rng` outlives it.
  Backoff(absl::Duration first, absl::Duration max, crypto::Rng* rng)
      : first_(first), max_(max), rng_(rng), next_(first) {}

  absl::Duration Next(std::optional<absl::Duration> hint = std::nullopt);

  // After something has worked.
  void Reset() { next_ = first_; }

 private:
  const absl::Duration first_;
  const absl::Duration max_;
  crypto::Rng* const rng_;
  absl::Duration next_;
};

class Pause {
 public:
  // Waits; returns false as soon as Cancel has been called.
  bool Wait(absl::Duration duration);

  // For good.
  void Cancel();
  bool cancelled() const;

 private:
  mutable base::Mutex mutex_;
  base::CondVar changed_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace sightline::client
