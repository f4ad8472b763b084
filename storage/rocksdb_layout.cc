#include "storage/rocksdb_layout.h"

#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "crypto/sha256.h"

namespace sightline::storage {
namespace {

constexpr size_t kTreeStateBytes = 8 + crypto::kDigestSize + 8;
constexpr size_t kFeedHeadBytes = 8 + 8;
constexpr size_t kPendingPurgeBytes = 24;
constexpr size_t kPurgeCheckBytes = 8;

void PutBigEndian(uint64_t number, char* out) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    *out++ = static_cast<char>(number >> shift);
  }
}

std::string PurgeCheck(absl::string_view value) {
  const crypto::Digest hash = crypto::Sha256(value);
  return std::string(crypto::AsBytes(hash).substr(0, kPurgeCheckBytes));
}

absl::Status WrongLength(absl::string_view what, size_t got, size_t want) {
  return absl::DataLossError(
      absl::StrCat(what, ": ", got, " bytes, want ", want));
}

}  // namespace

NumberKey::NumberKey(uint64_t number) { PutBigEndian(number, bytes_.data()); }

TileKey::TileKey(uint8_t level, uint64_t index) {
  bytes_[0] = static_cast<char>(level);
  PutBigEndian(index, bytes_.data() + 1);
}

SegmentKey::SegmentKey(uint64_t begin, uint64_t end) {
  PutBigEndian(end - 1, bytes_.data());
  bytes_[8] = static_cast<char>(end - begin - 1);
}

absl::StatusOr<SegmentRange> ParseSegmentKey(absl::string_view key) {
  if (key.size() != 9) return WrongLength("segment's key", key.size(), 9);
  const uint64_t last = base::ReadU64(key);
  const uint64_t before = static_cast<uint8_t>(key[8]);
  if (last < before || BundleBegin(last) > last - before) {
    return absl::DataLossError(
        absl::StrCat("a segment of ", before + 1, " entries ends at ", last));
  }
  return SegmentRange{last - before, last + 1};
}

absl::StatusOr<uint64_t> ParseNumberKey(absl::string_view key) {
  if (key.size() != 8) return WrongLength("stored key", key.size(), 8);
  return base::ReadU64(key);
}

std::string EncodeTreeState(const TreeState& state) {
  std::string value = base::U64(state.tree_size);
  absl::StrAppend(&value, crypto::AsBytes(state.root_hash));
  base::AppendU64(static_cast<uint64_t>(state.last_admitted_unix_ms), &value);
  return value;
}

absl::StatusOr<TreeState> ParseTreeState(absl::string_view value) {
  if (value.size() != kTreeStateBytes) {
    return WrongLength("tree state", value.size(), kTreeStateBytes);
  }
  TreeState state;
  state.tree_size = base::ReadU64(value);
  std::memcpy(state.root_hash.data(), value.data() + 8, crypto::kDigestSize);
  state.last_admitted_unix_ms = static_cast<int64_t>(
      base::ReadU64(value.substr(8 + crypto::kDigestSize)));
  return state;
}

std::string EncodeFeedHead(const FeedHead& head) {
  std::string value = base::U64(head.ordinal);
  base::AppendU64(head.last_index, &value);
  return value;
}

absl::StatusOr<FeedHead> ParseFeedHead(absl::string_view feed,
                                       absl::string_view value) {
  if (value.size() != kFeedHeadBytes) {
    return WrongLength("feed head", value.size(), kFeedHeadBytes);
  }
  return FeedHead{std::string(feed), base::ReadU64(value),
                  base::ReadU64(value.substr(8))};
}

std::string EncodePendingPurge(const PendingPurge& purge) {
  std::string value = base::U64(purge.stamp);
  base::AppendU64(purge.first, &value);
  base::AppendU64(purge.last, &value);
  return value + PurgeCheck(value);
}

absl::StatusOr<PendingPurge> ParsePendingPurge(absl::string_view value) {
  constexpr size_t kWant = kPendingPurgeBytes + kPurgeCheckBytes;
  if (value.size() != kWant) {
    return WrongLength("pending purge", value.size(), kWant);
  }
  const absl::string_view guarded = value.substr(0, kPendingPurgeBytes);
  if (value.substr(kPendingPurgeBytes) != PurgeCheck(guarded)) {
    return absl::DataLossError(
        "pending purge: does not hash to what it says; which payloads are to "
        "be purged is not known");
  }
  return PendingPurge{base::ReadU64(value), base::ReadU64(value.substr(8)),
                      base::ReadU64(value.substr(16))};
}

}  // namespace sightline::storage
