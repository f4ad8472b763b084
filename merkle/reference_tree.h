// RFC 6962 as its definitions read: recursive, slow, and what the fast code is
// compared with. Tests only.
//
// Source:  RFC 6962 s2.1; draft-ietf-plants-merkle-tree-certs-03 s4.
// Threads: thread-compatible (hashes of ranges are remembered).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "merkle/hash.h"

namespace sightline::merkle {

class ReferenceTree {
 public:
  explicit ReferenceTree(std::vector<Hash> leaf_hashes)
      : leaves_(std::move(leaf_hashes)) {}
  virtual ~ReferenceTree() = default;

  // MTH over leaves [begin, end) alone. REQUIRES: the leaves exist.
  virtual Hash RangeHash(uint64_t begin, uint64_t end) const;
  Hash Root(uint64_t tree_size) const { return RangeHash(0, tree_size); }

  std::vector<Hash> InclusionProof(uint64_t index, uint64_t tree_size) const {
    return InclusionInRange(index, 0, tree_size);
  }
  // Leaf `index` of the whole tree within [begin, end).
  std::vector<Hash> InclusionInRange(uint64_t index, uint64_t begin,
                                     uint64_t end) const;
  std::vector<Hash> ConsistencyProof(uint64_t old_size,
                                     uint64_t new_size) const;
  std::vector<Hash> SubtreeProof(uint64_t begin, uint64_t end,
                                 uint64_t tree_size) const;

 private:
  std::vector<Hash> Consistency(uint64_t old_size, uint64_t begin, uint64_t end,
                                bool known) const;
  std::vector<Hash> Subtree(uint64_t lo, uint64_t hi, uint64_t begin,
                            uint64_t end, bool known) const;

  std::vector<Hash> leaves_;
  mutable std::map<std::pair<uint64_t, uint64_t>, Hash> known_;
};

// A tree of any size, almost all of whose leaves are the same: LeafHash("").
// The marked leaves are LeafHash of the index, 8 bytes big-endian.
class SparseReferenceTree final : public ReferenceTree {
 public:
  explicit SparseReferenceTree(std::set<uint64_t> marked);

  Hash RangeHash(uint64_t begin, uint64_t end) const override;

 private:
  bool HasMark(uint64_t begin, uint64_t end) const;

  std::set<uint64_t> marked_;
  std::vector<Hash> unmarked_;  // perfect nodes without marks, by level
};

}  // namespace sightline::merkle
