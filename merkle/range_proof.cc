#include "merkle/range_proof.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace sightline::merkle {
namespace {

// Splits leaves [begin, end) into the largest perfect nodes, left to right.
template <typename Nodes>
void Split(uint64_t begin, uint64_t end, Nodes* nodes) {
  while (begin < end) {
    int level = std::bit_width(end - begin) - 1;
    if (begin > 0) level = std::min(level, std::countr_zero(begin));
    nodes->push_back({static_cast<uint8_t>(level), begin >> level});
    begin += uint64_t{1} << level;
  }
}

// The perfect nodes of the leaves so far, largest first. Nodes arrive in order,
// so a right child always finds its sibling on top.
class NodeStack {
 public:
  void Push(NodeId id, const Hash& hash) {
    Hash folded = hash;
    for (; id.index % 2 == 1; id.index >>= 1) {
      folded = NodeHash(hashes_.back(), folded);
      hashes_.pop_back();
    }
    hashes_.push_back(folded);
  }

  Hash Root() const { return FoldRight(hashes_); }

 private:
  absl::InlinedVector<Hash, 64> hashes_;
};

absl::Status CheckCount(absl::string_view side, size_t got, size_t want) {
  if (got == want) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "range proof has ", got, " hashes to the ", side, ", want ", want));
}

}  // namespace

absl::StatusOr<RangePlan> RangeNodes(uint64_t begin, uint64_t end,
                                     uint64_t tree_size) {
  if (tree_size > kMaxTreeSize) {
    return absl::InvalidArgumentError(
        absl::StrCat("tree size ", tree_size, ", want at most 2^63"));
  }
  if (begin > end) {
    return absl::InvalidArgumentError(
        absl::StrCat("range [", begin, ", ", end, ") ends before it begins"));
  }
  if (end > tree_size) {
    return absl::OutOfRangeError(
        absl::StrCat("range end ", end, ", want at most ", tree_size));
  }
  RangePlan plan;
  Split(0, begin, &plan.left);
  Split(begin, end, &plan.own);
  Split(end, tree_size, &plan.right);
  return plan;
}

Hash RootOver(absl::Span<const NodeId> nodes, absl::Span<const Hash> hashes) {
  NodeStack stack;
  for (size_t i = 0; i < nodes.size(); ++i) stack.Push(nodes[i], hashes[i]);
  return stack.Root();
}

absl::Status VerifyRange(uint64_t begin, absl::Span<const Hash> leaf_hashes,
                         absl::Span<const Hash> left,
                         absl::Span<const Hash> right, uint64_t tree_size,
                         const Hash& root) {
  if (tree_size > kMaxTreeSize || begin > tree_size ||
      leaf_hashes.size() > tree_size - begin) {
    return absl::InvalidArgumentError(
        absl::StrCat(leaf_hashes.size(), " leaves from ", begin,
                     " are no range of a tree of ", tree_size));
  }
  const uint64_t end = begin + leaf_hashes.size();
  const absl::StatusOr<RangePlan> plan = RangeNodes(begin, end, tree_size);
  if (!plan.ok()) return plan.status();
  if (absl::Status count = CheckCount("left", left.size(), plan->left.size());
      !count.ok()) {
    return count;
  }
  if (absl::Status count =
          CheckCount("right", right.size(), plan->right.size());
      !count.ok()) {
    return count;
  }
  NodeStack stack;
  for (size_t i = 0; i < left.size(); ++i) stack.Push(plan->left[i], left[i]);
  for (size_t i = 0; i < leaf_hashes.size(); ++i) {
    stack.Push({0, begin + i}, leaf_hashes[i]);
  }
  for (size_t i = 0; i < right.size(); ++i) {
    stack.Push(plan->right[i], right[i]);
  }
  if (stack.Root() != root) {
    return absl::InvalidArgumentError(
        absl::StrCat("leaves [", begin, ", ", end,
                     ") do not lead to the root of size ", tree_size));
  }
  return absl::OkStatus();
}

}  // namespace sightline::merkle
