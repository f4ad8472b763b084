// A log as a monitor follows it: new entries with what proves them, and answers to
// the few questions that checking them raises.
//
// Units:   indices count from 0; ranges are [begin, end).
// Errors:  kUnavailable and the like: could not be reached; try again. kDataLoss:
//          what the log showed does not hold, with client::Evidence when two
//          signed notes contradict each other.
// Threads: one, except Stop.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "checkpoint/evidence_file.h"

namespace sightline::monitor {

class LogFeed {
 public:
  // How the first leaves lie in a newer tree, whose signed note this is. When that
  // is not the note that was asked about: how that one's leaves lie in the tree of
  // `later`, which the log has proven to continue `newer`'s. Without it, nobody
  // knows whether `newer` is of the same history.
  struct Prefix {
    std::string newer;
    checkpoint::PrefixProof proof;
    std::string later = {};  // or ""
    checkpoint::PrefixProof asked = {};
  };

  struct Step {
    std::string note;  // of a tree that has all entries visited so far
    uint64_t end = 0;  // they reach to here
    // Whether they are proven to be that tree's. Otherwise `end` is its size, and
    // whoever knows its first leaves can tell.
    bool proven = false;
  };

  using Visitor = std::function<absl::Status(uint64_t, absl::string_view)>;

  virtual ~LogFeed() = default;

  // Visits new entries from `from` on, in order, waiting for them for `patience`;
  // begins where the last step ended or, after a failure, anywhere. Also gives a
  // step without entries when the log shows another note. Nothing: nothing new.
  // An error of the visitor ends it.
  virtual absl::StatusOr<std::optional<Step>> Next(uint64_t from,
                                                   absl::Duration patience,
                                                   const Visitor& visit) = 0;

  // Whether every step is proven: what was visited counts, also of a step that
  // failed.
  virtual bool proves() const = 0;

  // An entry that has been visited, proven.
  virtual absl::StatusOr<std::string> ReadEntry(uint64_t index) = 0;

  // How the first `size` leaves lie in the tree of `newer`, or in one that the log
  // shows now. Not verified: PrefixRoot does.
  virtual absl::StatusOr<Prefix> ReadPrefix(uint64_t size,
                                            const std::string& newer) = 0;

  // Ends a wait, for good. Any thread.
  virtual void Stop() = 0;
};

}  // namespace sightline::monitor
