// Checks of inclusion and consistency proofs of an RFC 6962 tree.
//
// Source:  RFC 6962 s2.1.1, s2.1.2; iterative as in RFC 9162 s2.1.3.2,
// s2.1.4.2. Shapes:  a proof goes from leaf to root and holds neither the leaf
// hash nor
//          the root.
// Units:   indices count from 0.
// Errors:  kOutOfRange: index >= tree_size. kInvalidArgument: sizes that have
//          no proof, wrong number of hashes, or a root that differs.
// Threads: pure; any thread.
//
// Which nodes a proof is made of: geometry.h. Building one from tiles:
// tiles/proof_builder.h.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "merkle/hash.h"

namespace sightline::merkle {

// Checks that `leaf_hash` is leaf `index` of the tree with `tree_size` leaves
// and root hash `root`.
absl::Status VerifyInclusion(uint64_t index, uint64_t tree_size,
                             const Hash& leaf_hash,
                             absl::Span<const Hash> proof, const Hash& root);

// The root hash that `proof` leads to: for callers that get the root
// afterwards, from a signature. Vouches for nothing by itself.
absl::StatusOr<Hash> RootFromInclusion(uint64_t index, uint64_t tree_size,
                                       const Hash& leaf_hash,
                                       absl::Span<const Hash> proof);

// Checks that the tree (old_size, old_root) is a prefix of the tree (new_size,
// new_root). Refuses old_size 0: the empty tree is a prefix of everything and
// proves nothing; protocols that allow it say so themselves.
absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size,
                               absl::Span<const Hash> proof,
                               const Hash& old_root, const Hash& new_root);

}  // namespace sightline::merkle
