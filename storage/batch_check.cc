#include "storage/batch_check.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"

namespace sightline::storage {
namespace {

constexpr size_t kLengthBytes = 2;

absl::Status Invalid(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("batch: ", what));
}

absl::Status CheckCounts(const Batch& batch) {
  const size_t n = batch.entry_ends.size();
  if (n == 0) return Invalid("no entries");
  if (batch.leaf_hashes.size() != n) {
    return Invalid(
        absl::StrCat(batch.leaf_hashes.size(), " leaf hashes, want ", n));
  }
  if (batch.identity_hashes.size() != n) {
    return Invalid(absl::StrCat(batch.identity_hashes.size(),
                                " identity hashes, want ", n));
  }
  if (batch.state.tree_size != batch.expected_tree_size + n) {
    return Invalid(absl::StrCat("tree size after it ", batch.state.tree_size,
                                ", want ", batch.expected_tree_size + n));
  }
  if (batch.checkpoint.empty()) return Invalid("no checkpoint");
  return absl::OkStatus();
}

absl::Status CheckEntries(const Batch& batch) {
  size_t begin = 0;
  for (const uint32_t end : batch.entry_ends) {
    if (end > batch.entries.size() || end < begin + kLengthBytes ||
        base::ReadU16(batch.entries.substr(begin)) !=
            end - begin - kLengthBytes) {
      return Invalid(absl::StrCat("malformed entry ending at byte ", end));
    }
    begin = end;
  }
  if (begin != batch.entries.size()) return Invalid("bytes after the entries");
  return absl::OkStatus();
}

absl::Status CheckIndices(const Batch& batch) {
  const auto holds = [&batch](uint64_t index) {
    return index >= batch.expected_tree_size && index < batch.state.tree_size;
  };
  for (const uint64_t index : batch.control_indices) {
    if (!holds(index)) {
      return Invalid(absl::StrCat("control index ", index, " is not in it"));
    }
  }
  for (const SealedPayload& payload : batch.sealed) {
    if (!holds(payload.index)) {
      return Invalid(absl::StrCat("sealed payload of ", payload.index,
                                  ", which is not in it"));
    }
  }
  for (const uint64_t index : batch.erased) {
    if (index >= batch.expected_tree_size) {
      return Invalid(absl::StrCat("erases the payload of ", index,
                                  ", which is no earlier entry"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckBatch(const Batch& batch, uint64_t stored_tree_size) {
  if (batch.expected_tree_size != stored_tree_size) {
    return absl::AbortedError(absl::StrCat("tree size is ", stored_tree_size,
                                           ", the batch expects ",
                                           batch.expected_tree_size));
  }
  RETURN_IF_ERROR(CheckCounts(batch));
  RETURN_IF_ERROR(CheckEntries(batch));
  return CheckIndices(batch);
}

absl::string_view EntryOf(const Batch& batch, size_t i) {
  const size_t begin = (i == 0 ? 0 : batch.entry_ends[i - 1]) + kLengthBytes;
  return batch.entries.substr(begin, batch.entry_ends[i] - begin);
}

}  // namespace sightline::storage
