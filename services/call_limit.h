// How many long calls may run at once: in all, and for each caller.
//
// Errors:  kUnavailable: too many in all; kResourceExhausted, with a QuotaFailure
//          and a RetryInfo: too many of one caller.
// Threads: thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"

namespace sightline::services {

class CallLimit {
 public:
  // `max_per_caller` 0: no limit of its own.
  CallLimit(size_t max_calls, size_t max_per_caller)
      : max_calls_(max_calls), max_per_caller_(max_per_caller) {}

  // Counts one more call of `caller`, until Leave.
  absl::Status Enter(absl::string_view caller);
  void Leave(absl::string_view caller);

 private:
  const size_t max_calls_;
  const size_t max_per_caller_;

  base::Mutex mutex_;
  size_t calls_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, size_t> by_caller_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::services
