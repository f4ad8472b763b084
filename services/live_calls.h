// The long calls of a service that are running, so that a shutdown reaches each
// of them.
//
// `Call` has Ref(), Unref() and BeginShutdown(), and stays alive while it is a
// member.
//
// Threads: thread-safe; calls are called outside the mutex.
#pragma once

#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "base/mutex.h"

namespace sightline::services {

template <typename Call>
class LiveCalls {
 public:
  // A call that joins after BeginShutdown is told at once.
  void Add(Call* call) {
    {
      base::MutexLock lock(&mutex_);
      if (!stopping_) {
        calls_.insert(call);
        return;
      }
    }
    call->BeginShutdown();
  }

  void Remove(Call* call) {
    base::MutexLock lock(&mutex_);
    calls_.erase(call);
  }

  void BeginShutdown() {
    std::vector<Call*> calls;
    {
      base::MutexLock lock(&mutex_);
      stopping_ = true;
      calls.assign(calls_.begin(), calls_.end());
      for (Call* const call : calls) call->Ref();
    }
    for (Call* const call : calls) {
      call->BeginShutdown();
      call->Unref();
    }
  }

 private:
  base::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_set<Call*> calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::services
