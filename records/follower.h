// Keeps views up with their log, on a thread of its own.
//
// Threads: thread-safe. Its thread begins with Start and ends with Shutdown.
//
// A wake-up is a hint: the thread looks how large the log is, works in what is
// new, a batch at a time, and waits for the next. When something fails it tries
// again after a while; health() says so meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "records/views.h"

namespace sightline::records {

// What is followed: publish::Publisher, say. Functions are called on the
// follower's thread and must be there until Shutdown returns.
struct TreeSource {
  std::function<uint64_t()> tree_size;
  // Calls `wake` once when there are at least so many entries.
  std::function<absl::StatusOr<uint64_t>(uint64_t tree_size,
                                         std::function<void()> wake)>
      watch;
  std::function<void(uint64_t handle)> stop_watching;
};

class Follower {
 public:
  // `views` outlive the follower.
  static std::unique_ptr<Follower> Start(
      Views* views, TreeSource source,
      absl::Duration retry_after = absl::Seconds(1));

  ~Follower();  // Shutdown()

  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  // What went wrong last, until something goes right.
  absl::Status health() const;

  // Looks again, as after Views::Rebuild.
  void Wake();

  void Shutdown();

 private:
  // Shared with wake-ups, which may come after the follower is gone.
  struct State {
    base::Mutex mutex;
    base::CondVar changed;
    bool woken ABSL_GUARDED_BY(mutex) = false;
    bool closing ABSL_GUARDED_BY(mutex) = false;
    absl::Status health ABSL_GUARDED_BY(mutex);
  };

  Follower(Views* views, TreeSource source, absl::Duration retry_after);

  void Run();
  // Works in everything there is, unless it is closing.
  absl::Status CatchUp();
  void AwaitMore();
  bool closing() const;

  Views* const views_;
  const TreeSource source_;
  const absl::Duration retry_after_;
  const std::shared_ptr<State> state_ = std::make_shared<State>();
  std::thread thread_;
};

}  // namespace sightline::records
