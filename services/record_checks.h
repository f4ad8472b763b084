// What a start checks of the store's records before it goes on from them: the time
// of the last entry, feed heads, the list of control entries, and the hashes by
// which the newest entries are found. A wrong one would make the next entries wrong.
//
// Source:  docs/operations.md "Start-up".
// Errors:  kDataLoss, naming what disagrees with what.
// Threads: pure but for the store.
// Cost:    one entry of each feed, every entry of the registrars, the newest 256.
#pragma once

#include "absl/status/status.h"
#include "storage/log_store.h"

namespace sightline::services {

// REQUIRES: publish::CheckRightEdge has passed.
absl::Status CheckRecords(const storage::LogStore& store);

}  // namespace sightline::services
