#include "services/tail_runs.h"

namespace sightline::services {

std::optional<RunMessage> TailRuns::Find(uint64_t begin,
                                         const Tree& tree) const {
  base::MutexLock lock(&mutex_);
  for (const Kept& kept : kept_) {
    if (kept.tree == tree && kept.begin == begin) return kept.run;
  }
  return std::nullopt;
}

void TailRuns::Keep(uint64_t begin, const Tree& tree, const RunMessage& run) {
  if (run.next_index != tree->tree_size) return;
  base::MutexLock lock(&mutex_);
  kept_[next_] = Kept{begin, tree, run};
  next_ = (next_ + 1) % kRuns;
}

}  // namespace sightline::services
