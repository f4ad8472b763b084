// The client's own record of what the log has acknowledged: index, leaf hash and
// receipt of each statement. What it holds once must be true for ever.
//
// Errors:  kDataLoss: the log contradicts what it has acknowledged before.
// Threads: thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "client/log_client.h"
#include "merkle/hash.h"

namespace sightline::tests {

class Acknowledged {
 public:
  // Takes up the log's answer to statement number `statement` (of the caller's
  // counting). A statement has one receipt, whose bytes never change, and an index
  // that no other statement has.
  absl::Status Add(size_t statement, const client::SubmitResult& answer)
      ABSL_LOCKS_EXCLUDED(mutex_);

  bool Holds(size_t statement) const ABSL_LOCKS_EXCLUDED(mutex_);
  size_t size() const ABSL_LOCKS_EXCLUDED(mutex_);

  // Reads the whole log through `log`, which verifies what it reads, and looks for
  // every leaf hash at its index.
  absl::Status CheckStillThere(client::LogClient& log) const
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Receipt {
    uint64_t index = 0;
    merkle::Hash leaf_hash = {};
    std::string bytes;
  };

  absl::Status CheckEntry(uint64_t index, const merkle::Hash& leaf_hash) const
      ABSL_LOCKS_EXCLUDED(mutex_);
  uint64_t end() const ABSL_LOCKS_EXCLUDED(mutex_);

  mutable base::Mutex mutex_;
  std::map<size_t, Receipt> receipts_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, size_t> by_index_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::tests
