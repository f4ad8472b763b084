// How long something took, counted in buckets that do not change.
//
// Units:   seconds; a bucket holds what took at most its bound.
// Threads: thread-safe, without locks: a snapshot may be between two counts.
// Memory:  a counter for each bound.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace sightline::telemetry {

class Histogram {
 public:
  static constexpr std::array<double, 14> kBounds = {
      0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
      0.05,    0.1,    0.25,  0.5,    1,     2.5,  10};

  struct Snapshot {
    // By bound, each with those before it; then all.
    std::array<uint64_t, kBounds.size() + 1> at_most{};
    double sum_seconds = 0;
  };

  void Observe(absl::Duration took) {
    const double seconds = absl::ToDoubleSeconds(took);
    size_t bucket = 0;
    while (bucket < kBounds.size() && seconds > kBounds[bucket]) ++bucket;
    counts_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_ns_.fetch_add(absl::ToInt64Nanoseconds(took),
                      std::memory_order_relaxed);
  }

  Snapshot snapshot() const {
    Snapshot out;
    uint64_t all = 0;
    for (size_t i = 0; i < counts_.size(); ++i) {
      all += counts_[i].load(std::memory_order_relaxed);
      out.at_most[i] = all;
    }
    out.sum_seconds =
        static_cast<double>(sum_ns_.load(std::memory_order_relaxed)) / 1e9;
    return out;
  }

 private:
  std::array<std::atomic<uint64_t>, kBounds.size() + 1> counts_{};
  std::atomic<int64_t> sum_ns_{0};
};

}  // namespace sightline::telemetry
