// Token buckets by name: how often each may ask.
//
// Units:   tokens per second; waits in seconds.
// Threads: thread-safe.
// Cost:    O(1); O(max_names) when a new name comes and all places are taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "base/mutex.h"

namespace sightline::base {

struct Rate {
  double per_second = 0;  // 0: no limit
  double burst = 1;       // at least 1
};

class RateLimit {
 public:
  // Remembers at most `max_names`; then whoever asked longest ago is forgotten,
  // which gives that name a full bucket. `clock` outlives the limit.
  RateLimit(const Clock* clock, size_t max_names)
      : clock_(clock), max_names_(max_names) {}

  // 0: go on. Else the seconds (at least 1) until `name` may ask again.
  int Take(absl::string_view name, const Rate& rate);

  size_t names() const;

 private:
  struct Bucket {
    double tokens = 0;
    int64_t unix_ms = 0;  // when `tokens` was right
  };

  void MakeRoom() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock* const clock_;
  const size_t max_names_;
  mutable Mutex mutex_;
  absl::flat_hash_map<std::string, Bucket> buckets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::base
