#include "merkle/geometry.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "merkle/subtree.h"

namespace sightline::merkle {

// Writes a ProofPlan down, hash by hash.
class PlanBuilder {
 public:
  void AddNode(int level, uint64_t index) {
    plan_.nodes_.push_back({static_cast<uint8_t>(level), index});
  }

  // Adds the root over leaves [begin, end), where begin is a multiple of the
  // largest power of two that fits in the range. Only the right edge of a tree
  // is not perfect, so a plan has at most one such range of more than one node.
  void AddRange(uint64_t begin, uint64_t end) {
    const size_t first = plan_.nodes_.size();
    while (begin < end) {
      const int level = std::bit_width(end - begin) - 1;
      AddNode(level, begin >> level);
      begin += uint64_t{1} << level;
    }
    if (plan_.nodes_.size() - first > 1) {
      plan_.ragged_begin_ = first;
      plan_.ragged_end_ = plan_.nodes_.size();
    }
  }

  // Adds the siblings met on the way from node (level, index) to the root of
  // the tree with `tree_size` leaves.
  void AddPath(int level, uint64_t index, uint64_t tree_size) {
    for (uint64_t last = (tree_size - 1) >> level; last > 0; last >>= 1) {
      if (index % 2 == 1) {
        AddNode(level, index - 1);
      } else if (index < last) {
        const uint64_t begin = (index + 1) << level;
        AddRange(begin, std::min(begin + (uint64_t{1} << level), tree_size));
      }
      ++level;
      index >>= 1;
    }
  }

  // Moves every node to the right by `leaves`, a multiple of every node's
  // width.
  void MoveRight(uint64_t leaves) {
    for (NodeId& node : plan_.nodes_) node.index += leaves >> node.level;
  }

  ProofPlan& plan() { return plan_; }

 private:
  ProofPlan plan_;
};

namespace {

absl::Status CheckSize(uint64_t tree_size) {
  if (tree_size <= kMaxTreeSize) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("tree size ", tree_size, ", want at most 2^63"));
}

absl::Status CheckSubtree(uint64_t begin, uint64_t end) {
  if (IsValidSubtree(begin, end) && end <= kMaxTreeSize) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("[", begin, ", ", end, ") is no valid subtree"));
}

// The largest node on the right edge of [begin, end) that is whole in the tree;
// from there on the proof is the path to the root.
NodeId LastWholeNode(uint64_t begin, uint64_t end, uint64_t tree_size) {
  int level = 0;
  uint64_t first = begin;
  uint64_t last = end - 1;
  while (first != last && (last % 2 == 1 || end == tree_size)) {
    first >>= 1;
    last >>= 1;
    ++level;
  }
  return {static_cast<uint8_t>(level), last};
}

// REQUIRES: a valid subtree with begin < end <= tree_size.
void AddSubtreeProof(uint64_t begin, uint64_t end, uint64_t tree_size,
                     PlanBuilder* builder) {
  const NodeId node = LastWholeNode(begin, end, tree_size);
  // A subtree that is one node is known to the verifier, who holds its hash.
  if (node.index != begin >> node.level) {
    builder->AddNode(node.level, node.index);
  }
  builder->AddPath(node.level, node.index, tree_size);
}

}  // namespace

size_t ProofPlan::proof_size() const {
  const size_t ragged = ragged_end_ - ragged_begin_;
  return nodes_.size() - ragged + (ragged > 0 ? 1 : 0);
}

void ProofPlan::Assemble(absl::Span<const Hash> hashes,
                         std::vector<Hash>* proof) const {
  proof->clear();
  proof->reserve(proof_size());
  proof->insert(proof->end(), hashes.begin(), hashes.begin() + ragged_begin_);
  if (ragged_end_ > ragged_begin_) {
    proof->push_back(
        FoldRight(hashes.subspan(ragged_begin_, ragged_end_ - ragged_begin_)));
  }
  proof->insert(proof->end(), hashes.begin() + ragged_end_, hashes.end());
}

absl::StatusOr<ProofPlan> InclusionNodes(uint64_t index, uint64_t tree_size) {
  if (absl::Status status = CheckSize(tree_size); !status.ok()) return status;
  if (index >= tree_size) {
    return absl::OutOfRangeError(
        absl::StrCat("leaf index ", index, ", want below ", tree_size));
  }
  PlanBuilder builder;
  builder.AddPath(0, index, tree_size);
  return std::move(builder.plan());
}

absl::StatusOr<ProofPlan> ConsistencyNodes(uint64_t old_size,
                                           uint64_t new_size) {
  if (absl::Status status = CheckSize(new_size); !status.ok()) return status;
  if (old_size > new_size) {
    return absl::OutOfRangeError(
        absl::StrCat("old size ", old_size, ", want at most ", new_size));
  }
  PlanBuilder builder;
  if (old_size > 0) AddSubtreeProof(0, old_size, new_size, &builder);
  return std::move(builder.plan());
}

absl::StatusOr<ProofPlan> RootNodes(uint64_t tree_size) {
  return SubtreeHashNodes(0, tree_size);
}

absl::StatusOr<ProofPlan> SubtreeNodes(uint64_t begin, uint64_t end,
                                       uint64_t tree_size) {
  if (absl::Status status = CheckSize(tree_size); !status.ok()) return status;
  if (absl::Status status = CheckSubtree(begin, end); !status.ok()) {
    return status;
  }
  if (end > tree_size) {
    return absl::OutOfRangeError(
        absl::StrCat("subtree end ", end, ", want at most ", tree_size));
  }
  PlanBuilder builder;
  if (begin < end) AddSubtreeProof(begin, end, tree_size, &builder);
  return std::move(builder.plan());
}

absl::StatusOr<ProofPlan> SubtreeHashNodes(uint64_t begin, uint64_t end) {
  if (absl::Status status = CheckSubtree(begin, end); !status.ok()) {
    return status;
  }
  PlanBuilder builder;
  builder.AddRange(begin, end);
  return std::move(builder.plan());
}

absl::StatusOr<ProofPlan> InclusionInSubtreeNodes(uint64_t index,
                                                  uint64_t begin,
                                                  uint64_t end) {
  if (absl::Status status = CheckSubtree(begin, end); !status.ok()) {
    return status;
  }
  if (index < begin || index >= end) {
    return absl::OutOfRangeError(absl::StrCat(
        "leaf index ", index, ", want one in [", begin, ", ", end, ")"));
  }
  PlanBuilder builder;
  builder.AddPath(0, index - begin, end - begin);
  builder.MoveRight(begin);
  return std::move(builder.plan());
}

}  // namespace sightline::merkle
