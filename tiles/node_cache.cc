#include "tiles/node_cache.h"

#include <algorithm>
#include <limits>

#include "base/status_macros.h"
#include "tiles/tile.h"

namespace sightline::tiles {
namespace {

using ::sightline::merkle::Hash;
using ::sightline::merkle::NodeId;

// Neighbours lie in different shards, levels far apart.
uint64_t Place(const NodeId& id) {
  return id.index + uint64_t{id.level} * 0x9e3779b97f4a7c15;
}

uint64_t LowestTile(const NodeId& id) {
  return id.index >> (kTileHeight - id.level);
}

// From which of the lowest tiles on nodes are those of the right edge: the last
// one, unless it is the only one.
uint64_t EdgeTile(absl::Span<const NodeId> ids) {
  uint64_t first = std::numeric_limits<uint64_t>::max();
  uint64_t last = 0;
  for (const NodeId& id : ids) {
    if (id.level >= kTileHeight) continue;
    first = std::min(first, LowestTile(id));
    last = std::max(last, LowestTile(id));
  }
  return std::max(last, first + 1);
}

}  // namespace

NodeCache::NodeCache(const NodeReader* source, size_t slots)
    : source_(source), shard_slots_(std::max<size_t>(1, slots / kShards)) {
  for (Shard& shard : shards_) {
    base::MutexLock lock(&shard.mutex);
    shard.slots.resize(shard_slots_);
  }
}

bool NodeCache::Find(const NodeId& id, Hash* hash) const {
  const uint64_t place = Place(id);
  Shard& shard = shards_[place % kShards];
  base::MutexLock lock(&shard.mutex);
  const Slot& slot = shard.slots[place / kShards % shard_slots_];
  if (slot.id != id) return false;
  *hash = slot.hash;
  return true;
}

void NodeCache::Remember(const NodeId& id, const Hash& hash) const {
  const uint64_t place = Place(id);
  Shard& shard = shards_[place % kShards];
  base::MutexLock lock(&shard.mutex);
  shard.slots[place / kShards % shard_slots_] = {id, hash};
}

absl::Status NodeCache::ReadNodes(absl::Span<const NodeId> ids,
                                  std::vector<Hash>* out) const {
  out->resize(ids.size());
  std::vector<NodeId> missing;
  std::vector<size_t> missing_at;
  missing.reserve(ids.size());
  missing_at.reserve(ids.size());
  const uint64_t edge = EdgeTile(ids);
  const auto is_shared = [edge](const NodeId& id) {
    return id.level >= kTileHeight || LowestTile(id) >= edge;
  };
  for (size_t i = 0; i < ids.size(); ++i) {
    if (is_shared(ids[i]) && Find(ids[i], &(*out)[i])) continue;
    missing.push_back(ids[i]);
    missing_at.push_back(i);
  }
  if (missing.empty()) return absl::OkStatus();
  std::vector<Hash> read;
  RETURN_IF_ERROR(source_->ReadNodes(missing, &read));
  for (size_t i = 0; i < missing.size(); ++i) {
    (*out)[missing_at[i]] = read[i];
    if (is_shared(missing[i])) Remember(missing[i], read[i]);
  }
  return absl::OkStatus();
}

}  // namespace sightline::tiles
