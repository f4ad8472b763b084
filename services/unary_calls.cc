#include "services/unary_calls.h"

namespace sightline::services {

UnaryCall* UnaryCalls::Begin() { return new UnaryCall(this); }

bool UnaryCalls::Enter() {
  base::MutexLock lock(&mutex_);
  if (closed_) return false;
  ++running_;
  return true;
}

void UnaryCalls::Leave() {
  base::MutexLock lock(&mutex_);
  if (--running_ == 0) changed_.NotifyAll();
}

void UnaryCalls::Close() {
  base::MutexLock lock(&mutex_);
  closed_ = true;
}

void UnaryCalls::AwaitNone(absl::Time deadline) {
  base::MutexLock lock(&mutex_);
  while (running_ > 0) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return;
    changed_.WaitFor(&mutex_, left);
  }
}

absl::Status ShuttingDown() {
  return absl::UnavailableError("the log is shutting down");
}

}  // namespace sightline::services
