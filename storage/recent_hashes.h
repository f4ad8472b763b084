// The hashes of the newest entries, in memory: one run of the hash index before
// it is written to a file.
//
// Shapes:  entries [begin(), begin() + capacity); Append fills it from the left.
// Threads: one thread appends; any thread reads at the same time, and sees all
//          that was appended before it started.
// Cost:    92 bytes per entry of capacity. No locks.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "crypto/sha256.h"
#include "storage/fingerprint.h"

namespace sightline::storage {

// The two hashes by which an entry is found.
enum class HashKind : uint8_t { kIdentity = 0, kLeaf = 1 };
inline constexpr int kHashKinds = 2;

class RecentHashes {
 public:
  RecentHashes(uint64_t begin, uint32_t capacity, const FingerprintSalt& salt);

  RecentHashes(const RecentHashes&) = delete;
  RecentHashes& operator=(const RecentHashes&) = delete;

  uint64_t begin() const { return begin_; }
  uint64_t end() const { return begin_ + size_; }
  uint32_t room() const { return capacity_ - size_; }

  // REQUIRES: as many of both, at most room(). Of equal hashes the first counts.
  void Append(absl::Span<const crypto::Digest> identity_hashes,
              absl::Span<const crypto::Digest> leaf_hashes);

  std::optional<uint64_t> Find(HashKind kind,
                               const crypto::Digest& hash) const {
    return tables_[static_cast<int>(kind)].Find(hash, Fingerprint(hash, salt_));
  }

  // For a caller with many: Prefetch each some calls before its Find.
  // REQUIRES: `fingerprint` is that of `hash`.
  std::optional<uint64_t> Find(HashKind kind, const crypto::Digest& hash,
                               uint64_t fingerprint) const {
    return tables_[static_cast<int>(kind)].Find(hash, fingerprint);
  }
  void Prefetch(HashKind kind, uint64_t fingerprint) const {
    tables_[static_cast<int>(kind)].Prefetch(fingerprint);
  }

  // Visits every distinct hash, by ascending fingerprint but for a few places.
  // REQUIRES: nobody appends any more.
  void ForEach(HashKind kind,
               absl::FunctionRef<void(uint64_t fingerprint, uint32_t offset)>
                   visit) const {
    tables_[static_cast<int>(kind)].ForEach(salt_, visit);
  }

 private:
  // Open addressing; a slot is 0 or (low half of the fingerprint, offset + 1).
  class Table {
   public:
    Table(uint64_t begin, uint32_t capacity);
    void Insert(const crypto::Digest& hash, uint64_t fingerprint,
                uint32_t offset);
    void Prefetch(uint64_t fingerprint) const {
      __builtin_prefetch(&slots_[SlotOf(fingerprint)]);
    }
    std::optional<uint64_t> Find(const crypto::Digest& hash,
                                 uint64_t fingerprint) const;
    void ForEach(const FingerprintSalt& salt,
                 absl::FunctionRef<void(uint64_t, uint32_t)> visit) const;

   private:
    size_t SlotOf(uint64_t fingerprint) const {
      return static_cast<size_t>(fingerprint >> shift_);
    }

    const uint64_t begin_;
    const int shift_;  // leaves as many high bits as slots_ has
    std::vector<std::atomic<uint64_t>> slots_;
    std::unique_ptr<crypto::Digest[]> hashes_;  // by offset
  };

  void AppendKind(HashKind kind, absl::Span<const crypto::Digest> hashes);

  const uint64_t begin_;
  const uint32_t capacity_;
  const FingerprintSalt salt_;
  uint32_t size_ = 0;  // the appending thread's
  Table tables_[kHashKinds];
  std::vector<uint64_t> fingerprints_;  // of the batch being appended
};

}  // namespace sightline::storage
