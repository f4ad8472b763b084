#include "client/backoff.h"

#include <algorithm>
#include <cstdint>

#include "absl/time/clock.h"

namespace sightline::client {

absl::Duration Backoff::Next(std::optional<absl::Duration> hint) {
  uint16_t draw = 0;
  rng_->Fill(&draw, sizeof(draw));
  const absl::Duration half = next_ / 2;
  const absl::Duration delay = half + half * (draw / 65535.0);
  next_ = std::min(next_ * 2, max_);
  return std::max(delay, hint.value_or(absl::ZeroDuration()));
}

bool Pause::Wait(absl::Duration duration) {
  const absl::Time until = absl::Now() + duration;
  base::MutexLock lock(&mutex_);
  while (!cancelled_) {
    const absl::Duration rest = until - absl::Now();
    if (rest <= absl::ZeroDuration()) return true;
    changed_.WaitFor(&mutex_, rest);
  }
  return false;
}

void Pause::Cancel() {
  base::MutexLock lock(&mutex_);
  cancelled_ = true;
  changed_.NotifyAll();
}

bool Pause::cancelled() const {
  base::MutexLock lock(&mutex_);
  return cancelled_;
}

}  // namespace sightline::client
