// Remembers the perfect nodes that proofs have in common.
//
// A perfect node is the same for every tree that has it. Proofs at random
// indices share those above whole tiles, and those at the right edge of the
// tree: remembered, they save all reads but that of the tile with the leaf. What
// is remembered was read from the source; whoever builds a proof verifies it all
// the same.
//
// Shapes:  holds at most `slots` nodes; a node has one slot, which it takes from
//          whichever was there.
// Errors:  those of the source.
// Threads: thread-safe.
// Cost:    48 bytes a slot, allocated at the start.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/mutex.h"
#include "merkle/geometry.h"
#include "merkle/hash.h"
#include "tiles/log_reader.h"

namespace sightline::tiles {

class NodeCache final : public NodeReader {
 public:
  // The nodes of level 8 and above of a log of 16 million entries: 6 MiB.
  static constexpr size_t kUsualSlots = size_t{1} << 17;

  // `source` outlives the cache.
  explicit NodeCache(const NodeReader* source, size_t slots = kUsualSlots);

  absl::Status ReadNodes(absl::Span<const merkle::NodeId> ids,
                         std::vector<merkle::Hash>* out) const override;

 private:
  // No tree is that high.
  static constexpr merkle::NodeId kNone = {64, 0};
  struct Slot {
    merkle::NodeId id = kNone;
    merkle::Hash hash;
  };
  // Slots of one lock.
  struct Shard {
    base::Mutex mutex;
    std::vector<Slot> slots ABSL_GUARDED_BY(mutex);
  };
  static constexpr size_t kShards = 16;

  bool Find(const merkle::NodeId& id, merkle::Hash* hash) const;
  void Remember(const merkle::NodeId& id, const merkle::Hash& hash) const;

  const NodeReader* const source_;
  const size_t shard_slots_;
  mutable std::array<Shard, kShards> shards_;
};

}  // namespace sightline::tiles
