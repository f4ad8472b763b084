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
#include "absl/time/clock.h"
#include "absl/time/time.h"
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
    if (calls_.empty()) changed_.NotifyAll();
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

  // After BeginShutdown: waits until every member has ended, until `deadline` at
  // most.
  void AwaitNone(absl::Time deadline) {
    base::MutexLock lock(&mutex_);
    while (!calls_.empty()) {
      const absl::Duration left = deadline - absl::Now();
      if (left <= absl::ZeroDuration()) return;
      changed_.WaitFor(&mutex_, left);
    }
  }

 private:
  base::Mutex mutex_;
  base::CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_set<Call*> calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::services
