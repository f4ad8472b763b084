// Subtrees of an RFC 6962 tree: the runs of leaves whose hash a proof can tie
// to the root. Mirrors upload and check 256 entries at a time with them.
//
// Source:  draft-ietf-plants-merkle-tree-certs-03 s4; c2sp.org/tlog-mirror.
// Shapes:  [begin, end) is valid iff it is empty or begin is a multiple of the
//          smallest power of two >= end - begin. Valid: [8,13), [0,13), [6,8).
//          Invalid: [2,6), [5,13), [7,9).
// Errors:  kInvalidArgument: invalid subtree, beyond the tree, wrong number of
//          hashes, or a hash that differs. kOutOfRange: index outside the
//          subtree.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "merkle/hash.h"

namespace sightline::merkle {

struct Interval {
  uint64_t begin = 0;
  uint64_t end = 0;

  friend bool operator==(const Interval&, const Interval&) = default;
};

bool IsValidSubtree(uint64_t begin, uint64_t end);

// Checks that `subtree_hash` is the hash of leaves [begin, end) of the tree
// with `tree_size` leaves and root hash `root`. An empty subtree has the empty
// root and an empty proof.
absl::Status VerifySubtree(uint64_t begin, uint64_t end, uint64_t tree_size,
                           absl::Span<const Hash> proof,
                           const Hash& subtree_hash, const Hash& root);

// Checks that `leaf_hash` is leaf `index` of the tree, by the hash of a subtree
// that holds it.
absl::Status VerifyInclusionInSubtree(uint64_t index, uint64_t begin,
                                      uint64_t end, const Hash& leaf_hash,
                                      absl::Span<const Hash> proof,
                                      const Hash& subtree_hash);

// Two valid subtrees that cover [begin, end): first.end == second.begin,
// second.end == end, first.begin <= begin. One leaf or none: second is empty.
// Example: [5,13) is covered by [4,8) and [8,13).
// REQUIRES: begin <= end <= kMaxTreeSize.
std::pair<Interval, Interval> CoverBySubtrees(uint64_t begin, uint64_t end);

}  // namespace sightline::merkle
