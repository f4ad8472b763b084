#include "services/beat.h"

#include <utility>

namespace sightline::services {

Beat::Beat(absl::Duration length)
    : length_(absl::ToChronoNanoseconds(length)), thread_([this] { Work(); }) {}

Beat::~Beat() {
  {
    base::MutexLock lock(&mutex_);
    closing_ = true;
    wake_.NotifyAll();
  }
  thread_.join();
}

Beat::Clock::time_point Beat::Next() const {
  const auto beats = Clock::now().time_since_epoch() / length_;
  return Clock::time_point(length_ * (beats + 1));
}

void Beat::RunAtNext(std::function<void()> call) {
  base::MutexLock lock(&mutex_);
  if (calls_.empty()) {
    due_ = Next();
    wake_.NotifyOne();
  }
  calls_.push_back(std::move(call));
}

void Beat::Work() {
  while (true) {
    const std::vector<std::function<void()>> due = TakeDue();
    if (due.empty()) return;
    for (const auto& call : due) call();
  }
}

std::vector<std::function<void()>> Beat::TakeDue() {
  base::MutexLock lock(&mutex_);
  while (!closing_) {
    if (calls_.empty()) {
      wake_.Wait(&mutex_);
      continue;
    }
    const Clock::duration early = due_ - Clock::now();
    if (early <= Clock::duration::zero()) break;
    wake_.WaitFor(&mutex_, absl::FromChrono(early));
  }
  return std::exchange(calls_, {});
}

}  // namespace sightline::services
