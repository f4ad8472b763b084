#include "tiles/tile_codec.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tiles/tile.h"

namespace sightline::tiles {
namespace {

using ::sightline::merkle::Hash;
using ::sightline::merkle::kHashSize;

// Hashes in a full stored tile, and in a complete group with its mid.
constexpr size_t kMaxStoredHashes = kTileWidth + kTileWidth / kMidWidth;
constexpr size_t kGroupHashes = kMidWidth + 1;

using Row = std::array<Hash, kMidWidth>;

// The root over the first `count` of `row`, a power of two of them.
Hash FoldRow(Row* row, size_t count) {
  for (; count > 1; count /= 2) {
    for (size_t i = 0; i < count / 2; ++i) {
      (*row)[i] = merkle::NodeHash((*row)[2 * i], (*row)[2 * i + 1]);
    }
  }
  return row->front();
}

Row LoadRow(absl::string_view hashes, size_t first, size_t count) {
  Row row;
  for (size_t i = 0; i < count; ++i) {
    row[i] = merkle::HashAt(hashes, first + i);
  }
  return row;
}

void AppendHashes(absl::Span<const Hash> hashes, std::string* out) {
  static_assert(sizeof(Hash) == kHashSize, "hashes lie end to end");
  out->append(reinterpret_cast<const char*>(hashes.data()),
              hashes.size() * kHashSize);
}

// The mids of groups [first, last) over hashes that lie end to end.
std::vector<Hash> MidsOf(absl::string_view hashes, size_t first, size_t last) {
  std::vector<Hash> mids;
  for (size_t group = first; group < last; ++group) {
    Row row = LoadRow(hashes, group * kMidWidth, kMidWidth);
    mids.push_back(FoldRow(&row, kMidWidth));
  }
  return mids;
}

absl::Status CheckRoom(uint16_t width, size_t added) {
  if (added <= static_cast<size_t>(kTileWidth - width)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "tile: ", added, " hashes after ", int{width}, ", want at most 256"));
}

}  // namespace

absl::StatusOr<uint16_t> StoredTileWidth(absl::string_view stored) {
  const size_t hashes = stored.size() / kHashSize;
  const size_t groups = hashes / kGroupHashes;
  const size_t rest = hashes % kGroupHashes;
  if (stored.size() % kHashSize != 0 || rest == kMidWidth ||
      hashes > kMaxStoredHashes) {
    return absl::DataLossError(absl::StrCat("stored tile: ", stored.size(),
                                            " bytes, no tile has that many"));
  }
  return static_cast<uint16_t>(groups * kMidWidth + rest);
}

absl::StatusOr<absl::string_view> ServedTile(absl::string_view stored,
                                             uint16_t width) {
  ASSIGN_OR_RETURN(const uint16_t got, StoredTileWidth(stored));
  if (got < width) {
    return absl::DataLossError(
        absl::StrCat("stored tile: ", int{got}, " hashes, want ", int{width}));
  }
  return stored.substr(0, width * kHashSize);
}

absl::Status AppendToTile(absl::Span<const Hash> hashes,
                          absl::Span<const Hash> mids, std::string* stored) {
  ASSIGN_OR_RETURN(const uint16_t width, StoredTileWidth(*stored));
  RETURN_IF_ERROR(CheckRoom(width, hashes.size()));
  const size_t new_width = width + hashes.size();
  const size_t want = new_width / kMidWidth - width / kMidWidth;
  if (mids.size() != want) {
    return absl::InvalidArgumentError(
        absl::StrCat("tile: ", mids.size(), " new mids, want ", want));
  }
  const std::string old_mids = stored->substr(width * kHashSize);
  stored->resize(width * kHashSize);
  stored->reserve(StoredTileSize(static_cast<uint16_t>(new_width)));
  AppendHashes(hashes, stored);
  stored->append(old_mids);
  AppendHashes(mids, stored);
  return absl::OkStatus();
}

absl::Status AppendToTile(absl::Span<const Hash> hashes, std::string* stored) {
  ASSIGN_OR_RETURN(const uint16_t width, StoredTileWidth(*stored));
  RETURN_IF_ERROR(CheckRoom(width, hashes.size()));
  std::string all = stored->substr(0, width * kHashSize);
  AppendHashes(hashes, &all);
  const std::vector<Hash> mids =
      MidsOf(all, width / kMidWidth, (width + hashes.size()) / kMidWidth);
  return AppendToTile(hashes, mids, stored);
}

absl::StatusOr<std::string> StoredFromServed(absl::string_view served) {
  const size_t width = served.size() / kHashSize;
  if (served.size() % kHashSize != 0 || width == 0 || width > kTileWidth) {
    return absl::DataLossError(absl::StrCat(
        "tile: ", served.size(), " bytes, want 1..256 hashes of 32"));
  }
  std::string stored;
  stored.reserve(StoredTileSize(static_cast<uint16_t>(width)));
  absl::StrAppend(&stored, served);
  AppendHashes(MidsOf(served, 0, width / kMidWidth), &stored);
  return stored;
}

absl::Status CheckMids(absl::string_view stored) {
  ASSIGN_OR_RETURN(const uint16_t width, StoredTileWidth(stored));
  const std::vector<Hash> mids = MidsOf(stored, 0, width / kMidWidth);
  for (size_t i = 0; i < mids.size(); ++i) {
    if (mids[i] != merkle::HashAt(stored, width + i)) {
      return absl::DataLossError(absl::StrCat(
          "stored tile: mid ", i, " is not the node above its 16 hashes"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<TileView> TileView::Create(absl::string_view stored) {
  TileView view;
  ASSIGN_OR_RETURN(view.width_, StoredTileWidth(stored));
  view.stored_ = stored;
  return view;
}

Hash TileView::Node(int height, uint64_t position) const {
  const bool from_mids = height >= kMidHeight;
  const size_t count = size_t{1} << (from_mids ? height - kMidHeight : height);
  const size_t first = (from_mids ? width_ : 0) + position * count;
  if (count == 1) return merkle::HashAt(stored_, first);
  Row row = LoadRow(stored_, first, count);
  return FoldRow(&row, count);
}

absl::StatusOr<Hash> NodeInTile(absl::string_view stored, int height,
                                uint64_t position) {
  ASSIGN_OR_RETURN(const TileView tile, TileView::Create(stored));
  if (height < 0 || height > kTileHeight || !tile.Holds(height, position)) {
    return absl::DataLossError(
        absl::StrCat("stored tile of ", int{tile.width()},
                     " hashes has no node ", position, " of height ", height));
  }
  return tile.Node(height, position);
}

}  // namespace sightline::tiles
