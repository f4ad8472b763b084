#include "web/reader_handler.h"

#include <utility>

#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note.h"
#include "merkle/hash.h"
#include "tiles/entry_bundle.h"
#include "tiles/pinned_bytes.h"
#include "web/read_answer.h"

namespace sightline::web {
namespace {

absl::StatusOr<uint64_t> SizeOf(const std::string& note_bytes) {
  ASSIGN_OR_RETURN(const checkpoint::Note note,
                   checkpoint::ParseNote(note_bytes));
  ASSIGN_OR_RETURN(const checkpoint::Checkpoint tree,
                   checkpoint::ParseCheckpoint(note.text));
  return tree.tree_size;
}

// The first `width` entries of a bundle.
absl::StatusOr<std::string> FirstEntries(const std::string& bundle,
                                         uint16_t width) {
  tiles::EntryBundleReader reader(bundle);
  std::string out;
  absl::string_view entry;
  for (uint16_t i = 0; i < width; ++i) {
    if (!reader.Next(&entry)) return absl::DataLossError("too few entries");
    RETURN_IF_ERROR(tiles::AppendEntry(entry, &out));
  }
  return out;
}

}  // namespace

void ReaderHandler::Handle(const Request& request, Reply reply) {
  SendRead(AnswerTilePath(
               request, [&] { return Checkpoint(request); },
               [&](const tiles::TileResource& resource) {
                 return Resource(request, resource);
               }),
           std::move(reply));
}

Response ReaderHandler::Unread(const Request& request,
                               const absl::Status& status) const {
  return absl::IsNotFound(status) ? NotThere("no checkpoint yet")
                                  : Failed(request, status);
}

Response ReaderHandler::Checkpoint(const Request& request) const {
  const absl::StatusOr<std::string> note = reader_->ReadCheckpoint();
  return note.ok() ? CheckpointAnswer(request, *note)
                   : Unread(request, note.status());
}

absl::StatusOr<std::string> ReaderHandler::Read(
    const tiles::TileResource& resource, uint16_t width) const {
  const tiles::TileCoord& coord = resource.coord;
  if (resource.kind == tiles::TileResource::Kind::kTile) {
    ASSIGN_OR_RETURN(std::string tile,
                     reader_->ReadTile(coord.level, coord.index, width));
    tile.resize(coord.width * merkle::kHashSize);
    return tile;
  }
  ASSIGN_OR_RETURN(std::string bundle,
                   reader_->ReadEntryBundle(coord.index, width));
  if (coord.width == width) return bundle;
  return FirstEntries(bundle, coord.width);
}

Response ReaderHandler::Resource(const Request& request,
                                 const tiles::TileResource& resource) {
  const absl::StatusOr<std::string> note = reader_->ReadCheckpoint();
  if (!note.ok()) return Unread(request, note.status());
  const absl::StatusOr<uint64_t> size = SizeOf(*note);
  if (!size.ok()) return Failed(request, size.status());
  const uint16_t width =
      tiles::WidthAt(resource.coord.level, resource.coord.index, *size);
  if (resource.coord.width > width)
    return NotThere("beyond the published tree");
  const absl::StatusOr<std::string> tag = tag_.Get(
      [&] { return reader_->ReadTile(0, 0, tiles::WidthAt(0, 0, *size)); });
  if (!tag.ok()) return Failed(request, tag.status());
  const std::string name = ResourceName(*tag, resource);
  if (auto response = NotModified(request, resource, name)) {
    return *std::move(response);
  }
  absl::StatusOr<std::string> bytes = Read(resource, width);
  if (!bytes.ok()) return Failed(request, bytes.status());
  return resource.kind == tiles::TileResource::Kind::kTile
             ? TileAnswer(tiles::PinnedBytes::FromString(*std::move(bytes)),
                          name)
             : BundleAnswer(request, *std::move(bytes), name);
}

Response ReaderHandler::Failed(const Request& request,
                               const absl::Status& status) const {
  return ReadFailed(request, status, diagnostics_);
}

}  // namespace sightline::web
