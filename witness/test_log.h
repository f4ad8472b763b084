// A log in memory whose checkpoints witnesses are asked about. Tests only.
//
// Shapes:  leaf i is LeafHash("<history><i>"), so logs with another history are
//          forks of each other; `common` leaves are the same in all of them.
// Threads: thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "checkpoint/add_checkpoint.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/test_vectors.h"
#include "merkle/hash.h"
#include "merkle/reference_tree.h"
#include "witness/consistency_source.h"
#include "witness/remote_witness.h"

namespace sightline::witness {

class TestLog final : public ConsistencySource {
 public:
  explicit TestLog(uint64_t size = 64, absl::string_view history = "",
                   uint64_t common = 0)
      : tree_(Leaves(size, history, common)) {}

  crypto::Digest Root(uint64_t size) const {
    base::MutexLock lock(&mutex_);
    return size == 0 ? merkle::EmptyRoot() : tree_.Root(size);
  }

  // Signed by the vector log's key.
  std::string NoteOf(uint64_t size) const {
    checkpoint::Checkpoint tree;
    tree.origin = checkpoint::kLogOrigin;
    tree.tree_size = size;
    tree.root_hash = Root(size);
    const auto signer = checkpoint::LogSigner();
    return *checkpoint::SignCheckpoint(tree, {&signer, 1});
  }

  std::vector<crypto::Digest> Proof(uint64_t old_size, uint64_t size) const {
    if (old_size == 0 || old_size >= size) return {};
    base::MutexLock lock(&mutex_);  // the tree remembers hashes
    return tree_.ConsistencyProof(old_size, size);
  }

  absl::StatusOr<std::vector<crypto::Digest>> ConsistencyProof(
      uint64_t old_size, uint64_t new_size) const override {
    return Proof(old_size, new_size);
  }

  SignedTree Tree(uint64_t size) const {
    return SignedTree{size, Root(size), NoteOf(size)};
  }

  // The body of a right add-checkpoint call.
  std::string Request(uint64_t old_size, uint64_t size) const {
    return checkpoint::FormatAddCheckpoint(old_size, Proof(old_size, size),
                                           NoteOf(size));
  }

 private:
  static std::vector<merkle::Hash> Leaves(uint64_t size,
                                          absl::string_view history,
                                          uint64_t common) {
    std::vector<merkle::Hash> leaves;
    for (uint64_t i = 0; i < size; ++i) {
      leaves.push_back(
          merkle::LeafHash(absl::StrCat(i < common ? "" : history, i)));
    }
    return leaves;
  }

  mutable base::Mutex mutex_;
  merkle::ReferenceTree tree_;
};

}  // namespace sightline::witness
