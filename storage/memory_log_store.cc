#include "storage/memory_log_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/batch_check.h"

namespace sightline::storage {
namespace {

template <typename Map, typename Key>
std::optional<uint64_t> Lookup(const Map& map, const Key& key) {
  const auto it = map.find(key);
  if (it == map.end()) return std::nullopt;
  return it->second;
}

}  // namespace

absl::Status MemoryLogStore::Commit(const Batch& batch) {
  base::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(CheckBatch(batch, state_.tree_size));
  Apply(batch);
  return absl::OkStatus();
}

void MemoryLogStore::Apply(const Batch& batch) {
  for (size_t i = 0; i < batch.entry_ends.size(); ++i) {
    const uint64_t index = batch.expected_tree_size + i;
    entries_.emplace_back(EntryOf(batch, i));
    identities_.emplace(batch.identity_hashes[i], index);
    leaves_.emplace(batch.leaf_hashes[i], index);
  }
  for (const tiles::StoredTile& tile : batch.tiles) {
    tiles_[{tile.level, tile.index}] = tile.value;
  }
  for (const FeedHead& head : batch.feeds) feeds_[head.feed] = head;
  for (const SealedPayload& payload : batch.sealed) {
    sealed_[payload.index] = payload.ciphertext;
  }
  for (const uint64_t index : batch.erased) sealed_.erase(index);
  control_.insert(control_.end(), batch.control_indices.begin(),
                  batch.control_indices.end());
  std::sort(control_.begin(), control_.end());
  checkpoints_[batch.state.tree_size] = std::string(batch.checkpoint);
  state_ = batch.state;
}

absl::StatusOr<TreeState> MemoryLogStore::ReadTreeState() const {
  base::MutexLock lock(&mutex_);
  return state_;
}

absl::Status MemoryLogStore::ReadEntries(
    uint64_t begin, uint64_t end,
    absl::FunctionRef<bool(uint64_t index, absl::string_view entry)> visit)
    const {
  std::vector<std::string> entries;
  {
    base::MutexLock lock(&mutex_);
    if (end > entries_.size() || begin > end) {
      return absl::OutOfRangeError(absl::StrCat(
          "entries ", begin, "-", end, ", the tree has ", entries_.size()));
    }
    entries.assign(entries_.begin() + static_cast<ptrdiff_t>(begin),
                   entries_.begin() + static_cast<ptrdiff_t>(end));
  }
  for (size_t i = 0; i < entries.size(); ++i) {
    if (!visit(begin + i, entries[i])) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<tiles::PinnedBytes> MemoryLogStore::StoredTile(
    uint8_t level, uint64_t index) const {
  base::MutexLock lock(&mutex_);
  const auto it = tiles_.find({level, index});
  if (it == tiles_.end()) {
    return absl::NotFoundError(
        absl::StrCat("no tile ", int{level}, "/", index));
  }
  return tiles::PinnedBytes::FromString(it->second);
}

absl::Status MemoryLogStore::FindByIdentity(
    absl::Span<const crypto::Digest> identity_hashes,
    std::vector<std::optional<uint64_t>>* out) const {
  base::MutexLock lock(&mutex_);
  out->clear();
  for (const crypto::Digest& hash : identity_hashes) {
    out->push_back(Lookup(identities_, hash));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<uint64_t>> MemoryLogStore::FindByLeafHash(
    const crypto::Digest& leaf_hash) const {
  base::MutexLock lock(&mutex_);
  return Lookup(leaves_, leaf_hash);
}

absl::StatusOr<FeedHead> MemoryLogStore::ReadFeedHead(
    absl::string_view feed) const {
  base::MutexLock lock(&mutex_);
  const auto it = feeds_.find(std::string(feed));
  if (it == feeds_.end()) {
    return absl::NotFoundError(absl::StrCat("no feed ", feed));
  }
  return it->second;
}

absl::Status MemoryLogStore::ReadFeedHeads(
    absl::FunctionRef<void(const FeedHead&)> visit) const {
  std::map<std::string, FeedHead> feeds;
  {
    base::MutexLock lock(&mutex_);
    feeds = feeds_;
  }
  for (const auto& [name, head] : feeds) visit(head);
  return absl::OkStatus();
}

absl::StatusOr<std::string> MemoryLogStore::ReadCheckpointCovering(
    uint64_t index) const {
  base::MutexLock lock(&mutex_);
  const auto it = checkpoints_.upper_bound(index);
  if (it == checkpoints_.end()) {
    return absl::NotFoundError(
        absl::StrCat("no checkpoint covers index ", index));
  }
  return it->second;
}

absl::StatusOr<uint64_t> MemoryLogStore::ReadBatchEnd(uint64_t index) const {
  base::MutexLock lock(&mutex_);
  const auto it = checkpoints_.upper_bound(index);
  if (it == checkpoints_.end()) {
    return absl::OutOfRangeError(
        absl::StrCat("entry ", index, ", the tree has ", state_.tree_size));
  }
  constexpr uint64_t kBundle = 256;
  return std::min(it->first, index - index % kBundle + kBundle);
}

absl::StatusOr<std::string> MemoryLogStore::ReadNewestCheckpoint() const {
  base::MutexLock lock(&mutex_);
  if (checkpoints_.empty()) return absl::NotFoundError("the store is empty");
  return checkpoints_.rbegin()->second;
}

absl::StatusOr<std::vector<uint64_t>> MemoryLogStore::ReadControlIndices(
    uint64_t tree_size) const {
  base::MutexLock lock(&mutex_);
  return std::vector<uint64_t>(
      control_.begin(),
      std::lower_bound(control_.begin(), control_.end(), tree_size));
}

absl::StatusOr<std::string> MemoryLogStore::ReadSealedPayload(
    uint64_t index) const {
  base::MutexLock lock(&mutex_);
  const auto it = sealed_.find(index);
  if (it == sealed_.end()) {
    return absl::NotFoundError(
        absl::StrCat("no sealed payload of index ", index));
  }
  return it->second;
}

absl::Status MemoryLogStore::PurgeErased() { return absl::OkStatus(); }

absl::Status MemoryLogStore::ReplaceSealedPayloads(
    absl::FunctionRef<absl::StatusOr<std::string>(uint64_t index,
                                                  absl::string_view ciphertext)>
        replace) {
  std::map<uint64_t, std::string> payloads;
  {
    base::MutexLock lock(&mutex_);
    payloads = sealed_;
  }
  for (const auto& [index, ciphertext] : payloads) {
    ASSIGN_OR_RETURN(std::string replaced, replace(index, ciphertext));
    base::MutexLock lock(&mutex_);
    sealed_[index] = std::move(replaced);
  }
  return absl::OkStatus();
}

}  // namespace sightline::storage
