#include "base/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace sightline::base {

int RateLimit::Take(absl::string_view name, const Rate& rate) {
  if (rate.per_second <= 0) return 0;
  const int64_t now = clock_->NowUnixMs();
  MutexLock lock(&mutex_);
  auto it = buckets_.find(name);
  if (it == buckets_.end()) {
    MakeRoom();
    it = buckets_.emplace(std::string(name), Bucket{rate.burst, now}).first;
  }
  Bucket& bucket = it->second;
  // A clock that was set back gives nothing and takes nothing.
  const double seconds =
      static_cast<double>(std::max<int64_t>(0, now - bucket.unix_ms)) / 1000;
  bucket.tokens =
      std::min(rate.burst, bucket.tokens + seconds * rate.per_second);
  bucket.unix_ms = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return 0;
  }
  const double wait = (1 - bucket.tokens) / rate.per_second;
  return static_cast<int>(std::clamp(std::ceil(wait), 1.0, 86400.0));
}

void RateLimit::MakeRoom() {
  if (buckets_.size() < max_names_) return;
  const auto oldest = std::min_element(
      buckets_.begin(), buckets_.end(), [](const auto& a, const auto& b) {
        return a.second.unix_ms < b.second.unix_ms;
      });
  if (oldest != buckets_.end()) buckets_.erase(oldest);
}

size_t RateLimit::names() const {
  MutexLock lock(&mutex_);
  return buckets_.size();
}

}  // namespace sightline::base
