// Proofs and roots at any size the tree ever had, from nodes.
//
// Source:  RFC 6962 s2.1.1, s2.1.2.
// Units:   indices count from 0. Any size up to the reader's tree; whether it
//          was ever published is the caller's question.
// Errors:  kOutOfRange: index >= tree_size, or old_size > new_size.
//          kDataLoss: a tile is missing or of the wrong size.
// Threads: thread-safe when the reader is.
// Cost:    one read per tile on the path (3 at 10^6 leaves) and up to 22 node
//          hashes for each.
//
// Builds, does not verify: a damaged tile gives a proof that does not check.
// Servers verify before they answer (merkle/proof.h).
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "merkle/compact_range.h"
#include "merkle/geometry.h"
#include "merkle/hash.h"
#include "tiles/log_reader.h"
#include "tiles/tile_source.h"

namespace sightline::tiles {

class ProofBuilder {
 public:
  // The argument must outlive the builder. A TileSource is read through a
  // TileNodeReader.
  explicit ProofBuilder(const NodeReader* nodes)
      : tile_nodes_(nullptr), nodes_(nodes) {}
  explicit ProofBuilder(const TileSource* source)
      : tile_nodes_(source), nodes_(&tile_nodes_) {}

  ProofBuilder(const ProofBuilder&) = delete;
  ProofBuilder& operator=(const ProofBuilder&) = delete;

  absl::StatusOr<std::vector<merkle::Hash>> InclusionProof(
      uint64_t index, uint64_t tree_size) const;

  // Empty for old_size == 0 and for equal sizes.
  absl::StatusOr<std::vector<merkle::Hash>> ConsistencyProof(
      uint64_t old_size, uint64_t new_size) const;

  // kInvalidArgument when [begin, end) is no valid subtree (merkle/subtree.h).
  absl::StatusOr<std::vector<merkle::Hash>> SubtreeProof(
      uint64_t begin, uint64_t end, uint64_t tree_size) const;

  absl::StatusOr<merkle::Hash> Root(uint64_t tree_size) const;
  absl::StatusOr<merkle::CompactRange> Range(uint64_t tree_size) const;
  absl::StatusOr<merkle::Hash> LeafHash(uint64_t index) const;

 private:
  absl::StatusOr<std::vector<merkle::Hash>> Build(
      const absl::StatusOr<merkle::ProofPlan>& plan) const;

  const TileNodeReader tile_nodes_;
  const NodeReader* const nodes_;
};

}  // namespace sightline::tiles
