// RFC 6962 as its definitions read: recursive, slow, and what the fast code is
// compared with. Tests only.
//
// Source:  RFC 6962 s2.1, s2.1.1, s2.1.2; draft-ietf-plants-merkle-tree-certs
// s4. Threads: thread-compatible (hashes of ranges are remembered).
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "merkle/hash.h"

namespace sightline::merkle {

class ReferenceTree {
 public:
  explicit ReferenceTree(std::vector<Hash> leaf_hashes)
      : leaves_(std::move(leaf_hashes)) {}

  uint64_t size() const { return leaves_.size(); }
  const std::vector<Hash>& leaf_hashes() const { return leaves_; }

  // MTH over leaves [begin, end) alone. REQUIRES: end <= size().
  Hash RangeHash(uint64_t begin, uint64_t end) const;
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

}  // namespace sightline::merkle
