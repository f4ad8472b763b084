// What a check of a whole log found.
//
// Units:   indices count from 0; sizes are bytes.
// Threads: a value.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "checkpoint/log_checkpoint.h"
#include "monitor/problem.h"
#include "monitor/replay.h"

namespace sightline::monitor {

struct CheckReport {
  // As far as it could be read.
  checkpoint::Checkpoint checkpoint;
  // The names of the keys whose signatures of the checkpoint verified and
  // counted, as "<name>+<key id>".
  std::vector<std::string> signed_by;

  uint64_t entries = 0;  // read
  uint64_t entry_bytes = 0;
  uint64_t tiles = 0;
  uint64_t signatures = 0;  // verified, of statements
  double seconds = 0;

  // Entries that seal something about what could not be read: the policy that they
  // name was taken as it is.
  uint64_t trails_believed = 0;

  // Every feed, by submitter; empty at kHashes.
  std::vector<FeedTotals> feeds;
  // Registry entries, ascending; empty at kHashes.
  std::vector<uint64_t> control_indices;

  // Those kept, by entry.
  std::vector<Problem> problems;
  uint64_t problem_count = 0;
  std::vector<std::pair<ProblemKind, uint64_t>> problem_counts;  // not zero

  bool sound() const { return problem_count == 0; }
};

}  // namespace sightline::monitor
