// What every engine checks of a batch before it writes anything.
//
// Errors:  kAborted: the batch does not start at the stored tree size.
//          kInvalidArgument: the batch contradicts itself; a caller's bug.
// Threads: pure; any thread.
// Cost:    one look at each entry's length.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/log_store.h"

namespace sightline::storage {

// REQUIRES: nothing; never reads outside the batch's spans.
absl::Status CheckBatch(const Batch& batch, uint64_t stored_tree_size);

// Entry `i` of the batch, without its length. REQUIRES: CheckBatch passed.
absl::string_view EntryOf(const Batch& batch, size_t i);

}  // namespace sightline::storage
