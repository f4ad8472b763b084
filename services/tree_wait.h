// Waiting for the published tree to grow, for calls that may end meanwhile.
//
// Threads: thread-safe. `ready` runs on a reader thread, never on the
//          publisher's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "publish/publisher.h"
#include "services/beat.h"
#include "services/worker_pool.h"

namespace sightline::services {

class TreeWait {
 public:
  // All outlive every wait. `beat` may be null for who never waits for one.
  TreeWait(publish::Publisher* publisher, WorkerPool* readers, Beat* beat);
  ~TreeWait();

  // Calls `ready` once, when the published tree has `tree_size` leaves or the
  // publisher shuts down; at the next beat, when that is before `not_before`.
  // kUnavailable: too many wait; `ready` is then never called.
  // REQUIRES: no wait is going on; `not_before` is no later than the next beat.
  absl::Status Start(uint64_t tree_size, std::function<void()> ready,
                     Beat::Clock::time_point not_before = {});

  // True: `ready` will not be called any more. False: it was, it is being
  // called, or there was no wait.
  bool Cancel();

 private:
  struct State;

  publish::Publisher* const publisher_;
  WorkerPool* const readers_;
  Beat* const beat_;
  // Shared with the publisher's wake-ups, which may come late.
  const std::shared_ptr<State> state_;
};

}  // namespace sightline::services
