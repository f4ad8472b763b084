#include "publish/tree_feed.h"

#include <vector>

#include "absl/status/status.h"

namespace sightline::publish {

std::shared_ptr<const PublishedTree> TreeFeed::current() const {
  base::MutexLock lock(&mutex_);
  return current_;
}

void TreeFeed::Set(PublishedTree tree) { Put(std::move(tree), false); }

void TreeFeed::SetUnlessOlder(PublishedTree tree) {
  Put(std::move(tree), true);
}

void TreeFeed::Put(PublishedTree tree, bool unless_older) {
  auto next = std::make_shared<const PublishedTree>(std::move(tree));
  std::vector<std::function<void()>> wake;
  {
    base::MutexLock lock(&mutex_);
    if (unless_older && next->tree_size < current_->tree_size) return;
    const auto end = watchers_.upper_bound(next->tree_size);
    for (auto it = watchers_.begin(); it != end; ++it) {
      wake.push_back(std::move(it->second.second));
    }
    watchers_.erase(watchers_.begin(), end);
    current_ = std::move(next);
  }
  for (const auto& call : wake) call();
}

absl::StatusOr<uint64_t> TreeFeed::Watch(uint64_t tree_size,
                                         std::function<void()> wake) {
  {
    base::MutexLock lock(&mutex_);
    if (!closed_ && current_->tree_size < tree_size) {
      if (watchers_.size() >= max_watchers_) {
        return absl::UnavailableError(
            "too many readers are waiting; try again");
      }
      const uint64_t handle = next_handle_++;
      watchers_.emplace(tree_size, std::make_pair(handle, std::move(wake)));
      return handle;
    }
  }
  wake();
  return 0;
}

void TreeFeed::StopWatching(uint64_t handle) {
  base::MutexLock lock(&mutex_);
  for (auto it = watchers_.begin(); it != watchers_.end(); ++it) {
    if (it->second.first == handle) {
      watchers_.erase(it);
      return;
    }
  }
}

void TreeFeed::WakeAll() {
  std::vector<std::function<void()>> wake;
  {
    base::MutexLock lock(&mutex_);
    for (auto& watcher : watchers_) {
      wake.push_back(std::move(watcher.second.second));
    }
    watchers_.clear();
  }
  for (const auto& call : wake) call();
}

void TreeFeed::Close() {
  {
    base::MutexLock lock(&mutex_);
    closed_ = true;
  }
  WakeAll();
}

}  // namespace sightline::publish
