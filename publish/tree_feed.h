// The newest tree of one kind (integrated, cosigned, served), and who waits for
// it to grow.
//
// Threads: thread-safe. Wake-ups run on the thread that calls Set, WakeAll,
//          Close or Watch, outside the lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "crypto/sha256.h"

namespace sightline::publish {

struct PublishedTree {
  uint64_t tree_size = 0;
  crypto::Digest root_hash{};
  std::string checkpoint;  // signed note
};

class TreeFeed {
 public:
  // Begins with the empty tree.
  explicit TreeFeed(size_t max_watchers)
      : max_watchers_(max_watchers),
        current_(std::make_shared<PublishedTree>()) {}

  // Never blocks on anything but this lock.
  std::shared_ptr<const PublishedTree> current() const;

  // REQUIRES: `tree` is not smaller than the current one.
  void Set(PublishedTree tree);
  // Two threads may set: a smaller tree changes nothing.
  void SetUnlessOlder(PublishedTree tree);

  // Calls `wake` once when the tree has at least `tree_size` leaves (at once
  // when it has), or at WakeAll or Close. A wake-up is a hint: look at
  // current(). Returns a handle for StopWatching. kUnavailable: too many.
  absl::StatusOr<uint64_t> Watch(uint64_t tree_size,
                                 std::function<void()> wake);
  // After it returns, the wake-up will not begin; one already running may finish.
  void StopWatching(uint64_t handle);

  void WakeAll();
  // WakeAll, now and for whoever comes later.
  void Close();

 private:
  void Put(PublishedTree tree, bool unless_older);

  const size_t max_watchers_;
  mutable base::Mutex mutex_;
  std::shared_ptr<const PublishedTree> current_ ABSL_GUARDED_BY(mutex_);
  std::multimap<uint64_t, std::pair<uint64_t, std::function<void()>>> watchers_
      ABSL_GUARDED_BY(mutex_);
  uint64_t next_handle_ ABSL_GUARDED_BY(mutex_) = 1;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace sightline::publish
