// Where the trails of the newest entries end (statement/policy_trail.h), so that who
// reads the log in order need not read back for them.
//
// Threads: thread-compatible; entries come in order of index.
// Memory:  40 bytes for each of the `max_entries` newest that a policy stands
//          behind. What is about an older entry, or one from before the reading
//          began, is not known here (Replay::ReadTrail reads it back).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "monitor/entry_check.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/policy_trail.h"

namespace sightline::monitor {

class PolicyTrails {
 public:
  static constexpr size_t kMaxEntries = size_t{1} << 18;

  explicit PolicyTrails(size_t max_entries = kMaxEntries)
      : max_entries_(max_entries) {}

  // What FollowTrail finds for `statement`; nothing when that is not known here.
  std::optional<statement::TrailEnd> EndOf(
      const v1::Statement& statement) const;

  // Takes the next valid entry.
  void Next(const CheckedEntry& entry);

 private:
  static constexpr int kFace = -1;
  static constexpr int kUnknown = -2;

  struct Known {
    uint64_t index = 0;
    int end = kUnknown;  // place in policies_, or one of those above
    int steps = 0;       // from the entry to the end of its trail
    uint64_t face_index = 0;
    int64_t face_unix_ms = 0;
  };

  // nullptr: nothing behind it.
  const Known* Find(uint64_t index) const;
  int PlaceOf(const v1::PolicyRef& policy);
  void Add(const Known& known);

  size_t max_entries_;
  std::optional<uint64_t> floor_;  // what lies below is not known
  std::vector<v1::PolicyRef> policies_;
  std::deque<Known> known_;  // ascending
};

}  // namespace sightline::monitor
