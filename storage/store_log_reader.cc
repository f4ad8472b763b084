#include "storage/store_log_reader.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "tiles/entry_bundle.h"
#include "tiles/pinned_bytes.h"
#include "tiles/tile.h"
#include "tiles/tile_codec.h"

namespace sightline::storage {

absl::StatusOr<std::string> StoreLogReader::ReadTile(uint8_t level,
                                                     uint64_t index,
                                                     uint16_t width) {
  ASSIGN_OR_RETURN(const tiles::PinnedBytes stored,
                   store_->StoredTile(level, index));
  ASSIGN_OR_RETURN(const uint16_t stored_width,
                   tiles::StoredTileWidth(stored.bytes()));
  if (width > stored_width) {
    return absl::NotFoundError(absl::StrCat("tile ", level, "/", index, ": ",
                                            stored_width, " hashes, want ",
                                            width));
  }
  ASSIGN_OR_RETURN(const absl::string_view served,
                   tiles::ServedTile(stored.bytes(), width));
  return std::string(served);
}

absl::StatusOr<std::string> StoreLogReader::ReadEntryBundle(uint64_t index,
                                                            uint16_t width) {
  const uint64_t begin = index * tiles::kTileWidth;
  std::string bundle;
  absl::Status packed;
  const absl::Status read = store_->ReadEntries(
      begin, begin + width, [&](uint64_t, absl::string_view entry) {
        packed = tiles::AppendEntry(entry, &bundle);
        return packed.ok();
      });
  if (absl::IsOutOfRange(read)) {
    return absl::NotFoundError(
        absl::StrCat("entry bundle ", index, ": ", read.message()));
  }
  RETURN_IF_ERROR(read);
  RETURN_IF_ERROR(packed);
  return bundle;
}

absl::StatusOr<std::string> StoreLogReader::ReadCheckpoint() {
  return store_->ReadNewestCheckpoint();
}

absl::Status StoreLogReader::ReadEntries(uint64_t begin, uint64_t end,
                                         Visitor visit) {
  return store_->ReadEntries(begin, end, visit);
}

}  // namespace sightline::storage
