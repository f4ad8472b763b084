#include "merkle/batch_tree.h"

#include <bit>

namespace sightline::merkle {

void BatchTree::Reset(const CompactRange& old,
                      absl::Span<const Hash> leaf_hashes) {
  old_size_ = old.size();
  new_size_ = old.size() + leaf_hashes.size();
  levels_ = std::bit_width(new_size_);
  HashLevels(old, leaf_hashes);
  // Last, since `old` may be range_ itself.
  FoldRightEdge();
}

void BatchTree::HashLevels(const CompactRange& old,
                           absl::Span<const Hash> leaf_hashes) {
  nodes_.clear();
  nodes_.reserve(2 * leaf_hashes.size() + 2 * kLevels);
  size_t old_left = old.hashes().size();
  for (int level = 0; level < levels_; ++level) {
    Run& run = runs_[level];
    const uint64_t old_nodes = old_size_ >> level;
    run.begin = old_nodes & ~uint64_t{1};
    run.offset = nodes_.size();
    if (old_nodes % 2 == 1) nodes_.push_back(old.hashes()[--old_left]);
    if (level == 0) {
      nodes_.insert(nodes_.end(), leaf_hashes.begin(), leaf_hashes.end());
    } else {
      HashPairs(runs_[level - 1]);
    }
    run.count = nodes_.size() - run.offset;
  }
}

void BatchTree::HashPairs(const Run& below) {
  const size_t end = below.offset + below.count / 2 * 2;
  for (size_t i = below.offset; i < end; i += 2) {
    nodes_.push_back(NodeHash(nodes_[i], nodes_[i + 1]));
  }
}

void BatchTree::FoldRightEdge() {
  std::array<Hash, kLevels> subtrees;  // of the new compact range, from the end
  size_t first = kLevels;
  for (int level = 0; level < levels_; ++level) {
    if (first < kLevels) ragged_[level] = root_;
    const uint64_t new_nodes = new_size_ >> level;
    if (new_nodes % 2 == 0) continue;
    const Hash& node = Node(level, new_nodes - 1);
    root_ = first < kLevels ? NodeHash(node, root_) : node;
    subtrees[--first] = node;
  }
  if (first == kLevels) root_ = EmptyRoot();
  range_.Assign(new_size_, absl::MakeConstSpan(subtrees).subspan(first));
}

absl::Span<const Hash> BatchTree::NewNodes(int level) const {
  if (level >= levels_) return {};
  const Run& run = runs_[level];
  const size_t old = (old_size_ >> level) % 2;
  return absl::MakeConstSpan(nodes_).subspan(run.offset + old, run.count - old);
}

void BatchTree::InclusionProof(uint64_t index, std::vector<Hash>* proof) const {
  proof->clear();
  int level = 0;
  for (uint64_t last = new_size_ - 1; last > 0; last >>= 1) {
    if (index % 2 == 1) {
      proof->push_back(Node(level, index - 1));
    } else if (index < last) {
      const bool perfect = index + 1 < new_size_ >> level;
      proof->push_back(perfect ? Node(level, index + 1) : ragged_[level]);
    }
    index >>= 1;
    ++level;
  }
}

}  // namespace sightline::merkle
