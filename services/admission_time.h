// When entries were admitted, for searches by time.
//
// A face (statement/whole_seal.h) says no more than the month; it counts as admitted
// with the entry before it, or when its month began if that is later, so that times
// never decrease and a search from the first of a month finds it.
//
// Errors:  kDataLoss: a stored entry is none.
// Threads: any.
// Cost:    one read; with faces right before `index` as many more.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "storage/log_store.h"

namespace sightline::services {

// Unix milliseconds; of entry `index`, which is in the store.
absl::StatusOr<int64_t> AdmittedAt(const storage::LogStore& store,
                                   uint64_t index);

}  // namespace sightline::services
