// Proofs that a run of leaves is in a tree: what stands left and right of it.
//
// Source:  docs/formats.md "Entry run"; RFC 6962 s2.1 for the hashes.
// Shapes:  left are the roots of the perfect subtrees of leaves [0, begin),
//          largest first; right those of [end, tree_size), each the largest
//          that is aligned where it begins. At most 63 and 126 hashes.
// Units:   indices count from 0; runs are [begin, end) and may be empty.
// Errors:  RangeNodes: kOutOfRange: end > tree_size. kInvalidArgument: begin >
//          end, or size above kMaxTreeSize. VerifyRange: kInvalidArgument.
// Threads: pure; any thread.
// Cost:    RangeNodes: O(log tree_size). VerifyRange: one node hash for each
//          leaf and each hash of the proof.
//
// Example: leaves 3 and 4 of 7. left: nodes (1,0) (0,2); right: (0,5) (0,6).
// At 10^6 leaves some 20 hashes prove 200 entries, where inclusion proofs would
// take 4,000.
#pragma once

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "merkle/geometry.h"
#include "merkle/hash.h"

namespace sightline::merkle {

// The nodes of a range proof, left to right.
struct RangePlan {
  absl::InlinedVector<NodeId, 32> left;
  absl::InlinedVector<NodeId, 64> right;
  // Not in the proof: those of the run itself.
  absl::InlinedVector<NodeId, 32> own;
};

// Which nodes prove leaves [begin, end) in the tree of `tree_size` leaves.
absl::StatusOr<RangePlan> RangeNodes(uint64_t begin, uint64_t end,
                                     uint64_t tree_size);

// The root hash of the tree whose leaves `nodes` are above, each once, left to
// right: all nodes of a plan, for whoever wants to verify a range proof without
// the leaves. REQUIRES: as many hashes as nodes.
Hash RootOver(absl::Span<const NodeId> nodes, absl::Span<const Hash> hashes);

// Checks that `leaf_hashes` are the leaves from `begin` on of the tree with
// `tree_size` leaves and root hash `root`. Strict: `left` and `right` hold
// exactly as many hashes as RangeNodes says.
absl::Status VerifyRange(uint64_t begin, absl::Span<const Hash> leaf_hashes,
                         absl::Span<const Hash> left,
                         absl::Span<const Hash> right, uint64_t tree_size,
                         const Hash& root);

}  // namespace sightline::merkle
