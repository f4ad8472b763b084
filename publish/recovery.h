// What a server checks of its own store before it serves anything.
//
// Source:  docs/operations.md "Start-up".
// Errors:  kDataLoss, naming what disagrees with what.
// Threads: pure but for the store.
// Cost:    O(log n): the tiles, bundle and checkpoint of the right edge.
#pragma once

#include "absl/status/status.h"
#include "checkpoint/log_keys.h"
#include "storage/log_store.h"

namespace sightline::publish {

// The stored tree state equals the root over the stored tiles; each right-edge tile's
// hash is the one its parent tile holds; the entries of the newest bundle hash to the
// leaf hashes of its tile; the newest checkpoint is of that size and root and signed
// by a key that counts. OK for an empty store.
absl::Status CheckRightEdge(const storage::LogStore& store,
                            const checkpoint::LogKeySet& keys);

}  // namespace sightline::publish
