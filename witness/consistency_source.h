// Where the consistency proofs that witnesses want come from.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/sha256.h"

namespace sightline::witness {

class ConsistencySource {
 public:
  virtual ~ConsistencySource() = default;

  // From the tree of `old_size` leaves to that of `new_size`.
  // REQUIRES: 0 < old_size < new_size, both sizes of the log's own tree.
  virtual absl::StatusOr<std::vector<crypto::Digest>> ConsistencyProof(
      uint64_t old_size, uint64_t new_size) const = 0;
};

}  // namespace sightline::witness
