// Changes stored bytes behind the store's back, as a failing disk or a hostile
// administrator would: the database's own checksums stay right.
//
// Errors:  kNotFound: nothing of that kind is stored there. Else those of opening
//          the folder, which must be at rest.
// Threads: any thread, one at a time per folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/rocksdb_layout.h"

namespace sightline::storage {

// Which value of a family, and where in it.
struct DamageSpot {
  // The segment that holds this index; in kMeta 0 is the salt and 1 the pending
  // purge, in kHashIndex and kFeeds the n-th value from 0; elsewhere the value of the
  // last key that is not greater. The last of all by default. A tile's key is its level, then its index.
  uint8_t tile_level = UINT8_MAX;
  uint64_t number = UINT64_MAX;
  // Counted from the start; beyond the end means the middle.
  size_t byte = SIZE_MAX;
};

// Flips the lowest bit of a byte. In kControl, whose values are empty, the key is
// changed instead; in kMeta it is in the tree state, unless `spot` says another.
absl::Status FlipStoredBit(absl::string_view path, Family family,
                           const DamageSpot& spot = {});

// Everything that is stored: "<family>/<key>" and value, in order.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> DumpStored(
    absl::string_view path);

// Removes the value altogether.
absl::Status RemoveStored(absl::string_view path, Family family,
                          const DamageSpot& spot = {});

}  // namespace sightline::storage
