#include "mirror/log_copy.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note.h"
#include "crypto/sha256.h"
#include "merkle/batch_tree.h"
#include "merkle/compact_range.h"
#include "tiles/entry_bundle.h"
#include "tiles/log_tile_source.h"
#include "tiles/proof_builder.h"
#include "tiles/tile.h"
#include "tiles/tile_builder.h"
#include "tiles/tile_codec.h"

namespace sightline::mirror {
namespace {

using merkle::Hash;
using tiles::kTileWidth;

constexpr absl::string_view kHeld = "held";
constexpr absl::string_view kHeldFirstLine = "sightline-mirror-held/v1";
constexpr absl::string_view kCheckpoint = "checkpoint";

std::string FormatHeld(uint64_t size, const Hash& root) {
  return absl::StrCat(kHeldFirstLine, "\n", size, "\n",
                      base::Base64Encode(crypto::AsBytes(root)), "\n");
}

absl::StatusOr<std::string> FirstEntries(absl::string_view bundle,
                                         uint64_t count) {
  tiles::EntryBundleReader reader(bundle);
  std::string out;
  absl::string_view entry;
  for (uint64_t i = 0; i < count; ++i) {
    if (!reader.Next(&entry)) return absl::DataLossError("too few entries");
    RETURN_IF_ERROR(tiles::AppendEntry(entry, &out));
  }
  return out;
}

// Whether the tree of `size` has exactly this partial tile.
bool HasPartial(int level, uint64_t index, uint16_t width, uint64_t size) {
  return tiles::FullTiles(level, size) == index &&
         tiles::PartialWidth(level, size) == width;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogCopy>> LogCopy::Open(tiles::LogFiles* files) {
  std::unique_ptr<LogCopy> copy(new LogCopy(files));
  RETURN_IF_ERROR(copy->ReadHeld());
  RETURN_IF_ERROR(copy->ReadNote());
  return copy;
}

absl::Status LogCopy::ReadHeld() {
  const absl::StatusOr<std::string> bytes = files_->Read(kHeld);
  if (absl::IsNotFound(bytes.status())) return absl::OkStatus();
  RETURN_IF_ERROR(bytes.status());
  const std::vector<absl::string_view> lines = absl::StrSplit(*bytes, '\n');
  const auto size = lines.size() > 1 ? base::ParseDecimal(lines[1])
                                     : absl::StatusOr<uint64_t>(0);
  if (lines.size() != 4 || !size.ok() || *size > merkle::kMaxTreeSize) {
    return absl::DataLossError("the file `held` is malformed");
  }
  next_ = *size;
  ASSIGN_OR_RETURN(const Hash root, Root(next_));
  if (*bytes == FormatHeld(next_, root)) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the tiles of ", next_,
                                          " entries have another root than "
                                          "the file `held` says"));
}

absl::Status LogCopy::ReadNote() {
  absl::StatusOr<std::string> bytes = files_->Read(kCheckpoint);
  if (absl::IsNotFound(bytes.status())) return absl::OkStatus();
  RETURN_IF_ERROR(bytes.status());
  ASSIGN_OR_RETURN(const checkpoint::Note note, checkpoint::ParseNote(*bytes));
  ASSIGN_OR_RETURN(const checkpoint::Checkpoint tree,
                   checkpoint::ParseCheckpoint(note.text));
  if (tree.tree_size > next_) {
    return absl::FailedPreconditionError(
        absl::StrCat("the checkpoint has ", tree.tree_size, " entries, ", next_,
                     " are held: not the folder of uploads"));
  }
  published_ = tree.tree_size;
  note_ = *std::move(bytes);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Hash>> LogCopy::LeafHashes(uint64_t begin,
                                                      uint64_t end) const {
  std::vector<Hash> out;
  if (begin == end) return out;
  const uint64_t index = begin / kTileWidth;
  ASSIGN_OR_RETURN(const std::string tile,
                   reader_.ReadTile(0, index, tiles::WidthAt(0, index, next_)));
  for (uint64_t i = begin; i < end; ++i) {
    out.push_back(merkle::HashAt(tile, i - index * kTileWidth));
  }
  return out;
}

absl::StatusOr<Hash> LogCopy::Root(uint64_t size) const {
  if (size == 0) return merkle::EmptyRoot();
  const tiles::LogTileSource source(&reader_, next_);
  return tiles::ProofBuilder(&source).Root(size);
}

absl::Status LogCopy::CheckUsable() const {
  if (broken_.ok()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("a write failed before (", broken_.message(),
                   "); start again to see what is on disk"));
}

absl::Status LogCopy::Save(absl::Span<const absl::string_view> entries,
                           absl::Span<const Hash> leaf_hashes) {
  if (entries.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckUsable());
  broken_ = SaveAll(entries, leaf_hashes);
  return broken_;
}

absl::Status LogCopy::SaveAll(absl::Span<const absl::string_view> entries,
                              absl::Span<const Hash> leaf_hashes) {
  const uint64_t before = next_;
  const uint64_t after = next_ + entries.size();
  Hash root;
  RETURN_IF_ERROR(WriteBundles(entries));
  RETURN_IF_ERROR(WriteTiles(leaf_hashes, &root));
  // `held` must not reach the disk before what it counts.
  RETURN_IF_ERROR(files_->Sync());
  RETURN_IF_ERROR(files_->Write(kHeld, FormatHeld(after, root)));
  RETURN_IF_ERROR(files_->Sync());
  next_ = after;
  return RemovePartials(before);
}

absl::Status LogCopy::WriteBundles(
    absl::Span<const absl::string_view> entries) {
  uint64_t index = next_ / kTileWidth;
  uint64_t width = next_ % kTileWidth;
  std::string bundle;
  if (width > 0) {
    ASSIGN_OR_RETURN(
        bundle, reader_.ReadEntryBundle(index, static_cast<uint16_t>(width)));
  }
  for (size_t i = 0; i < entries.size(); ++i) {
    RETURN_IF_ERROR(tiles::AppendEntry(entries[i], &bundle));
    if (++width < kTileWidth && i + 1 < entries.size()) continue;
    RETURN_IF_ERROR(files_->Write(
        tiles::EntryBundlePath(index, static_cast<uint16_t>(width)), bundle));
    bundle.clear();
    width = 0;
    ++index;
  }
  return absl::OkStatus();
}

absl::Status LogCopy::WriteTiles(absl::Span<const Hash> leaf_hashes,
                                 Hash* root) {
  const tiles::LogTileSource source(&reader_, next_);
  merkle::CompactRange range;
  if (next_ > 0) {
    ASSIGN_OR_RETURN(range, tiles::ProofBuilder(&source).Range(next_));
  }
  ASSIGN_OR_RETURN(tiles::TileBuilder builder,
                   tiles::TileBuilder::Create(next_, source));
  merkle::BatchTree batch;
  batch.Reset(range, leaf_hashes);
  *root = batch.root();
  ASSIGN_OR_RETURN(const auto changed, builder.Build(batch));
  for (const tiles::StoredTile& tile : changed) {
    ASSIGN_OR_RETURN(const uint16_t width, tiles::StoredTileWidth(tile.value));
    ASSIGN_OR_RETURN(const absl::string_view served,
                     tiles::ServedTile(tile.value, width));
    RETURN_IF_ERROR(files_->Write(
        tiles::TilePath({tile.level, tile.index, width}), served));
  }
  return absl::OkStatus();
}

absl::Status LogCopy::Publish(uint64_t size, const std::string& note) {
  RETURN_IF_ERROR(CheckUsable());
  broken_ = PublishAll(size, note);
  return broken_;
}

absl::Status LogCopy::PublishAll(uint64_t size, const std::string& note) {
  const uint64_t before = published_;
  RETURN_IF_ERROR(WritePartials(size));
  RETURN_IF_ERROR(files_->Sync());
  RETURN_IF_ERROR(files_->Write(kCheckpoint, note));
  RETURN_IF_ERROR(files_->Sync());
  published_ = size;
  note_ = note;
  return RemoveFilled(before);
}

absl::Status LogCopy::WritePartials(uint64_t size) {
  if (size == next_) return absl::OkStatus();
  for (uint8_t level = 0; level < tiles::kTreeLevels; ++level) {
    const uint16_t width = tiles::PartialWidth(level, size);
    if (width == 0) continue;
    const uint64_t index = tiles::FullTiles(level, size);
    const uint16_t held = tiles::WidthAt(level, index, next_);
    ASSIGN_OR_RETURN(const std::string tile,
                     reader_.ReadTile(level, index, held));
    RETURN_IF_ERROR(files_->Write(
        tiles::TilePath({level, index, width}),
        absl::string_view(tile).substr(0, width * merkle::kHashSize)));
    if (level > 0) continue;
    ASSIGN_OR_RETURN(const std::string bundle,
                     reader_.ReadEntryBundle(index, held));
    ASSIGN_OR_RETURN(const std::string first, FirstEntries(bundle, width));
    RETURN_IF_ERROR(files_->Write(tiles::EntryBundlePath(index, width), first));
  }
  return absl::OkStatus();
}

absl::Status LogCopy::RemovePartials(uint64_t size) {
  for (uint8_t level = 0; level < tiles::kTreeLevels; ++level) {
    const uint16_t width = tiles::PartialWidth(level, size);
    if (width == 0) continue;
    const uint64_t index = tiles::FullTiles(level, size);
    if (HasPartial(level, index, width, next_) ||
        HasPartial(level, index, width, published_)) {
      continue;
    }
    RETURN_IF_ERROR(files_->Remove(tiles::TilePath({level, index, width})));
    if (level > 0) continue;
    RETURN_IF_ERROR(files_->Remove(tiles::EntryBundlePath(index, width)));
  }
  return absl::OkStatus();
}

absl::Status LogCopy::RemoveFilled(uint64_t before) {
  for (uint8_t level = 0; level < tiles::kTreeLevels; ++level) {
    const uint64_t end = tiles::FullTiles(level, published_);
    for (uint64_t i = tiles::FullTiles(level, before); i < end; ++i) {
      RETURN_IF_ERROR(files_->Remove(
          absl::StrCat(tiles::TilePath({level, i, kTileWidth}), ".p")));
      if (level > 0) continue;
      RETURN_IF_ERROR(files_->Remove(
          absl::StrCat(tiles::EntryBundlePath(i, kTileWidth), ".p")));
    }
  }
  return absl::OkStatus();
}

}  // namespace sightline::mirror
