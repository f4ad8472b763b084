#include "records/follower.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <thread>
#include <utility>

#include "base/mutex.h"
#include "base/status_matchers.h"
#include "records/entry_list_store.h"
#include "records/year_maker.h"
#include "storage/memory_view_store.h"

namespace sightline::records {
namespace {

// A published tree that the test lets grow.
class Tree {
 public:
  TreeSource Source() {
    TreeSource source;
    source.tree_size = [this] {
      base::MutexLock lock(&mutex_);
      return size_;
    };
    source.watch = [this](
                       uint64_t size,
                       std::function<void()> wake) -> absl::StatusOr<uint64_t> {
      {
        base::MutexLock lock(&mutex_);
        if (size_ < size) {
          watchers_.emplace(++last_, std::make_pair(size, wake));
          return last_;
        }
      }
      wake();
      return 0;
    };
    source.stop_watching = [this](uint64_t handle) {
      base::MutexLock lock(&mutex_);
      watchers_.erase(handle);
    };
    return source;
  }

  void Grow(uint64_t size) {
    std::vector<std::function<void()>> wakes;
    {
      base::MutexLock lock(&mutex_);
      size_ = size;
      for (const auto& [handle, watcher] : watchers_) {
        if (watcher.first <= size) wakes.push_back(watcher.second);
      }
    }
    for (const auto& wake : wakes) wake();
  }

 private:
  base::Mutex mutex_;
  uint64_t size_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<uint64_t, std::pair<uint64_t, std::function<void()>>> watchers_
      ABSL_GUARDED_BY(mutex_);
};

// Ends when it is so; the test's own time limit is what catches a failure.
void Await(const std::function<bool()>& holds) {
  while (!holds()) std::this_thread::yield();
}

TEST(Follower, WorksInWhateverIsPublished) {
  const YearMaker year({.seed = 1, .entries = 1200});
  const EntryListStore log(year.entries());
  storage::MemoryViewStore store;
  ASSERT_OK_AND_ASSIGN(const auto views, Views::Open(&log, &store));
  Tree tree;
  tree.Grow(100);
  const auto follower = Follower::Start(views.get(), tree.Source());
  Await([&] { return views->tree_size() == 100; });
  tree.Grow(101);
  Await([&] { return views->tree_size() == 101; });
  tree.Grow(1200);
  Await([&] { return views->tree_size() == 1200; });
  EXPECT_OK(follower->health());
  ASSERT_OK(views->Rebuild());
  follower->Wake();
  Await([&] { return views->tree_size() == 1200; });
}

TEST(Follower, TriesAgainAfterAFailure) {
  const YearMaker year({.seed = 1, .entries = 200});
  EntryListStore log(year.entries());
  storage::MemoryViewStore store;
  ASSERT_OK_AND_ASSIGN(const auto views, Views::Open(&log, &store));
  Tree tree;
  tree.Grow(201);  // more than can be read
  const auto follower =
      Follower::Start(views.get(), tree.Source(), absl::Milliseconds(1));
  Await([&] { return !follower->health().ok(); });
  EXPECT_EQ(views->tree_size(), 0u);
  tree.Grow(200);
  Await([&] { return views->tree_size() == 200; });
  Await([&] { return follower->health().ok(); });
}

TEST(Follower, EndsWhileItWaits) {
  const EntryListStore log({});
  storage::MemoryViewStore store;
  ASSERT_OK_AND_ASSIGN(const auto views, Views::Open(&log, &store));
  Tree tree;
  const auto follower = Follower::Start(views.get(), tree.Source());
  follower->Shutdown();
  follower->Shutdown();
  tree.Grow(7);  // wakes nobody
}

}  // namespace
}  // namespace sightline::records
