#include "storage/stored_hashes.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "storage/rocksdb_layout.h"
#include "storage/rocksdb_status.h"

namespace sightline::storage {
namespace {

constexpr size_t kHashBytes = crypto::kDigestSize;

crypto::Digest HashAt(absl::string_view bytes, uint64_t position) {
  crypto::Digest hash;
  std::memcpy(hash.data(), bytes.data() + position * kHashBytes, kHashBytes);
  return hash;
}

absl::Status Missing(absl::string_view what, uint64_t index) {
  return absl::DataLossError(
      absl::StrCat("no ", what, " hash is stored for index ", index));
}

}  // namespace

absl::StatusOr<crypto::Digest> StoredHashes::Read(HashKind kind,
                                                  uint64_t index) {
  std::vector<crypto::Digest> hashes;
  RETURN_IF_ERROR(ReadRange(kind, index, index + 1, &hashes));
  return hashes.front();
}

absl::Status StoredHashes::ReadRange(HashKind kind, uint64_t begin,
                                     uint64_t end,
                                     std::vector<crypto::Digest>* out) {
  out->clear();
  return kind == HashKind::kIdentity ? ReadIdentities(begin, end, out)
                                     : ReadLeafHashes(begin, end, out);
}

absl::Status StoredHashes::ReadIdentities(uint64_t begin, uint64_t end,
                                          std::vector<crypto::Digest>* out) {
  if (!identities_.has_value()) {
    identities_.emplace(*database_, Family::kIdentities, /*scan=*/false);
  }
  SegmentReader& segment = *identities_;
  RETURN_IF_ERROR(segment.Seek(begin));
  uint64_t index = begin;
  for (;;) {
    const absl::string_view hashes = segment.value();
    if (hashes.size() != (segment.end() - segment.begin()) * kHashBytes ||
        segment.begin() > index) {
      return Missing("identity", index);
    }
    for (; index < std::min(end, segment.end()); ++index) {
      out->push_back(HashAt(hashes, index - segment.begin()));
    }
    if (index == end) return absl::OkStatus();
    const absl::Status status = segment.Next();
    if (absl::IsNotFound(status)) return Missing("identity", index);
    RETURN_IF_ERROR(status);
  }
}

absl::Status StoredHashes::ReadLeafHashes(uint64_t begin, uint64_t end,
                                          std::vector<crypto::Digest>* out) {
  rocksdb::PinnableSlice tile;
  const absl::Status status = database_->Get(
      Family::kTiles, TileKey(0, begin / kBundleEntries).view(), &tile);
  if (absl::IsNotFound(status)) return Missing("leaf", begin);
  RETURN_IF_ERROR(status);
  const uint64_t first = BundleBegin(begin);
  if (tile.size() < (end - first) * kHashBytes) {
    return Missing("leaf", end - 1);
  }
  for (uint64_t index = begin; index < end; ++index) {
    out->push_back(HashAt(ToView(tile), index - first));
  }
  return absl::OkStatus();
}

}  // namespace sightline::storage
