#include "monitor/tile_check.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "crypto/sha256.h"
#include "tiles/pinned_bytes.h"
#include "tiles/tile.h"
#include "tiles/tile_codec.h"

namespace sightline::monitor {
namespace {

using ::sightline::merkle::Hash;
using ::sightline::merkle::kHashSize;

std::vector<Hash> SplitHashes(absl::string_view bytes, uint16_t width) {
  static_assert(sizeof(Hash) == kHashSize);
  std::vector<Hash> hashes(width);
  std::memcpy(hashes.data(), bytes.data(), width * kHashSize);
  return hashes;
}

// One level up: a node above each pair; an odd last one is left out.
void FoldPairs(std::vector<Hash>* row) {
  const size_t count = row->size() / 2;
  for (size_t i = 0; i < count; ++i) {
    (*row)[i] = merkle::NodeHash((*row)[2 * i], (*row)[2 * i + 1]);
  }
  row->resize(count);
}

}  // namespace

bool IsAboutTheLog(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kInvalidArgument:
      return true;
    default:
      return false;
  }
}

TileFold FoldTile(absl::Span<const Hash> hashes) {
  TileFold fold;
  std::vector<Hash> row(hashes.begin(), hashes.end());
  for (int height = 0; !row.empty(); ++height) {
    if (height == tiles::kMidHeight) fold.mids = row;
    // The last node of this height is the edge's when no pair takes it up.
    if (row.size() % 2 == 1) fold.edge.insert(fold.edge.begin(), row.back());
    FoldPairs(&row);
  }
  return fold;
}

std::string TileName(uint8_t level, uint64_t index) {
  return absl::StrCat("tile ", level, "/", index);
}

absl::StatusOr<FetchedTile> TileFetcher::ReadServed(uint8_t level,
                                                    uint64_t index,
                                                    uint16_t width) const {
  ASSIGN_OR_RETURN(const std::string bytes,
                   log_->ReadTile(level, index, width));
  if (bytes.size() != width * kHashSize) {
    return absl::DataLossError(
        absl::StrCat(bytes.size(), " bytes, want ", width * kHashSize));
  }
  return FetchedTile{SplitHashes(bytes, width), 0, ""};
}

absl::StatusOr<FetchedTile> TileFetcher::ReadStored(uint8_t level,
                                                    uint64_t index,
                                                    uint16_t width) const {
  ASSIGN_OR_RETURN(const tiles::PinnedBytes stored,
                   stored_->StoredTile(level, index));
  ASSIGN_OR_RETURN(const uint16_t stored_width,
                   tiles::StoredTileWidth(stored.bytes()));
  if (stored_width < width) {
    return absl::NotFoundError(
        absl::StrCat(stored_width, " hashes, want ", width));
  }
  FetchedTile tile{SplitHashes(stored.bytes(), width), stored_width, ""};
  const size_t mids = width / tiles::kMidWidth * kHashSize;
  tile.mids =
      std::string(stored.bytes().substr(stored_width * kHashSize, mids));
  return tile;
}

absl::StatusOr<FetchedTile> TileFetcher::Read(uint8_t level, uint64_t index,
                                              uint16_t width) const {
  absl::StatusOr<FetchedTile> tile = stored_ != nullptr
                                         ? ReadStored(level, index, width)
                                         : ReadServed(level, index, width);
  if (tile.ok() || IsAboutTheLog(tile.status())) return tile;
  return base::Annotate(tile.status(), TileName(level, index));
}

absl::StatusOr<bool> TileFetcher::Holds(uint8_t level, uint64_t index,
                                        uint16_t width) const {
  if (!has_tiles()) return false;
  const absl::StatusOr<FetchedTile> tile = Read(level, index, width);
  if (tile.ok()) return true;
  if (IsAboutTheLog(tile.status())) return false;
  return tile.status();
}

absl::StatusOr<std::optional<FetchedTile>> TileFetcher::Fetch(
    uint8_t level, uint64_t index, uint16_t width) const {
  if (!has_tiles()) return std::nullopt;
  absl::StatusOr<FetchedTile> tile = Read(level, index, width);
  if (tile.ok()) return *std::move(tile);
  if (!IsAboutTheLog(tile.status())) return tile.status();
  problems_->Add({.kind = ProblemKind::kTileMissing,
                  .where = TileName(level, index),
                  .got = std::string(tile.status().message()),
                  .want = absl::StrCat(width, " hashes")});
  return std::nullopt;
}

void TileFetcher::CheckMids(uint8_t level, uint64_t index, const TileFold& fold,
                            absl::string_view mids) const {
  for (size_t i = 0; i < mids.size() / kHashSize; ++i) {
    const Hash stored = merkle::HashAt(mids, i);
    if (stored == fold.mids[i]) continue;
    problems_->Add({.kind = ProblemKind::kTileMid,
                    .where = absl::StrCat(TileName(level, index), " node ", i),
                    .got = base::HexEncode(crypto::AsBytes(stored)),
                    .want = base::HexEncode(crypto::AsBytes(fold.mids[i]))});
  }
}

}  // namespace sightline::monitor
