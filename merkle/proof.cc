#include "merkle/proof.h"

#include <bit>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sightline::merkle {
namespace {

// Siblings on the way from node `index` of a level to the root, where `last` is
// the last node of that level.
size_t PathLength(uint64_t index, uint64_t last) {
  // Below the level where the paths of `index` and `last` meet there is a
  // sibling at every step; above it only where the sibling is on the left.
  const int meet = std::bit_width(index ^ last);
  const uint64_t above = meet < 64 ? index >> meet : 0;
  return static_cast<size_t>(meet + std::popcount(above));
}

absl::Status CheckLength(absl::string_view what, size_t got, size_t want) {
  if (got == want) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(what, ": ", got, " hashes, want ", want));
}

absl::Status CheckRoot(absl::string_view what, const Hash& got,
                       const Hash& want) {
  if (got == want) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(what, " differs from the one the proof leads to"));
}

// Climbs from a node to the root. `index` and `last` as in PathLength.
class Climb {
 public:
  Climb(uint64_t index, uint64_t last) : index_(index), last_(last) {}

  // Moves up to the next level that has a sibling; true when it is on the left.
  // REQUIRES: there is one.
  bool NextIsLeft() {
    while (index_ == last_ && index_ % 2 == 0 && index_ != 0) Up();
    const bool left = index_ % 2 == 1;
    Up();
    return left;
  }

 private:
  void Up() {
    index_ >>= 1;
    last_ >>= 1;
  }

  uint64_t index_;
  uint64_t last_;
};

}  // namespace

absl::StatusOr<Hash> RootFromInclusion(uint64_t index, uint64_t tree_size,
                                       const Hash& leaf_hash,
                                       absl::Span<const Hash> proof) {
  if (index >= tree_size) {
    return absl::OutOfRangeError(
        absl::StrCat("leaf index ", index, ", want below ", tree_size));
  }
  RETURN_IF_ERROR(CheckLength("inclusion proof", proof.size(),
                              PathLength(index, tree_size - 1)));
  Hash hash = leaf_hash;
  Climb climb(index, tree_size - 1);
  for (const Hash& sibling : proof) {
    hash =
        climb.NextIsLeft() ? NodeHash(sibling, hash) : NodeHash(hash, sibling);
  }
  return hash;
}

absl::Status VerifyInclusion(uint64_t index, uint64_t tree_size,
                             const Hash& leaf_hash,
                             absl::Span<const Hash> proof, const Hash& root) {
  ASSIGN_OR_RETURN(const Hash got,
                   RootFromInclusion(index, tree_size, leaf_hash, proof));
  return CheckRoot("inclusion proof: root hash", got, root);
}

absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size,
                               absl::Span<const Hash> proof,
                               const Hash& old_root, const Hash& new_root) {
  if (old_size == 0 || old_size > new_size) {
    return absl::InvalidArgumentError(absl::StrCat(
        "consistency proof: old size ", old_size, ", want 1..", new_size));
  }
  if (old_size == new_size) {
    RETURN_IF_ERROR(CheckLength("consistency proof", proof.size(), 0));
    return CheckRoot("consistency proof: new root hash", new_root, old_root);
  }
  // The proof starts at the last perfect node of the old tree. Where that is
  // all of the old tree its hash is not sent, being the old root.
  const int level = std::countr_zero(old_size);
  const uint64_t index = (old_size - 1) >> level;
  const uint64_t last = (new_size - 1) >> level;
  const size_t sent = std::has_single_bit(old_size) ? 0 : 1;
  RETURN_IF_ERROR(CheckLength("consistency proof", proof.size(),
                              sent + PathLength(index, last)));
  Hash from_old = sent == 1 ? proof[0] : old_root;
  Hash from_new = from_old;
  // A left sibling belongs to both trees, a right one to the new tree only.
  Climb climb(index, last);
  for (const Hash& sibling : proof.subspan(sent)) {
    if (climb.NextIsLeft()) {
      from_old = NodeHash(sibling, from_old);
      from_new = NodeHash(sibling, from_new);
    } else {
      from_new = NodeHash(from_new, sibling);
    }
  }
  RETURN_IF_ERROR(
      CheckRoot("consistency proof: old root hash", from_old, old_root));
  return CheckRoot("consistency proof: new root hash", from_new, new_root);
}

}  // namespace sightline::merkle
