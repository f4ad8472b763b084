// Work that is done side by side, except for one step that is done in order.
//
// Units:   chunks count from 0.
// Errors:  the first failure of any step ends the run and is returned.
// Threads: RunInOrder starts its threads and joins them.
//
// Each thread takes the next chunk, prepares it, waits until every chunk before
// it has had its turn, takes its own, and finishes the chunk. Threads drift apart
// after the first round, so that hardly anybody waits as long as the turns take
// a small part of the work. At most one chunk per thread is in memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "base/mutex.h"

namespace sightline::monitor {

// Hands out chunks, and turns in their order. Thread-safe.
class Turnstile {
 public:
  explicit Turnstile(uint64_t chunks) : chunks_(chunks) {}

  // Takes the next chunk; false when there is none, or the run has failed.
  bool Take(uint64_t* chunk) ABSL_LOCKS_EXCLUDED(mutex_) {
    base::MutexLock lock(&mutex_);
    if (next_ == chunks_ || !status_.ok()) return false;
    *chunk = next_++;
    return true;
  }

  // Waits for the turn of `chunk`; false when the run has failed.
  bool Enter(uint64_t chunk) ABSL_LOCKS_EXCLUDED(mutex_) {
    base::MutexLock lock(&mutex_);
    while (turn_ != chunk && status_.ok()) changed_.Wait(&mutex_);
    return status_.ok();
  }

  // Ends the turn that Enter gave.
  void Leave() ABSL_LOCKS_EXCLUDED(mutex_) {
    base::MutexLock lock(&mutex_);
    ++turn_;
    changed_.NotifyAll();
  }

  // Ends the run. The first failure stays.
  void Fail(absl::Status status) ABSL_LOCKS_EXCLUDED(mutex_) {
    base::MutexLock lock(&mutex_);
    if (status_.ok()) status_ = std::move(status);
    changed_.NotifyAll();
  }

  absl::Status status() const ABSL_LOCKS_EXCLUDED(mutex_) {
    base::MutexLock lock(&mutex_);
    return status_;
  }

 private:
  const uint64_t chunks_;
  mutable base::Mutex mutex_;
  base::CondVar changed_;
  uint64_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t turn_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

// What is done with a chunk. Chunk is default-constructible and reused.
//   absl::Status Prepare(uint64_t number, Chunk*)   any thread, any order
//   absl::Status Turn(uint64_t number, Chunk*)      one at a time, in order
//   absl::Status Finish(uint64_t number, Chunk*)    any thread, any order
template <typename Chunk, typename Steps>
absl::Status RunInOrder(uint64_t chunks, int threads, Steps* steps) {
  Turnstile turnstile(chunks);
  const auto work = [&] {
    Chunk chunk;
    uint64_t number = 0;
    while (turnstile.Take(&number)) {
      absl::Status status = steps->Prepare(number, &chunk);
      if (status.ok()) {
        if (!turnstile.Enter(number)) return;
        status = steps->Turn(number, &chunk);
        if (status.ok()) turnstile.Leave();
      }
      if (status.ok()) status = steps->Finish(number, &chunk);
      if (!status.ok()) {
        turnstile.Fail(std::move(status));
        return;
      }
    }
  };
  const int extra = static_cast<int>(std::min<uint64_t>(
                        chunks, static_cast<uint64_t>(std::max(threads, 1)))) -
                    1;
  std::vector<std::thread> workers;
  for (int i = 0; i < extra; ++i) workers.emplace_back(work);
  work();
  for (std::thread& worker : workers) worker.join();
  return turnstile.status();
}

}  // namespace sightline::monitor
