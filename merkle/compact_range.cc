#include "merkle/compact_range.h"

#include <bit>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "crypto/sha256.h"

namespace sightline::merkle {
namespace {

constexpr size_t kSizeBytes = 8;

absl::Status CheckCount(uint64_t size, size_t hashes) {
  if (size > kMaxTreeSize) {
    return absl::InvalidArgumentError(
        absl::StrCat("compact range: size ", size, ", want at most 2^63"));
  }
  const size_t want = static_cast<size_t>(std::popcount(size));
  if (hashes != want) {
    return absl::InvalidArgumentError(absl::StrCat(
        "compact range of size ", size, ": ", hashes, " hashes, want ", want));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CompactRange> CompactRange::Create(
    uint64_t size, absl::Span<const Hash> hashes) {
  const absl::Status status = CheckCount(size, hashes.size());
  if (!status.ok()) return status;
  CompactRange range;
  range.Assign(size, hashes);
  return range;
}

absl::StatusOr<CompactRange> CompactRange::Parse(absl::string_view bytes) {
  if (bytes.size() < kSizeBytes ||
      (bytes.size() - kSizeBytes) % kHashSize != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("compact range: ", bytes.size(),
                     " bytes, want 8 and 32 for each hash"));
  }
  const absl::string_view packed = bytes.substr(kSizeBytes);
  std::vector<Hash> hashes(packed.size() / kHashSize);
  for (size_t i = 0; i < hashes.size(); ++i) hashes[i] = HashAt(packed, i);
  return Create(base::ReadU64(bytes), hashes);
}

std::string CompactRange::Serialise() const {
  std::string out;
  out.reserve(kSizeBytes + hashes_.size() * kHashSize);
  base::AppendU64(size_, &out);
  for (const Hash& hash : hashes_) {
    absl::StrAppend(&out, crypto::AsBytes(hash));
  }
  return out;
}

void CompactRange::Assign(uint64_t size, absl::Span<const Hash> hashes) {
  size_ = size;
  hashes_.assign(hashes.begin(), hashes.end());
}

void CompactRange::Append(const Hash& leaf_hash) {
  Hash hash = leaf_hash;
  // Each trailing one bit of the old size is a subtree that is now complete.
  for (uint64_t rest = size_; rest % 2 == 1; rest /= 2) {
    hash = NodeHash(hashes_.back(), hash);
    hashes_.pop_back();
  }
  hashes_.push_back(hash);
  ++size_;
}

}  // namespace sightline::merkle
