// A clock that stands still until a test moves it.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace sightline::base {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(int64_t now_unix_ms) : now_unix_ms_(now_unix_ms) {}

  int64_t NowUnixMs() const override { return now_unix_ms_.load(); }
  void Set(int64_t now_unix_ms) { now_unix_ms_.store(now_unix_ms); }
  void Advance(int64_t ms) { now_unix_ms_.fetch_add(ms); }

 private:
  std::atomic<int64_t> now_unix_ms_;
};

}  // namespace sightline::base
