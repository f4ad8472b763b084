// Which nodes make up a proof: positions only, no hashes.
//
// Every hash of a proof is either a perfect node (2^level leaves, final for
// ever) or the one ragged node at the right edge of the tree, which folds from
// perfect nodes. A ProofPlan lists the perfect nodes, so whoever stores those
// can answer.
//
// Source:  RFC 6962 s2.1.1, s2.1.2; draft-ietf-plants-merkle-tree-certs s4.
// Shapes:  a proof is 0..63 hashes (64 for some consistency proofs above 2^62).
// Units:   indices count from 0; ranges are [begin, end).
// Errors:  kOutOfRange: beyond the tree. kInvalidArgument: size above
//          kMaxTreeSize, or no valid subtree.
// Threads: pure; any thread.
// Cost:    O(log tree_size), no allocation below about 60 nodes.
//
// Example: 0 1 2 3 4 5 6, inclusion of leaf 1 in 7: nodes (0,0) (1,1) (1,2)
// (0,6); the last two fold into the third hash of the proof.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "merkle/hash.h"

namespace sightline::merkle {

// The root of leaves [index << level, (index + 1) << level).
struct NodeId {
  uint8_t level = 0;
  uint64_t index = 0;

  friend bool operator==(const NodeId&, const NodeId&) = default;
};

class ProofPlan {
 public:
  // The perfect nodes to look up, each once.
  absl::Span<const NodeId> nodes() const { return nodes_; }

  // How many hashes the proof has.
  size_t proof_size() const;

  // Replaces `*proof` by the proof, given the hashes of nodes() in that order.
  // REQUIRES: hashes.size() == nodes().size().
  void Assemble(absl::Span<const Hash> hashes, std::vector<Hash>* proof) const;

 private:
  friend class PlanBuilder;

  absl::InlinedVector<NodeId, 64> nodes_;
  // nodes_[ragged_begin_, ragged_end_) fold into one hash; none when equal.
  size_t ragged_begin_ = 0;
  size_t ragged_end_ = 0;
};

// The proof that leaf `index` is in the tree of `tree_size` leaves.
absl::StatusOr<ProofPlan> InclusionNodes(uint64_t index, uint64_t tree_size);

// The proof that the first `old_size` leaves of the tree of `new_size` are the
// tree of `old_size`. Empty for old_size == 0 (nothing to prove) and for equal
// sizes.
absl::StatusOr<ProofPlan> ConsistencyNodes(uint64_t old_size,
                                           uint64_t new_size);

// The root of the tree of `tree_size` leaves, as a "proof" of one hash. The
// nodes are those of the compact range. A size of 0 gives no nodes and no hash.
absl::StatusOr<ProofPlan> RootNodes(uint64_t tree_size);

// The proof that subtree [begin, end) is in the tree of `tree_size` leaves.
// See subtree.h for what a valid subtree is.
absl::StatusOr<ProofPlan> SubtreeNodes(uint64_t begin, uint64_t end,
                                       uint64_t tree_size);

// The hash of the valid subtree [begin, end), as a "proof" of one hash; no
// nodes and no hash when it is empty.
absl::StatusOr<ProofPlan> SubtreeHashNodes(uint64_t begin, uint64_t end);

// The proof that leaf `index` is in the valid subtree [begin, end).
absl::StatusOr<ProofPlan> InclusionInSubtreeNodes(uint64_t index,
                                                  uint64_t begin, uint64_t end);

}  // namespace sightline::merkle
