// Entries read in long runs, without being packed into bundles on the way: what
// a scan of a whole log wants beside LogReader.
//
// Units:   indices count from 0; ranges are [begin, end).
// Errors:  kOutOfRange or kNotFound: the log has no such entry (or has pruned
//          it). kDataLoss, kInvalidArgument: an entry does not read back.
//          kUnavailable: could not be reached; try again. After any of them the
//          entries before the one that failed have been visited.
// Threads: implementations are thread-safe.
#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tiles/log_reader.h"

namespace sightline::tiles {

class EntrySource {
 public:
  using Visitor =
      absl::FunctionRef<bool(uint64_t index, absl::string_view entry)>;

  virtual ~EntrySource() = default;

  // Calls `visit` for each entry of [begin, end), in order, until it returns
  // false. The bytes are valid during the call only, and NOT verified.
  virtual absl::Status ReadEntries(uint64_t begin, uint64_t end,
                                   Visitor visit) = 0;
};

// The entries of a log's bundles.
class BundleEntrySource final : public EntrySource {
 public:
  // Asks for bundles as wide as a tree of `tree_size` leaves has them, which the
  // log must have published a checkpoint for. `reader` must outlive the source.
  BundleEntrySource(LogReader* reader, uint64_t tree_size)
      : reader_(reader), tree_size_(tree_size) {}

  absl::Status ReadEntries(uint64_t begin, uint64_t end,
                           Visitor visit) override;

 private:
  LogReader* const reader_;
  const uint64_t tree_size_;
};

}  // namespace sightline::tiles
