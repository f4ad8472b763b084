// Runs of entries, checked against the tree that they are said to be in.
//
// Source:  docs/formats.md "Run of entries"; proto EntryRun.
// Shapes:  without a filter a run is contiguous and proven as a whole; with one,
//          each entry is proven by itself.
// Errors:  kDataLoss: the run is not what was asked for, or not in the tree.
// Threads: thread-compatible.
// Cost:    one leaf hash for each entry and one node hash for each, with a
//          filter O(log tree_size) node hashes for each.
//
// What a filter cannot prove: that nothing between the entries was left out. Who
// needs that reads without a filter.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/tree_tracker.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/log_service.pb.h"

namespace sightline::client {

// One entry of a run. Valid as long as its run.
struct EntryView {
  uint64_t index = 0;
  absl::string_view bytes;  // serialised Entry
  merkle::Hash leaf_hash = {};
};

class EntryRun {
 public:
  // Checks what the log answered to a question for entries from `start_index`
  // on under `filter`. `tree` is that of the run's checkpoint, verified.
  static absl::StatusOr<EntryRun> Check(v1::EntryRun run, uint64_t start_index,
                                        const v1::EntryFilter& filter,
                                        TreePtr tree);

  const std::vector<EntryView>& entries() const { return entries_; }
  // Everything before it has been considered; where to go on.
  uint64_t next_index() const { return run_->next_index(); }
  const TreePtr& tree() const { return tree_; }
  // What proves a run without a filter, as merkle/range_proof.h has it.
  const std::vector<merkle::Hash>& left() const { return left_; }
  const std::vector<merkle::Hash>& right() const { return right_; }

 private:
  EntryRun() = default;

  std::unique_ptr<const v1::EntryRun> run_;  // what the views look into
  std::vector<EntryView> entries_;
  std::vector<merkle::Hash> left_;
  std::vector<merkle::Hash> right_;
  TreePtr tree_;
};

// Whether every entry passes.
bool IsEmpty(const v1::EntryFilter& filter);

// Whether a filter lets `entry` through; kDataLoss when it is no entry.
absl::StatusOr<bool> Matches(const v1::EntryFilter& filter,
                             absl::string_view entry);

}  // namespace sightline::client
