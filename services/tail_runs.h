// The newest runs that readers at the tail were sent: all of them ask for the
// same, so it is read, proved and written once.
//
// Shapes:  whole runs (no filter) that end with their tree; kRuns of them.
// Threads: thread-safe; bytes are shared, not copied.
// Memory:  kRuns messages, and the trees that they are proved in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "grpcpp/support/byte_buffer.h"
#include "publish/publisher.h"

namespace sightline::services {

// A run as it is sent.
struct RunMessage {
  grpc::ByteBuffer bytes;
  size_t entries = 0;
  uint64_t next_index = 0;
  bool exhausted = false;  // see EncodedRun
};

class TailRuns {
 public:
  static constexpr size_t kRuns = 8;
  using Tree = std::shared_ptr<const publish::PublishedTree>;

  // What was kept for entries from `begin` on in that very tree.
  std::optional<RunMessage> Find(uint64_t begin, const Tree& tree) const
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Keeps `run` in place of the oldest, if it ends with the tree.
  void Keep(uint64_t begin, const Tree& tree, const RunMessage& run)
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Kept {
    uint64_t begin = 0;
    Tree tree;  // null: nothing
    RunMessage run;
  };

  mutable base::Mutex mutex_;
  std::array<Kept, kRuns> kept_ ABSL_GUARDED_BY(mutex_);
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sightline::services
