#include "base/foreign_locks.h"

#include "absl/synchronization/mutex.h"

namespace sightline::base {

void StopFollowingForeignLocks() {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

}  // namespace sightline::base
