// What a store keeps beside entries and tiles, as an audit of the store reads it.
//
// Errors:  kNotFound: no such record. kDataLoss: one that does not read back. What
//          else fails is the way to the store.
// Threads: thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::monitor {

// Where the store says that the tree stands.
struct StoredTree {
  uint64_t tree_size = 0;
  merkle::Hash root_hash{};
  int64_t last_admitted_unix_ms = 0;
};

// The newest entry of a feed.
struct StoredFeedHead {
  std::string feed;
  uint64_t ordinal = 0;
  uint64_t last_index = 0;
};

class StoreRecords {
 public:
  virtual ~StoreRecords() = default;

  virtual absl::StatusOr<StoredTree> ReadTree() const = 0;

  // For each hash the entry that has it, if any. `out` is resized.
  virtual absl::Status FindByIdentity(
      absl::Span<const crypto::Digest> hashes,
      std::vector<std::optional<uint64_t>>* out) const = 0;
  virtual absl::StatusOr<std::optional<uint64_t>> FindByLeafHash(
      const crypto::Digest& leaf_hash) const = 0;
  // Whatever of the index look-ups cannot tell: kDataLoss, naming it.
  virtual absl::Status CheckHashIndex() const = 0;
  // Whether the store knows which erased payloads it has still to remove from its
  // files. kDataLoss: no.
  virtual absl::Status CheckPendingPurge() const = 0;

  virtual absl::StatusOr<std::vector<StoredFeedHead>> ReadFeedHeads() const = 0;
  // All that are stored, ascending.
  virtual absl::StatusOr<std::vector<uint64_t>> ReadControlIndices() const = 0;

  // The signed note of the smallest tree that holds `index`.
  virtual absl::StatusOr<std::string> ReadCheckpointCovering(
      uint64_t index) const = 0;

  // The newest tree that witnesses have cosigned, as a signed note; kNotFound: the
  // log keeps none.
  virtual absl::StatusOr<std::string> ReadCosigned(
      absl::string_view origin) const = 0;

  // Where the batch that holds `index` ended, or the next multiple of 256 when it
  // did not end before.
  virtual absl::StatusOr<uint64_t> ReadBatchEnd(uint64_t index) const = 0;

  virtual absl::StatusOr<std::string> ReadSealedPayload(
      uint64_t index) const = 0;
  // Whether `payload` holds the openings of what `statement` seals, as far as it
  // can be told with the keys at hand. kDataLoss: it does not.
  virtual absl::Status CheckSealedPayload(const crypto::Digest& identity_hash,
                                          const v1::Statement& statement,
                                          absl::string_view payload) const = 0;
};

}  // namespace sightline::monitor
