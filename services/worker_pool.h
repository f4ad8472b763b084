// A fixed number of threads that work through a bounded queue, first in, first
// out: signature checks of all streams share the cores evenly.
//
// Threads: thread-safe.
// Cost:    one mutex; a sleeping worker is woken only when one sleeps.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"

namespace sightline::services {

class WorkerPool {
 public:
  // REQUIRES: threads > 0, max_queued > 0.
  WorkerPool(size_t threads, size_t max_queued);

  ~WorkerPool();  // Shutdown()

  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Runs `task` on one of the threads; on the caller's own when the queue is
  // full or the pool has shut down, which slows down whoever fills it.
  void Run(std::function<void()> task);

  // Finishes what is queued and joins the threads. Idempotent.
  void Shutdown();

 private:
  bool Enqueue(std::function<void()>* task);
  void Work();

  const size_t max_queued_;

  base::Mutex mutex_;
  base::CondVar wake_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  size_t idle_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;

  std::vector<std::thread> threads_;
};

}  // namespace sightline::services
