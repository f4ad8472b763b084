#include "merkle/subtree.h"

#include <bit>

#include "absl/strings/str_cat.h"
#include "merkle/proof.h"

namespace sightline::merkle {
namespace {

absl::Status Wrong(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("subtree proof: ", what));
}

// The first and last node of the subtree and the last of the tree, at one
// level.
struct Edges {
  uint64_t first;
  uint64_t last;
  uint64_t tree_last;

  void Up() {
    first >>= 1;
    last >>= 1;
    tree_last >>= 1;
  }
};

// Climbs to where the proof starts: the largest node on the subtree's right
// edge that is whole in the tree, or the subtree itself.
void GoToStart(Edges* edges) {
  const bool at_tree_end = edges->last == edges->tree_last;
  while (edges->first != edges->last && (at_tree_end || edges->last % 2 == 1)) {
    edges->Up();
  }
}

}  // namespace

bool IsValidSubtree(uint64_t begin, uint64_t end) {
  if (begin > end) return false;
  if (begin == end) return true;
  if (end - begin > kMaxTreeSize) return false;
  return begin % std::bit_ceil(end - begin) == 0;
}

absl::Status VerifySubtree(uint64_t begin, uint64_t end, uint64_t tree_size,
                           absl::Span<const Hash> proof,
                           const Hash& subtree_hash, const Hash& root) {
  if (!IsValidSubtree(begin, end) || end > tree_size) {
    return Wrong(absl::StrCat("[", begin, ", ", end,
                              ") is no valid subtree of a tree of ",
                              tree_size));
  }
  if (begin == end) {
    if (!proof.empty()) return Wrong("hashes for an empty subtree");
    if (subtree_hash != EmptyRoot()) return Wrong("subtree hash differs");
    return absl::OkStatus();
  }
  Edges edges{begin, end - 1, tree_size - 1};
  GoToStart(&edges);
  Hash from_subtree = subtree_hash;
  if (edges.first != edges.last) {
    if (proof.empty()) return Wrong("too short");
    from_subtree = proof.front();
    proof.remove_prefix(1);
  }
  Hash from_tree = from_subtree;
  for (const Hash& sibling : proof) {
    if (edges.tree_last == 0) return Wrong("too long");
    if (edges.last % 2 == 1 || edges.last == edges.tree_last) {
      // On the left: part of the subtree as long as that is not complete.
      if (edges.first < edges.last) {
        from_subtree = NodeHash(sibling, from_subtree);
      }
      from_tree = NodeHash(sibling, from_tree);
      while (edges.last % 2 == 0) edges.Up();
    } else {
      from_tree = NodeHash(from_tree, sibling);
    }
    edges.Up();
  }
  if (edges.tree_last != 0) return Wrong("too short");
  if (from_subtree != subtree_hash) return Wrong("subtree hash differs");
  if (from_tree != root) return Wrong("root hash differs");
  return absl::OkStatus();
}

absl::Status VerifyInclusionInSubtree(uint64_t index, uint64_t begin,
                                      uint64_t end, const Hash& leaf_hash,
                                      absl::Span<const Hash> proof,
                                      const Hash& subtree_hash) {
  if (!IsValidSubtree(begin, end)) {
    return Wrong(absl::StrCat("[", begin, ", ", end, ") is no valid subtree"));
  }
  if (index < begin || index >= end) {
    return absl::OutOfRangeError(absl::StrCat(
        "leaf index ", index, ", want one in [", begin, ", ", end, ")"));
  }
  return VerifyInclusion(index - begin, end - begin, leaf_hash, proof,
                         subtree_hash);
}

std::pair<Interval, Interval> CoverBySubtrees(uint64_t begin, uint64_t end) {
  if (end - begin <= 1) return {{begin, end}, {end, end}};
  const uint64_t last = end - 1;
  // The highest bit in which the first and last leaf differ: where it turns
  // from 0 to 1 lies the only boundary of a larger subtree inside the interval.
  const int bit = std::bit_width(begin ^ last) - 1;
  const uint64_t low_bits = (uint64_t{1} << bit) - 1;
  const uint64_t mid = last & ~low_bits;
  const int cut = std::bit_width(~begin & low_bits);
  const uint64_t left = begin & ~((uint64_t{1} << cut) - 1);
  return {{left, mid}, {mid, end}};
}

}  // namespace sightline::merkle
