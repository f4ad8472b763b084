#include "tiles/proof_builder.h"

#include "absl/status/status.h"
#include "base/status_macros.h"

namespace sightline::tiles {

using ::sightline::merkle::Hash;

absl::StatusOr<std::vector<Hash>> ProofBuilder::Build(
    const absl::StatusOr<merkle::ProofPlan>& plan) const {
  RETURN_IF_ERROR(plan.status());
  std::vector<Hash> hashes;
  RETURN_IF_ERROR(nodes_->ReadNodes(plan->nodes(), &hashes));
  if (plan->proof_size() == hashes.size()) return hashes;
  std::vector<Hash> proof;
  plan->Assemble(hashes, &proof);
  return proof;
}

absl::StatusOr<std::vector<Hash>> ProofBuilder::InclusionProof(
    uint64_t index, uint64_t tree_size) const {
  return Build(merkle::InclusionNodes(index, tree_size));
}

absl::StatusOr<std::vector<Hash>> ProofBuilder::ConsistencyProof(
    uint64_t old_size, uint64_t new_size) const {
  return Build(merkle::ConsistencyNodes(old_size, new_size));
}

absl::StatusOr<std::vector<Hash>> ProofBuilder::SubtreeProof(
    uint64_t begin, uint64_t end, uint64_t tree_size) const {
  return Build(merkle::SubtreeNodes(begin, end, tree_size));
}

absl::StatusOr<Hash> ProofBuilder::Root(uint64_t tree_size) const {
  ASSIGN_OR_RETURN(const merkle::CompactRange range, Range(tree_size));
  return range.Root();
}

absl::StatusOr<merkle::CompactRange> ProofBuilder::Range(
    uint64_t tree_size) const {
  ASSIGN_OR_RETURN(const merkle::ProofPlan plan, merkle::RootNodes(tree_size));
  std::vector<Hash> hashes;
  RETURN_IF_ERROR(nodes_->ReadNodes(plan.nodes(), &hashes));
  return merkle::CompactRange::Create(tree_size, hashes);
}

absl::StatusOr<Hash> ProofBuilder::LeafHash(uint64_t index) const {
  std::vector<Hash> hashes;
  RETURN_IF_ERROR(nodes_->ReadNodes({{0, index}}, &hashes));
  return hashes.front();
}

}  // namespace sightline::tiles
