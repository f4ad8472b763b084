// What is wrong with a log: one fault, and a bounded collection of them.
//
// Shapes:  a fault says what is wrong, where, what was found and what should be
//          there. Hashes are lower-case hexadecimal.
// Threads: a Problem is a value; ProblemLog is thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"

namespace sightline::monitor {

enum class ProblemKind {
  // The checkpoint.
  kCheckpointMalformed,
  kCheckpointSignature,  // not by a key that counts at that size
  kRootHash,             // the tree hashes to another root

  // Tiles.
  kTileMissing,  // not there, too narrow, or unreadable
  kTileHash,     // a hash that is not that of what lies below it
  kTileMid,      // a stored intermediate node that is not that of its hashes
  kTileExtra,    // a tile or hash beyond the tree

  // Entries as bytes.
  kEntryMissing,
  kEntryHash,   // the bytes are not those of the signed leaf
  kEntryExtra,  // an entry beyond the tree

  // What entries say.
  kEntryMalformed,
  kStatementMalformed,
  kAdmissionTime,  // earlier than the entry's before
  kFeedOrdinal,
  kFeedLink,
  kNotAuthorised,  // a submitter, key or number of keys that may not say this
  kSignature,
  kRegistryRule,  // a registry statement that makes no sense where it stands
  kLink,          // names no earlier entry, or not the one it should
  kVerdict,       // policy or findings are not those that the log leads to
  kDuplicate,     // a statement that is in the log already
  kOpenedEarly,   // by a keeper, while a renewal kept it sealed

  // What a store derives from the entries.
  kStoreRecord,
};
inline constexpr size_t kProblemKinds =
    static_cast<size_t>(ProblemKind::kStoreRecord) + 1;

// "entry hash", "feed ordinal" ...
absl::string_view ProblemKindText(ProblemKind kind);
// "entry_hash": for programs.
absl::string_view ProblemKindName(ProblemKind kind);

struct Problem {
  ProblemKind kind = ProblemKind::kCheckpointMalformed;
  // The entry it is about, when it is about one.
  std::optional<uint64_t> index = std::nullopt;
  // What else it is about ("tile 0/003 hash 17"); may be empty.
  std::string where = "";
  // What was found and what should be there; either may be empty.
  std::string got = "";
  std::string want = "";

  friend bool operator==(const Problem&, const Problem&) = default;
};

// "entry 17: feed ordinal: got 4, want 3".
std::string ProblemText(const Problem& problem);
inline std::ostream& operator<<(std::ostream& out, const Problem& problem) {
  return out << ProblemText(problem);
}

// Collects problems from many threads: counts all, keeps the first `max_kept` of
// each kind.
class ProblemLog {
 public:
  explicit ProblemLog(size_t max_kept) : max_kept_(max_kept) {}

  void Add(Problem problem) ABSL_LOCKS_EXCLUDED(mutex_);

  uint64_t count() const ABSL_LOCKS_EXCLUDED(mutex_);
  std::array<uint64_t, kProblemKinds> counts() const
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Those kept, in the order they came; afterwards there are none.
  std::vector<Problem> Drain() ABSL_LOCKS_EXCLUDED(mutex_);

  // Those kept, those without an entry first, then by entry and kind.
  std::vector<Problem> Sorted() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  const size_t max_kept_;
  mutable base::Mutex mutex_;
  std::vector<Problem> kept_ ABSL_GUARDED_BY(mutex_);
  std::array<uint64_t, kProblemKinds> counts_ ABSL_GUARDED_BY(mutex_) = {};
};

}  // namespace sightline::monitor
