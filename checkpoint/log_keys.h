// The keys of one log, each counting for a range of tree sizes.
//
// A log changes its key without becoming another log: the new key is listed
// with the range of sizes from which it counts, the old one gets an end, and
// receipts of the old range stay valid. A key that was stolen after its range
// ended cannot sign for sizes that come later.
//
// Source:  docs/formats.md "Checkpoint, notes, keys"; the ranges are logged.
// Shapes:  ranges are half-open, [from_size, to_size), in tree sizes (a
//          checkpoint of size n is checked against n). They may overlap.
// Errors:  kInvalidArgument: see each function.
// Threads: thread-compatible; const functions from any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/verifier.h"

namespace sightline::checkpoint {

class LogKeySet {
 public:
  // The end of a range that has none yet.
  static constexpr uint64_t kNoEnd = std::numeric_limits<uint64_t>::max();

  explicit LogKeySet(absl::string_view origin) : origin_(origin) {}

  // Adds a key. kInvalidArgument: malformed vkey, a name other than the origin,
  // a type that is not a log's, or an empty range.
  absl::Status Add(absl::string_view vkey, uint64_t from_size = 0,
                   uint64_t to_size = kNoEnd);

  // Opens a checkpoint of this log that was signed by a key whose range covers
  // its size. Lines of other keys, known or not, do not count and are passed
  // over; a failing line of a key that counts refuses the checkpoint. Lines of
  // `cosigners` are checked with the log's and refuse it in the same way, but
  // cannot stand in for the log. In `verified`, index i < cosigners.size()
  // means cosigners[i]; higher ones are log keys.
  absl::StatusOr<OpenedCheckpoint> OpenCheckpoint(
      absl::string_view note_bytes,
      absl::Span<const Verifier> cosigners = {}) const;

  const std::string& origin() const { return origin_; }
  bool empty() const { return keys_.empty(); }

  // The keys that count for checkpoints of `tree_size`.
  std::vector<Verifier> KeysFor(uint64_t tree_size) const;

 private:
  struct RangedKey {
    Verifier verifier;
    uint64_t from_size;
    uint64_t to_size;
  };

  std::string origin_;
  std::vector<RangedKey> keys_;
};

}  // namespace sightline::checkpoint
