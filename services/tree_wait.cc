#include "services/tree_wait.h"

#include <utility>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"

namespace sightline::services {

struct TreeWait::State {
  base::Mutex mutex;
  std::function<void()> ready ABSL_GUARDED_BY(mutex);  // null: nobody waits
  uint64_t handle ABSL_GUARDED_BY(mutex) = 0;
  // Tells a wake-up of an earlier wait from one of this.
  uint64_t round ABSL_GUARDED_BY(mutex) = 0;

  uint64_t Begin(std::function<void()> call) {
    base::MutexLock lock(&mutex);
    ready = std::move(call);
    handle = 0;
    return ++round;
  }

  // Ends the wait of `of_round`; null when it has ended.
  std::function<void()> Take(uint64_t of_round) {
    base::MutexLock lock(&mutex);
    if (round != of_round) return nullptr;
    return std::exchange(ready, nullptr);
  }
};

TreeWait::TreeWait(publish::Publisher* publisher, WorkerPool* readers,
                   Beat* beat)
    : publisher_(publisher),
      readers_(readers),
      beat_(beat),
      state_(std::make_shared<State>()) {}

TreeWait::~TreeWait() { Cancel(); }

absl::Status TreeWait::Start(uint64_t tree_size, std::function<void()> ready,
                             Beat::Clock::time_point not_before) {
  // From the wake-up on, *this may be gone.
  const std::shared_ptr<State> state = state_;
  const uint64_t round = state->Begin(std::move(ready));
  const auto wake = [state, round, readers = readers_] {
    readers->Run([state, round] {
      if (const std::function<void()> call = state->Take(round)) call();
    });
  };
  const absl::StatusOr<uint64_t> handle =
      publisher_->Watch(tree_size, [wake, not_before, beat = beat_] {
        if (Beat::Clock::now() < not_before) {
          beat->RunAtNext(wake);
        } else {
          wake();
        }
      });
  if (!handle.ok()) {
    state->Take(round);
    return handle.status();
  }
  base::MutexLock lock(&state->mutex);
  if (state->round == round) state->handle = *handle;
  return absl::OkStatus();
}

bool TreeWait::Cancel() {
  std::function<void()> dropped;
  uint64_t handle;
  {
    base::MutexLock lock(&state_->mutex);
    if (state_->ready == nullptr) return false;
    dropped = std::exchange(state_->ready, nullptr);
    handle = std::exchange(state_->handle, 0);
  }
  // 0: Start has not got it yet; the wake-up then finds nobody.
  if (handle != 0) publisher_->StopWatching(handle);
  return true;
}

}  // namespace sightline::services
