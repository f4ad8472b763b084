#include "services/inner_channel.h"

#include "services/unary_calls.h"

namespace sightline::services {

absl::Status InnerChannel::Begin(absl::FunctionRef<void()> start) {
  {
    base::MutexLock lock(&mutex_);
    if (closed_) return ShuttingDown();
    ++beginning_;
  }
  start();
  base::MutexLock lock(&mutex_);
  if (--beginning_ == 0) changed_.NotifyAll();
  return absl::OkStatus();
}

void InnerChannel::Close() {
  base::MutexLock lock(&mutex_);
  closed_ = true;
  while (beginning_ > 0) changed_.Wait(&mutex_);
}

}  // namespace sightline::services
