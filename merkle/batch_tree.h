// Appends a batch of leaves and keeps every hash of it at hand: the new root,
// the new nodes for the tiles, and an inclusion proof for each new leaf,
// without the store.
//
// Source:  RFC 6962 s2.1, s2.1.1.
// Units:   old_size and new_size count leaves; the batch is leaves
//          [old_size, new_size).
// Threads: thread-compatible; in the server, owned by the sequencer thread.
// Cost:    Reset: one node hash per leaf and at most 2 * 64 more; no allocation
//          once the largest batch has been seen. InclusionProof: copies of
//          O(log new_size) hashes, no hashing.
// Memory:  about 64 bytes per leaf of the largest batch.
//
// Example:
//   BatchTree batch;
//   batch.Reset(range, leaf_hashes);
//   batch.InclusionProof(range.size(), &proof);  // of the batch's first leaf
//   range = batch.range();
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "merkle/compact_range.h"
#include "merkle/hash.h"

namespace sightline::merkle {

class BatchTree {
 public:
  // The empty tree with an empty batch.
  BatchTree() { Reset(CompactRange(), {}); }

  // Appends `leaf_hashes` (may be empty) to the tree `old`, forgetting the
  // batch before. `old` may be range().
  // REQUIRES: old.size() + leaf_hashes.size() <= kMaxTreeSize.
  void Reset(const CompactRange& old, absl::Span<const Hash> leaf_hashes);

  uint64_t old_size() const { return old_size_; }
  uint64_t new_size() const { return new_size_; }

  // The tree after the batch.
  const Hash& root() const { return root_; }
  const CompactRange& range() const { return range_; }

  // The perfect nodes of `level` that the batch completed: those with an index
  // in [old_size >> level, new_size >> level). Level 0 is the batch's leaf
  // hashes. Valid until Reset. Any level may be asked.
  absl::Span<const Hash> NewNodes(int level) const;

  // Replaces `*proof` by the proof of leaf `index` in the tree of new_size().
  // REQUIRES: old_size() <= index < new_size().
  void InclusionProof(uint64_t index, std::vector<Hash>* proof) const;

 private:
  static constexpr int kLevels = 64;

  // One level's run of nodes in nodes_: from index `begin` to new >> level.
  // Begin is old >> level made even, so that siblings lie side by side as
  // pairs; a node before old >> level comes from the old compact range.
  struct Run {
    uint64_t begin = 0;
    size_t offset = 0;
    size_t count = 0;
  };

  const Hash& Node(int level, uint64_t index) const {
    return nodes_[runs_[level].offset + (index - runs_[level].begin)];
  }
  void HashLevels(const CompactRange& old, absl::Span<const Hash> leaf_hashes);
  void HashPairs(const Run& below);
  void FoldRightEdge();

  uint64_t old_size_ = 0;
  uint64_t new_size_ = 0;
  int levels_ = 0;  // those that hold any node: bit width of new_size_
  std::vector<Hash> nodes_;
  std::array<Run, kLevels> runs_;
  // ragged_[h]: root over leaves [new >> h << h, new), when there are any.
  std::array<Hash, kLevels> ragged_;
  CompactRange range_;
  Hash root_;
};

}  // namespace sightline::merkle
