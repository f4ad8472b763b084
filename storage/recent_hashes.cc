#include "storage/recent_hashes.h"

#include <algorithm>
#include <bit>

namespace sightline::storage {
namespace {

// How far ahead of its use a slot is fetched.
constexpr size_t kAhead = 12;

constexpr uint64_t kOffsetMask = 0xFFFFFFFF;

uint64_t Slot(uint64_t fingerprint, uint32_t offset) {
  return fingerprint << 32 | (offset + 1);
}

bool SameTag(uint64_t slot, uint64_t fingerprint) {
  return slot >> 32 == (fingerprint & kOffsetMask);
}

uint32_t OffsetOf(uint64_t slot) {
  return static_cast<uint32_t>(slot & kOffsetMask) - 1;
}

// Slots for `capacity` entries: a power of two, at least half of them empty.
int SlotBits(uint32_t capacity) {
  return static_cast<int>(std::bit_width(uint64_t{capacity} * 2 - 1));
}

}  // namespace

RecentHashes::Table::Table(uint64_t begin, uint32_t capacity)
    : begin_(begin),
      shift_(64 - SlotBits(capacity)),
      slots_(size_t{1} << SlotBits(capacity)),
      hashes_(new crypto::Digest[capacity]) {}

void RecentHashes::Table::Insert(const crypto::Digest& hash,
                                 uint64_t fingerprint, uint32_t offset) {
  hashes_[offset] = hash;
  size_t i = SlotOf(fingerprint);
  for (;; i = (i + 1) & (slots_.size() - 1)) {
    const uint64_t slot = slots_[i].load(std::memory_order_relaxed);
    if (slot == 0) break;
    if (SameTag(slot, fingerprint) && hashes_[OffsetOf(slot)] == hash) return;
  }
  // Publishes the hash along with the slot.
  slots_[i].store(Slot(fingerprint, offset), std::memory_order_release);
}

std::optional<uint64_t> RecentHashes::Table::Find(const crypto::Digest& hash,
                                                  uint64_t fingerprint) const {
  size_t i = SlotOf(fingerprint);
  for (;; i = (i + 1) & (slots_.size() - 1)) {
    const uint64_t slot = slots_[i].load(std::memory_order_acquire);
    if (slot == 0) return std::nullopt;
    if (SameTag(slot, fingerprint) && hashes_[OffsetOf(slot)] == hash) {
      return begin_ + OffsetOf(slot);
    }
  }
}

void RecentHashes::Table::ForEach(
    const FingerprintSalt& salt,
    absl::FunctionRef<void(uint64_t, uint32_t)> visit) const {
  for (const std::atomic<uint64_t>& atomic : slots_) {
    const uint64_t slot = atomic.load(std::memory_order_relaxed);
    if (slot == 0) continue;
    const uint32_t offset = OffsetOf(slot);
    visit(Fingerprint(hashes_[offset], salt), offset);
  }
}

RecentHashes::RecentHashes(uint64_t begin, uint32_t capacity,
                           const FingerprintSalt& salt)
    : begin_(begin),
      capacity_(capacity),
      salt_(salt),
      tables_{Table(begin, capacity), Table(begin, capacity)} {}

void RecentHashes::Append(absl::Span<const crypto::Digest> identity_hashes,
                          absl::Span<const crypto::Digest> leaf_hashes) {
  AppendKind(HashKind::kIdentity, identity_hashes);
  AppendKind(HashKind::kLeaf, leaf_hashes);
  size_ += static_cast<uint32_t>(identity_hashes.size());
}

void RecentHashes::AppendKind(HashKind kind,
                              absl::Span<const crypto::Digest> hashes) {
  Table& table = tables_[static_cast<int>(kind)];
  fingerprints_.clear();
  for (const crypto::Digest& hash : hashes) {
    fingerprints_.push_back(Fingerprint(hash, salt_));
  }
  const size_t n = hashes.size();
  for (size_t i = 0; i < std::min(n, kAhead); ++i) {
    table.Prefetch(fingerprints_[i]);
  }
  for (size_t i = 0; i < n; ++i) {
    if (i + kAhead < n) table.Prefetch(fingerprints_[i + kAhead]);
    table.Insert(hashes[i], fingerprints_[i], size_ + static_cast<uint32_t>(i));
  }
}

}  // namespace sightline::storage
