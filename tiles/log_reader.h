// What a log shows to the world, read from wherever it lies: a store, an HTTP
// prefix, a folder, memory.
//
// Source:  c2sp.org/tlog-tiles.
// Errors:  kNotFound: the log has no such resource (or has pruned it).
//          kUnavailable: could not be reached; try again. kDataLoss: reached,
//          but of the wrong size.
// Threads: implementations are thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "merkle/geometry.h"
#include "merkle/hash.h"

namespace sightline::tiles {

class LogReader {
 public:
  virtual ~LogReader() = default;

  // The first `width` hashes of a tile: exactly width * 32 bytes, as served and
  // NOT verified. An implementation falls back to the full tile when the
  // partial one is gone. REQUIRES: 1 <= width <= 256.
  virtual absl::StatusOr<std::string> ReadTile(uint8_t level, uint64_t index,
                                               uint16_t width) = 0;

  // The first `width` entries of a bundle, encoded (entry_bundle.h), not
  // verified.
  virtual absl::StatusOr<std::string> ReadEntryBundle(uint64_t index,
                                                      uint16_t width) = 0;

  // The newest checkpoint, as a signed note, not verified.
  virtual absl::StatusOr<std::string> ReadCheckpoint() = 0;
};

// Where perfect nodes come from.
class NodeReader {
 public:
  virtual ~NodeReader() = default;

  // Replaces `*out` by the hashes of `ids`, in that order. `*out` is
  // unspecified on failure.
  virtual absl::Status ReadNodes(absl::Span<const merkle::NodeId> ids,
                                 std::vector<merkle::Hash>* out) const = 0;
};

}  // namespace sightline::tiles
