#include "client/resource_log_reader.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "merkle/hash.h"
#include "tiles/entry_bundle.h"
#include "tiles/tile.h"

namespace sightline::client {
namespace {

// A checkpoint with a hundred cosignatures fits.
constexpr size_t kMostCheckpoint = 64 << 10;
constexpr size_t kFullTileBytes = tiles::kTileWidth * merkle::kHashSize;
constexpr size_t kMostBundle =
    tiles::kMaxBundleEntries * (2 + tiles::kMaxEntryBytes);

// Bytes of the first `width` entries of a bundle of exactly `of` entries.
absl::StatusOr<size_t> BytesOfEntries(absl::string_view path,
                                      absl::string_view bundle, uint16_t width,
                                      uint16_t of) {
  const auto entries = tiles::ParseEntryBundle(bundle, of);
  if (!entries.ok()) {
    return absl::DataLossError(
        absl::StrCat(path, ": ", entries.status().message()));
  }
  const absl::string_view last = (*entries)[width - 1];
  return static_cast<size_t>(last.data() + last.size() - bundle.data());
}

}  // namespace

absl::StatusOr<std::string> ResourceLogReader::ReadTile(uint8_t level,
                                                        uint64_t index,
                                                        uint16_t width) {
  const size_t bytes = width * merkle::kHashSize;
  std::string path = tiles::TilePath({level, index, width});
  absl::StatusOr<std::string> tile = resources_->Get(path, bytes);
  size_t want = bytes;
  if (absl::IsNotFound(tile.status()) && width < tiles::kTileWidth) {
    path = tiles::TilePath({level, index, tiles::kTileWidth});
    tile = resources_->Get(path, kFullTileBytes);
    want = kFullTileBytes;
  }
  RETURN_IF_ERROR(tile.status());
  if (tile->size() != want) {
    return absl::DataLossError(
        absl::StrCat(path, ": ", tile->size(), " bytes, want ", want));
  }
  tile->resize(bytes);
  return tile;
}

absl::StatusOr<std::string> ResourceLogReader::ReadEntryBundle(uint64_t index,
                                                               uint16_t width) {
  std::string path = tiles::EntryBundlePath(index, width);
  absl::StatusOr<std::string> bundle = resources_->Get(path, kMostBundle);
  uint16_t entries = width;
  if (absl::IsNotFound(bundle.status()) && width < tiles::kTileWidth) {
    path = tiles::EntryBundlePath(index, tiles::kTileWidth);
    bundle = resources_->Get(path, kMostBundle);
    entries = tiles::kTileWidth;
  }
  RETURN_IF_ERROR(bundle.status());
  ASSIGN_OR_RETURN(const size_t bytes,
                   BytesOfEntries(path, *bundle, width, entries));
  bundle->resize(bytes);
  return bundle;
}

absl::StatusOr<std::string> ResourceLogReader::ReadCheckpoint() {
  return resources_->Get("checkpoint", kMostCheckpoint);
}

}  // namespace sightline::client
