#include "witness/cosigned_store.h"

#include "absl/strings/str_cat.h"

namespace sightline::witness {

absl::Status CheckReplacement(const CosignedTree* stored,
                              uint64_t expected_size,
                              const CosignedTree& next) {
  const uint64_t size = stored == nullptr ? 0 : stored->tree_size;
  if (size != expected_size) {
    return absl::AbortedError(absl::StrCat("the stored tree has ", size,
                                           " leaves, not ", expected_size));
  }
  if (next.tree_size < size) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a tree of ", next.tree_size, " leaves after one of ", size));
  }
  if (stored != nullptr && next.tree_size == size &&
      next.root_hash != stored->root_hash) {
    return absl::InvalidArgumentError(
        absl::StrCat("two trees of ", size, " leaves"));
  }
  return absl::OkStatus();
}

}  // namespace sightline::witness
