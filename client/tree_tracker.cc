#include "client/tree_tracker.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "client/evidence.h"
#include "crypto/sha256.h"
#include "merkle/proof.h"

namespace sightline::client {
namespace {

std::string Named(const SignedTree& tree) {
  return absl::StrCat("size ", tree.size, " root ",
                      base::HexEncode(crypto::AsBytes(tree.root)));
}

// Whether the log itself said that it has no proof between two sizes that it
// has signed, or sent something that is none.
bool RefusesToProve(const absl::Status& status) {
  return absl::IsOutOfRange(status) || absl::IsNotFound(status) ||
         absl::IsInvalidArgument(status) || absl::IsDataLoss(status);
}

absl::Status Contradiction(absl::string_view what, const SignedTree& seen,
                           const SignedTree& shown) {
  return EvidenceError(absl::StrCat(what, ": signed first ", Named(seen),
                                    ", then ", Named(shown)),
                       {seen.note, shown.note});
}

}  // namespace

absl::Status TreeTracker::Resume(absl::string_view note) {
  ASSIGN_OR_RETURN(TreePtr tree, Open(note));
  Remember(nullptr, tree);
  return absl::OkStatus();
}

absl::StatusOr<TreePtr> TreeTracker::ObserveServed(absl::string_view note,
                                                   const TreePtr& floor) {
  ASSIGN_OR_RETURN(TreePtr tree, Observe(note, floor));
  base::MutexLock lock(&mutex_);
  if (served_ == nullptr || tree->size > served_->size) served_ = tree;
  return tree;
}

absl::StatusOr<TreePtr> TreeTracker::Observe(absl::string_view note,
                                             const TreePtr& floor) {
  TreePtr tree = Known(note);
  const bool known = tree != nullptr;
  if (!known) {
    ASSIGN_OR_RETURN(tree, Open(note));
  }
  if (floor != nullptr && tree->size < floor->size) {
    return Contradiction("the log went back to a smaller tree", *floor, *tree);
  }
  while (!known) {
    const TreePtr seen = newest();
    RETURN_IF_ERROR(CheckConsistent(seen, tree));
    if (Remember(seen, tree)) break;
  }
  return tree;
}

absl::StatusOr<std::vector<TreePtr>> TreeTracker::ObservePast(
    absl::Span<const std::string> notes, const TreePtr& after) {
  std::vector<TreePtr> trees;
  TreePtr last = after;
  for (const std::string& note : notes) {
    ASSIGN_OR_RETURN(TreePtr tree, Open(note));
    if (last != nullptr && tree->size <= last->size) {
      return Unverified(absl::StrCat("checkpoints in the past: tree size ",
                                     tree->size, " after ", last->size));
    }
    RETURN_IF_ERROR(CheckConsistent(last, tree));
    last = tree;
    trees.push_back(std::move(tree));
  }
  if (!trees.empty()) RETURN_IF_ERROR(Observe(last->note).status());
  return trees;
}

absl::Status TreeTracker::CheckPrefix(uint64_t size, const merkle::Hash& root) {
  const TreePtr seen = newest();
  if (seen == nullptr) {
    return absl::FailedPreconditionError("no checkpoint has been verified yet");
  }
  if (size == 0 || size > seen->size) {
    return Unverified(
        absl::StrCat("tree size ", size, ": want 1 to ", seen->size));
  }
  if (size == seen->size) {
    return root == seen->root
               ? absl::OkStatus()
               : Unverified(absl::StrCat("root of tree size ", size,
                                         " is not the signed one"));
  }
  ASSIGN_OR_RETURN(const auto proof, fetch_(size, seen->size));
  const absl::Status consistent =
      merkle::VerifyConsistency(size, seen->size, proof, root, seen->root);
  return consistent.ok() ? absl::OkStatus()
                         : Unverified(absl::StrCat("consistency of tree sizes ",
                                                   size, " and ", seen->size),
                                      consistent);
}

TreePtr TreeTracker::newest() const {
  base::MutexLock lock(&mutex_);
  return newest_;
}

TreePtr TreeTracker::served() const {
  base::MutexLock lock(&mutex_);
  return served_;
}

TreePtr TreeTracker::Known(absl::string_view note) const {
  base::MutexLock lock(&mutex_);
  // Receipts of one batch come with one checkpoint: mostly the last one seen.
  if (last_ != nullptr && last_->note == note) return last_;
  const auto it = known_.find(note);
  if (it == known_.end()) return nullptr;
  last_ = it->second;
  return last_;
}

absl::StatusOr<TreePtr> TreeTracker::Open(absl::string_view note) const {
  const auto opened = keys_.OpenCheckpoint(note);
  if (!opened.ok())
    return Unverified("checkpoint not vouched for", opened.status());
  auto tree = std::make_shared<SignedTree>();
  tree->size = opened->checkpoint.tree_size;
  tree->root = opened->checkpoint.root_hash;
  tree->note = std::string(note);
  if (tree->size == 0 && tree->root != merkle::EmptyRoot()) {
    return Unverified("checkpoint of an empty tree with another root");
  }
  return tree;
}

absl::Status TreeTracker::CheckConsistent(const TreePtr& seen,
                                          const TreePtr& shown) const {
  if (seen == nullptr) return absl::OkStatus();
  if (seen->size == shown->size) {
    return seen->root == shown->root
               ? absl::OkStatus()
               : Contradiction("the log forked: one size, two roots", *seen,
                               *shown);
  }
  const SignedTree& older = seen->size < shown->size ? *seen : *shown;
  const SignedTree& newer = seen->size < shown->size ? *shown : *seen;
  if (older.size == 0) return absl::OkStatus();
  const auto proof = fetch_(older.size, newer.size);
  if (!proof.ok() && !RefusesToProve(proof.status())) return proof.status();
  const absl::Status consistent =
      proof.ok() ? merkle::VerifyConsistency(older.size, newer.size, *proof,
                                             older.root, newer.root)
                 : proof.status();
  if (consistent.ok()) return absl::OkStatus();
  return Contradiction(absl::StrCat("the log cannot prove that it only grew (",
                                    consistent.message(), ")"),
                       *seen, *shown);
}

bool TreeTracker::Remember(const TreePtr& seen, const TreePtr& tree) {
  base::MutexLock lock(&mutex_);
  if (newest_ != seen) return false;
  if (newest_ == nullptr || tree->size > newest_->size) newest_ = tree;
  last_ = tree;
  if (!known_.emplace(tree->note, tree).second) return true;
  order_.push_back(tree);
  if (order_.size() > kMaxRemembered) {
    known_.erase(order_.front()->note);
    order_.pop_front();
  }
  return true;
}

}  // namespace sightline::client
