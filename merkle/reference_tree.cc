#include "merkle/reference_tree.h"

#include <bit>

#include "base/bytes.h"

namespace sightline::merkle {
namespace {

// The largest power of two strictly smaller than n. REQUIRES: n > 1.
uint64_t Split(uint64_t n) {
  uint64_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

std::vector<Hash> Plus(std::vector<Hash> proof, const Hash& hash) {
  proof.push_back(hash);
  return proof;
}

}  // namespace

Hash ReferenceTree::RangeHash(uint64_t begin, uint64_t end) const {
  if (begin == end) return EmptyRoot();
  if (end - begin == 1) return leaves_[begin];
  const auto found = known_.find({begin, end});
  if (found != known_.end()) return found->second;
  const uint64_t mid = begin + Split(end - begin);
  const Hash hash = NodeHash(RangeHash(begin, mid), RangeHash(mid, end));
  known_[{begin, end}] = hash;
  return hash;
}

std::vector<Hash> ReferenceTree::InclusionInRange(uint64_t index,
                                                  uint64_t begin,
                                                  uint64_t end) const {
  if (end - begin == 1) return {};
  const uint64_t mid = begin + Split(end - begin);
  if (index < mid) {
    return Plus(InclusionInRange(index, begin, mid), RangeHash(mid, end));
  }
  return Plus(InclusionInRange(index, mid, end), RangeHash(begin, mid));
}

std::vector<Hash> ReferenceTree::ConsistencyProof(uint64_t old_size,
                                                  uint64_t new_size) const {
  if (old_size == 0) return {};
  return Consistency(old_size, 0, new_size, true);
}

std::vector<Hash> ReferenceTree::Consistency(uint64_t old_size, uint64_t begin,
                                             uint64_t end, bool known) const {
  if (old_size == end - begin) {
    return known ? std::vector<Hash>{}
                 : std::vector<Hash>{RangeHash(begin, end)};
  }
  const uint64_t k = Split(end - begin);
  const uint64_t mid = begin + k;
  if (old_size <= k) {
    return Plus(Consistency(old_size, begin, mid, known), RangeHash(mid, end));
  }
  return Plus(Consistency(old_size - k, mid, end, false),
              RangeHash(begin, mid));
}

std::vector<Hash> ReferenceTree::SubtreeProof(uint64_t begin, uint64_t end,
                                              uint64_t tree_size) const {
  if (begin == end) return {};
  return Subtree(0, tree_size, begin, end, true);
}

std::vector<Hash> ReferenceTree::Subtree(uint64_t lo, uint64_t hi,
                                         uint64_t begin, uint64_t end,
                                         bool known) const {
  if (lo == begin && hi == end) {
    return known ? std::vector<Hash>{} : std::vector<Hash>{RangeHash(lo, hi)};
  }
  const uint64_t mid = lo + Split(hi - lo);
  if (end <= mid) {
    return Plus(Subtree(lo, mid, begin, end, known), RangeHash(mid, hi));
  }
  if (mid <= begin) {
    return Plus(Subtree(mid, hi, begin, end, known), RangeHash(lo, mid));
  }
  return Plus(Subtree(mid, hi, mid, end, false), RangeHash(lo, mid));
}

SparseReferenceTree::SparseReferenceTree(std::set<uint64_t> marked)
    : ReferenceTree({}), marked_(std::move(marked)) {
  unmarked_.push_back(LeafHash(""));
  while (unmarked_.size() < 64) {
    unmarked_.push_back(NodeHash(unmarked_.back(), unmarked_.back()));
  }
}

bool SparseReferenceTree::HasMark(uint64_t begin, uint64_t end) const {
  const auto next = marked_.lower_bound(begin);
  return next != marked_.end() && *next < end;
}

Hash SparseReferenceTree::RangeHash(uint64_t begin, uint64_t end) const {
  if (begin == end) return EmptyRoot();
  const uint64_t leaves = end - begin;
  if (std::has_single_bit(leaves) && !HasMark(begin, end)) {
    return unmarked_[std::countr_zero(leaves)];
  }
  if (leaves == 1) return LeafHash(base::U64(begin));
  const uint64_t mid = begin + Split(leaves);
  return NodeHash(RangeHash(begin, mid), RangeHash(mid, end));
}

}  // namespace sightline::merkle
