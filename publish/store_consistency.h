// Consistency proofs for witnesses, from the log's own tiles.
//
// Threads: thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/sha256.h"
#include "storage/log_store.h"
#include "tiles/proof_builder.h"
#include "witness/consistency_source.h"

namespace sightline::publish {

class StoreConsistency final : public witness::ConsistencySource {
 public:
  // `store` outlives the source.
  explicit StoreConsistency(const storage::LogStore* store) : proofs_(store) {}

  absl::StatusOr<std::vector<crypto::Digest>> ConsistencyProof(
      uint64_t old_size, uint64_t new_size) const override {
    return proofs_.ConsistencyProof(old_size, new_size);
  }

 private:
  const tiles::ProofBuilder proofs_;
};

}  // namespace sightline::publish
