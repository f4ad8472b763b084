#include "monitor/tile_export.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "checkpoint/note.h"
#include "crypto/sha256.h"
#include "merkle/compact_range.h"
#include "merkle/hash.h"
#include "monitor/static_files.h"
#include "monitor/tile_check.h"
#include "tiles/entry_bundle.h"
#include "tiles/tile.h"

namespace sightline::monitor {
namespace {

using checkpoint::Checkpoint;
using merkle::Hash;

constexpr absl::string_view kCheckpoint = "checkpoint";

absl::StatusOr<Checkpoint> OpenNote(absl::string_view bytes,
                                    const checkpoint::LogKeySet* trusted) {
  if (trusted != nullptr) {
    ASSIGN_OR_RETURN(const checkpoint::OpenedCheckpoint opened,
                     trusted->OpenCheckpoint(bytes));
    return opened.checkpoint;
  }
  ASSIGN_OR_RETURN(const checkpoint::Note note, checkpoint::ParseNote(bytes));
  return checkpoint::ParseCheckpoint(note.text);
}

std::string BytesOf(absl::Span<const Hash> hashes) {
  std::string bytes;
  bytes.reserve(hashes.size() * merkle::kHashSize);
  for (const Hash& hash : hashes)
    absl::StrAppend(&bytes, crypto::AsBytes(hash));
  return bytes;
}

// What is proven of the full bundles so far: enough to go on from.
struct Proven {
  merkle::CompactRange range;
  // Of each level above 0, the hashes of the tile that is not full.
  std::array<std::vector<Hash>, tiles::kTreeLevels + 1> edge;
  std::array<uint64_t, tiles::kTreeLevels + 1> full = {};
};

}  // namespace

class TileExporter::Impl {
 public:
  explicit Impl(const TileExportOptions& options)
      : files_(options.files), options_(options) {}

  absl::Status Open();

  absl::StatusOr<TileExportReport> Run(const std::string& note,
                                       tiles::EntrySource* source);

 private:
  absl::StatusOr<TileExportReport> Update(const std::string& note);
  absl::Status Write(absl::string_view path, absl::string_view bytes);
  absl::Status ReadOldCheckpoint();
  // Entries and leaf hashes of one bundle, from the folder or the source.
  absl::Status Bundle(uint64_t index, uint16_t width);
  absl::StatusOr<bool> KeepBundle(uint64_t index);
  absl::StatusOr<std::string> FetchBundle(uint64_t index, uint16_t width);
  absl::Status Append(const Hash& leaf);
  // Takes the root of a full tile of `level` - 1 up.
  absl::Status AddHash(uint8_t level, const Hash& hash);
  // A tile that was not in the folder.
  absl::Status WriteTile(const tiles::TileCoord& coord,
                         absl::Span<const Hash> hashes);
  absl::Status WritePartialTiles();
  absl::Status RemoveOldPartials();

  std::optional<StaticFiles> folder_;  // when it is one of ours
  tiles::LogFiles* files_;
  uint64_t files_written_ = 0;
  uint64_t bytes_written_ = 0;
  tiles::EntrySource* source_ = nullptr;
  const TileExportOptions& options_;

  Checkpoint new_;
  std::optional<Checkpoint> old_;  // in the folder
  Proven at_;
  Proven full_;  // as of the last full bundle
  uint64_t kept_ = 0;
};

absl::Status TileExporter::Impl::Open() {
  if (files_ != nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(folder_, StaticFiles::Open(options_.folder));
  files_ = &*folder_;
  return folder_->RemoveUnfinished();
}

absl::Status TileExporter::Impl::Write(absl::string_view path,
                                       absl::string_view bytes) {
  RETURN_IF_ERROR(files_->Write(path, bytes));
  ++files_written_;
  bytes_written_ += bytes.size();
  return absl::OkStatus();
}

absl::Status TileExporter::Impl::ReadOldCheckpoint() {
  const absl::StatusOr<std::string> note = files_->Read(kCheckpoint);
  if (absl::IsNotFound(note.status())) return absl::OkStatus();
  RETURN_IF_ERROR(note.status());
  absl::StatusOr<Checkpoint> old = OpenNote(*note, nullptr);
  if (!old.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the folder's checkpoint is malformed: ", old.status().message()));
  }
  if (old->origin != new_.origin) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the folder holds another log: ", old->origin, ", not ", new_.origin));
  }
  if (old->tree_size > new_.tree_size) {
    return absl::FailedPreconditionError(
        absl::StrCat("the folder's checkpoint is newer: ", old->tree_size,
                     " entries, the log's ", new_.tree_size));
  }
  old_ = *std::move(old);
  return absl::OkStatus();
}

absl::StatusOr<TileExportReport> TileExporter::Impl::Run(
    const std::string& note, tiles::EntrySource* source) {
  source_ = source;
  absl::StatusOr<TileExportReport> report = Update(note);
  if (!report.ok()) {
    full_ = {};
    kept_ = 0;
  }
  return report;
}

absl::StatusOr<TileExportReport> TileExporter::Impl::Update(
    const std::string& note) {
  ASSIGN_OR_RETURN(new_, OpenNote(note, options_.trusted));
  old_.reset();
  RETURN_IF_ERROR(ReadOldCheckpoint());
  at_ = full_;
  const uint64_t size = new_.tree_size;
  if (size < at_.range.size()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the checkpoint has ", size, " entries, the folder ",
                     at_.range.size(), " that are proven"));
  }
  for (uint64_t done = at_.range.size(); done < size;) {
    const uint64_t index = done / tiles::kTileWidth;
    const uint16_t width = tiles::WidthAt(0, index, size);
    RETURN_IF_ERROR(Bundle(index, width));
    done += width;
    if (width == tiles::kTileWidth) full_ = at_;
    if (options_.progress) options_.progress(done, size);
  }
  if (at_.range.Root() != new_.root_hash) {
    return absl::DataLossError(absl::StrCat(
        "the entries do not lead to the root of the checkpoint; of them ",
        kept_, " were in the folder already",
        kept_ > 0 ? " (empty it, if that was another log's)" : ""));
  }
  RETURN_IF_ERROR(WritePartialTiles());
  RETURN_IF_ERROR(files_->Sync());
  RETURN_IF_ERROR(Write(kCheckpoint, note));
  RETURN_IF_ERROR(files_->Sync());
  RETURN_IF_ERROR(RemoveOldPartials());
  TileExportReport report;
  report.checkpoint = new_;
  report.entries_kept = kept_;
  report.files_written = files_written_;
  report.bytes_written = bytes_written_;
  return report;
}

absl::Status TileExporter::Impl::Append(const Hash& leaf) {
  at_.range.Append(leaf);
  if (!old_.has_value() || at_.range.size() != old_->tree_size ||
      at_.range.Root() == old_->root_hash) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "the folder's checkpoint of ", old_->tree_size,
      " entries has another root than this log had: one of them is a fork"));
}

// Whether the folder has the full bundle, and the tile that it hashes to.
absl::StatusOr<bool> TileExporter::Impl::KeepBundle(uint64_t index) {
  const absl::StatusOr<std::string> tile =
      files_->Read(tiles::TilePath({0, index, tiles::kTileWidth}));
  if (absl::IsNotFound(tile.status())) return false;
  RETURN_IF_ERROR(tile.status());
  const absl::StatusOr<std::string> bundle =
      files_->Read(tiles::EntryBundlePath(index, tiles::kTileWidth));
  if (absl::IsNotFound(bundle.status())) return false;
  RETURN_IF_ERROR(bundle.status());
  const auto entries = tiles::ParseEntryBundle(*bundle, tiles::kTileWidth);
  if (!entries.ok()) return false;
  std::vector<Hash> leaves;
  for (const absl::string_view entry : *entries) {
    leaves.push_back(merkle::LeafHash(entry));
  }
  if (BytesOf(leaves) != *tile) return false;
  for (const Hash& leaf : leaves) RETURN_IF_ERROR(Append(leaf));
  kept_ += leaves.size();
  RETURN_IF_ERROR(AddHash(1, FoldTile(leaves).edge.front()));
  return true;
}

absl::StatusOr<std::string> TileExporter::Impl::FetchBundle(uint64_t index,
                                                            uint16_t width) {
  const uint64_t begin = index * tiles::kTileWidth;
  std::string bundle;
  absl::Status packed;
  uint64_t read = 0;
  RETURN_IF_ERROR(source_->ReadEntries(
      begin, begin + width, [&](uint64_t, absl::string_view entry) {
        packed = tiles::AppendEntry(entry, &bundle);
        ++read;
        return packed.ok();
      }));
  RETURN_IF_ERROR(packed);
  if (read == width) return bundle;
  return absl::DataLossError(absl::StrCat("entry bundle ", index, ": ", read,
                                          " entries, want ", width));
}

absl::Status TileExporter::Impl::Bundle(uint64_t index, uint16_t width) {
  if (width == tiles::kTileWidth) {
    ASSIGN_OR_RETURN(const bool kept, KeepBundle(index));
    if (kept) return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::string bundle, FetchBundle(index, width));
  ASSIGN_OR_RETURN(const auto entries, tiles::ParseEntryBundle(bundle, width));
  std::vector<Hash> leaves;
  for (const absl::string_view entry : entries) {
    leaves.push_back(merkle::LeafHash(entry));
    RETURN_IF_ERROR(Append(leaves.back()));
  }
  RETURN_IF_ERROR(Write(tiles::EntryBundlePath(index, width), bundle));
  RETURN_IF_ERROR(WriteTile({0, index, width}, leaves));
  if (width < tiles::kTileWidth) return absl::OkStatus();
  return AddHash(1, FoldTile(leaves).edge.front());
}

absl::Status TileExporter::Impl::WriteTile(const tiles::TileCoord& coord,
                                           absl::Span<const Hash> hashes) {
  const std::string bytes = BytesOf(hashes);
  const std::string path = tiles::TilePath(coord);
  if (options_.shown != nullptr) {
    ASSIGN_OR_RETURN(
        const std::string shown,
        options_.shown->ReadTile(coord.level, coord.index, coord.width));
    if (shown != bytes) {
      return absl::DataLossError(
          absl::StrCat(path, " is not made of the entries below it"));
    }
  }
  return Write(path, bytes);
}

absl::Status TileExporter::Impl::AddHash(uint8_t level, const Hash& hash) {
  std::vector<Hash>& tile = at_.edge[level];
  tile.push_back(hash);
  if (tile.size() < tiles::kTileWidth) return absl::OkStatus();
  RETURN_IF_ERROR(
      WriteTile({level, at_.full[level]++, tiles::kTileWidth}, tile));
  const Hash root = FoldTile(tile).edge.front();
  tile.clear();
  return level < tiles::kTreeLevels ? AddHash(level + 1, root)
                                    : absl::OkStatus();
}

absl::Status TileExporter::Impl::WritePartialTiles() {
  for (uint8_t level = 1; level <= tiles::kTreeLevels; ++level) {
    if (at_.edge[level].empty()) continue;
    const auto width = static_cast<uint16_t>(at_.edge[level].size());
    RETURN_IF_ERROR(
        WriteTile({level, at_.full[level], width}, at_.edge[level]));
  }
  return absl::OkStatus();
}

// A partial tile is served until the full one is there.
absl::Status TileExporter::Impl::RemoveOldPartials() {
  if (!old_.has_value()) return absl::OkStatus();
  for (uint8_t level = 0; level < tiles::kTreeLevels; ++level) {
    const uint64_t index = tiles::FullTiles(level, old_->tree_size);
    if (index >= tiles::FullTiles(level, new_.tree_size)) continue;
    RETURN_IF_ERROR(files_->Remove(absl::StrCat(
        tiles::TilePath({level, index, tiles::kTileWidth}), ".p")));
    if (level > 0) continue;
    RETURN_IF_ERROR(files_->Remove(
        absl::StrCat(tiles::EntryBundlePath(index, tiles::kTileWidth), ".p")));
  }
  return absl::OkStatus();
}

TileExporter::TileExporter(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

TileExporter::~TileExporter() = default;

absl::StatusOr<std::unique_ptr<TileExporter>> TileExporter::Open(
    const TileExportOptions& options) {
  auto impl = std::make_unique<Impl>(options);
  RETURN_IF_ERROR(impl->Open());
  return std::unique_ptr<TileExporter>(new TileExporter(std::move(impl)));
}

absl::StatusOr<TileExportReport> TileExporter::Update(
    const std::string& checkpoint, tiles::EntrySource* entries) {
  return impl_->Run(checkpoint, entries);
}

absl::StatusOr<TileExportReport> ExportTiles(const std::string& checkpoint,
                                             tiles::EntrySource* entries,
                                             const TileExportOptions& options) {
  ASSIGN_OR_RETURN(const auto exporter, TileExporter::Open(options));
  return exporter->Update(checkpoint, entries);
}

}  // namespace sightline::monitor
