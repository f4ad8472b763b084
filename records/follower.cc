#include "records/follower.h"

#include <limits>
#include <utility>

#include "base/status_macros.h"

namespace sightline::records {
Follower::Follower(Views* views, TreeSource source, absl::Duration retry_after)
    : views_(views), source_(std::move(source)), retry_after_(retry_after) {}

std::unique_ptr<Follower> Follower::Start(Views* views, TreeSource source,
                                          absl::Duration retry_after) {
  std::unique_ptr<Follower> follower(
      new Follower(views, std::move(source), retry_after));
  follower->thread_ = std::thread([f = follower.get()] { f->Run(); });
  return follower;
}

Follower::~Follower() { Shutdown(); }

absl::Status Follower::health() const {
  base::MutexLock lock(&state_->mutex);
  return state_->health;
}

bool Follower::closing() const {
  base::MutexLock lock(&state_->mutex);
  return state_->closing;
}

void Follower::Wake() {
  base::MutexLock lock(&state_->mutex);
  state_->woken = true;
  state_->changed.NotifyAll();
}

void Follower::Shutdown() {
  {
    base::MutexLock lock(&state_->mutex);
    state_->closing = true;
    state_->changed.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status Follower::CatchUp() {
  while (!closing() && views_->tree_size() < source_.tree_size()) {
    RETURN_IF_ERROR(views_->Step(source_.tree_size()));
  }
  return absl::OkStatus();
}

// Until there are more entries than the views have, somebody wakes us, or it is
// time to try again. Before the views have what there is, the watch wakes at once.
void Follower::AwaitMore() {
  const bool failed = !health().ok();
  const auto handle = source_.watch(
      failed ? std::numeric_limits<uint64_t>::max() : views_->tree_size() + 1,
      [state = state_] {
        base::MutexLock lock(&state->mutex);
        state->woken = true;
        state->changed.NotifyAll();
      });
  {
    base::MutexLock lock(&state_->mutex);
    while (!state_->woken && !state_->closing) {
      if (handle.ok() && !failed) {
        state_->changed.Wait(&state_->mutex);
      } else if (!state_->changed.WaitFor(&state_->mutex, retry_after_)) {
        break;
      }
    }
    state_->woken = false;
  }
  if (handle.ok()) source_.stop_watching(*handle);
}

void Follower::Run() {
  while (!closing()) {
    const absl::Status status = CatchUp();
    {
      base::MutexLock lock(&state_->mutex);
      state_->health = status;
    }
    AwaitMore();
  }
}

}  // namespace sightline::records
