// The views of one log: kept up with it, thrown away when they are not its own.
//
// Source:  docs/records.md "Views".
// Errors:  kDataLoss: an entry or a stored view does not read back (Rebuild
//          helps against the latter). Those of the stores.
// Threads: thread-safe.
// Durable: entries and how far the views are change together, so that after a
//          crash they stand at some earlier tree and go on from there.
// Cost:    about 20 keys for each entry.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "storage/log_store.h"
#include "storage/view_store.h"

namespace sightline::records {

// Raised whenever entries are to be worked in differently: other views are
// derived anew.
inline constexpr uint32_t kViewSchema = 5;

// The views as of a tree.
struct ViewsAt {
  uint64_t tree_size = 0;
  std::unique_ptr<const storage::ViewSnapshot> snapshot;
};

class Views {
 public:
  // Entries of a batch: what a crash makes us do again at most.
  static constexpr uint64_t kBatchEntries = 512;

  // Both outlive the views. Views of another log, of a larger tree than `log`
  // holds or of another schema are dropped.
  static absl::StatusOr<std::unique_ptr<Views>> Open(
      const storage::LogStore* log, storage::ViewStore* store);

  // How many entries are worked in.
  uint64_t tree_size() const;

  // Works in at most one batch of the entries before `tree_size`.
  // REQUIRES: the log has published that tree.
  absl::Status Step(uint64_t tree_size);
  // Steps until it is there.
  absl::Status CatchUp(uint64_t tree_size);

  // Forgets everything; CatchUp derives it anew.
  absl::Status Rebuild();

  absl::StatusOr<ViewsAt> Read() const;

 private:
  Views(const storage::LogStore* log, storage::ViewStore* store)
      : log_(log), store_(store) {}

  absl::Status StepLocked(uint64_t tree_size)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(writer_);

  const storage::LogStore* const log_;
  storage::ViewStore* const store_;

  // Held while a batch is worked in and written: there is one writer at a time.
  // Before size_mutex_.
  base::Mutex writer_;
  mutable base::Mutex size_mutex_;
  uint64_t size_ ABSL_GUARDED_BY(size_mutex_) = 0;
};

}  // namespace sightline::records
