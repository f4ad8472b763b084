// How fast one submitter may write: a token bucket each.
//
// Units:   statements per second, and statements in a burst.
// Errors:  kResourceExhausted, with google.rpc.QuotaFailure and RetryInfo payloads.
// Threads: thread-safe.
// Cost:    one map look-up; memory bounded by max_submitters (the fullest buckets,
//          which carry no information, are dropped first).
#pragma once

#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "base/mutex.h"

namespace sightline::admission {

struct QuotaOptions {
  double statements_per_second = 0;  // 0: no quota
  double burst = 1000;
  size_t max_submitters = 65536;
};

class Quota {
 public:
  Quota(const QuotaOptions& options, const base::Clock* clock)
      : options_(options), clock_(clock) {}

  // Takes one token of `submitter`.
  absl::Status Take(absl::string_view submitter);

 private:
  struct Bucket {
    double tokens = 0;
    int64_t filled_unix_ms = 0;
  };
  void DropFull(int64_t now_ms) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  double Refilled(const Bucket& bucket, int64_t now_ms) const;

  const QuotaOptions options_;
  const base::Clock* const clock_;
  base::Mutex mutex_;
  absl::flat_hash_map<std::string, Bucket> buckets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::admission
