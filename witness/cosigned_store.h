// The largest tree that was cosigned for each origin: all that a witness must
// never forget, and what a log keeps of its witnesses' word.
//
// Shapes:  one tree per origin; sizes never decrease, and one size never changes
//          its root.
// Errors:  kAborted: another tree was stored meanwhile; nothing was written.
//          kInvalidArgument: the new tree is smaller than the stored one, or
//          another tree of its size; nothing was written. kDataLoss: what is
//          stored does not read back. Any other error of Replace: outcome
//          UNKNOWN; the caller must not let go of what `next` vouches for.
// Threads: implementations are thread-safe.
// Durable: when Replace returns OK, the tree survives a crash of process and
//          machine; when it fails, the old one or the new one does, whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/sha256.h"

namespace sightline::witness {

struct CosignedTree {
  uint64_t tree_size = 0;
  crypto::Digest root_hash{};
  std::string note;  // the checkpoint of that tree with the cosignatures

  friend bool operator==(const CosignedTree&, const CosignedTree&) = default;
};

class CosignedStore {
 public:
  virtual ~CosignedStore() = default;

  // Nothing: no tree of this origin was stored.
  virtual absl::StatusOr<std::optional<CosignedTree>> Read(
      absl::string_view origin) const = 0;

  // Stores `next` if the stored tree has `expected_size` leaves (0: or there is
  // none). The one step that keeps two requests from both being first.
  // REQUIRES: `next.note` is a checkpoint of `origin` and of that tree.
  virtual absl::Status Replace(absl::string_view origin, uint64_t expected_size,
                               const CosignedTree& next) = 0;
};

// What Replace refuses, whatever the engine. `stored` may be null.
absl::Status CheckReplacement(const CosignedTree* stored,
                              uint64_t expected_size, const CosignedTree& next);

}  // namespace sightline::witness
