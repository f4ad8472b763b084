#include "services/worker_pool.h"

#include <utility>

namespace sightline::services {

WorkerPool::WorkerPool(size_t threads, size_t max_queued)
    : max_queued_(max_queued) {
  threads_.reserve(threads);
  for (size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { Work(); });
  }
}

WorkerPool::~WorkerPool() { Shutdown(); }

void WorkerPool::Run(std::function<void()> task) {
  if (!Enqueue(&task)) task();
}

bool WorkerPool::Enqueue(std::function<void()>* task) {
  base::MutexLock lock(&mutex_);
  if (closing_ || queue_.size() >= max_queued_) return false;
  queue_.push_back(std::move(*task));
  if (idle_ > 0) wake_.NotifyOne();
  return true;
}

void WorkerPool::Work() {
  while (true) {
    std::function<void()> task;
    {
      base::MutexLock lock(&mutex_);
      ++idle_;
      while (queue_.empty() && !closing_) wake_.Wait(&mutex_);
      --idle_;
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

void WorkerPool::Shutdown() {
  {
    base::MutexLock lock(&mutex_);
    closing_ = true;
    wake_.NotifyAll();
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace sightline::services
