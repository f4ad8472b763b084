// Follows the tree of one log: every checkpoint that is shown must be signed and
// must agree with all that were shown before.
//
// Keeps the newest verified tree. A new checkpoint of another size is accepted
// only with a consistency proof between the two, so that all accepted
// checkpoints lie on one history.
//
// Source:  docs/threat-model.md; RFC 6962 s2.1.2.
// Errors:  kDataLoss: not signed by a key that counts, not consistent, or
//          smaller than it may be; with Evidence (evidence.h) when two signed
//          notes contradict each other. Errors of the fetcher as they are.
// Threads: thread-safe. The fetcher is called without any lock.
// Cost:    a note seen before costs one comparison; a new one a signature check
//          and one consistency proof. Remembers the last kMaxRemembered notes.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/mutex.h"
#include "checkpoint/log_keys.h"
#include "merkle/hash.h"

namespace sightline::client {

// A tree that the log has signed, verified and consistent.
struct SignedTree {
  uint64_t size = 0;
  merkle::Hash root = {};
  std::string note;  // the signed note, verbatim
};

using TreePtr = std::shared_ptr<const SignedTree>;  // shared by all its answers

class TreeTracker {
 public:
  static constexpr size_t kMaxRemembered = 256;

  // Asks the log for a consistency proof, 0 < old_size < new_size.
  using ProofFetcher = std::function<absl::StatusOr<std::vector<merkle::Hash>>(
      uint64_t old_size, uint64_t new_size)>;

  TreeTracker(checkpoint::LogKeySet keys, ProofFetcher fetch)
      : keys_(std::move(keys)), fetch_(std::move(fetch)) {}

  // Takes up a note that was verified earlier (by a process before this one). It
  // may have come with a receipt, so it is no floor, but everything that follows
  // must be proved consistent with it. REQUIRES: nothing has been observed yet.
  absl::Status Resume(absl::string_view note);

  // Verifies `note` and remembers it. `floor`, when not null, is what the
  // caller knew before it asked: a newest checkpoint may not be smaller. Pass
  // null where an older checkpoint is a right answer (receipts).
  //
  // A log whose witnesses have not cosigned its newest tree yet serves an older
  // one than the receipts that it gives are in, so receipts are no floor.
  absl::StatusOr<TreePtr> Observe(absl::string_view note,
                                  const TreePtr& floor = nullptr);

  // Observes what a log serves as its newest tree: a floor for what it serves
  // next.
  absl::StatusOr<TreePtr> ObserveServed(absl::string_view note,
                                        const TreePtr& floor);

  // Verifies notes of the past: each signed and of a larger tree than the one
  // before (`after`, may be null, the first time), each pair of neighbours
  // consistent, the last on the history.
  absl::StatusOr<std::vector<TreePtr>> ObservePast(
      absl::Span<const std::string> notes, const TreePtr& after);

  // Checks that the tree (size, root), which nobody signed, is on the history.
  absl::Status CheckPrefix(uint64_t size, const merkle::Hash& root);

  // The newest verified tree; null before the first.
  TreePtr newest() const;
  // The newest of those that were served, not only in a receipt.
  TreePtr served() const;

  const checkpoint::LogKeySet& keys() const { return keys_; }

 private:
  TreePtr Known(absl::string_view note) const;
  absl::StatusOr<TreePtr> Open(absl::string_view note) const;
  absl::Status CheckConsistent(const TreePtr& seen, const TreePtr& shown) const;
  // Remembers `tree` if `seen` is still the newest; otherwise false.
  bool Remember(const TreePtr& seen, const TreePtr& tree);

  const checkpoint::LogKeySet keys_;
  const ProofFetcher fetch_;

  mutable base::Mutex mutex_;
  TreePtr newest_ ABSL_GUARDED_BY(mutex_);
  TreePtr served_ ABSL_GUARDED_BY(mutex_);
  mutable TreePtr last_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, TreePtr> known_ ABSL_GUARDED_BY(mutex_);
  std::deque<TreePtr> order_ ABSL_GUARDED_BY(mutex_);  // oldest first
};

}  // namespace sightline::client
