#include "web/tlog_handler.h"

#include <cstdint>
#include <utility>

#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "storage/store_log_reader.h"
#include "tiles/tile_codec.h"
#include "web/read_answer.h"

namespace sightline::web {

void TlogHandler::Handle(const Request& request, Reply reply) {
  SendRead(AnswerTilePath(
               request, [&] { return Checkpoint(request); },
               [&](const tiles::TileResource& resource) {
                 return Resource(request, resource);
               }),
           std::move(reply));
}

Response TlogHandler::Checkpoint(const Request& request) const {
  const std::shared_ptr<const publish::PublishedTree> tree = published_();
  if (tree->checkpoint.empty()) return NotThere("the log has no entry yet");
  return CheckpointAnswer(request, tree->checkpoint);
}

absl::StatusOr<std::string> TlogHandler::FirstTile() const {
  ASSIGN_OR_RETURN(const tiles::PinnedBytes first, store_->StoredTile(0, 0));
  return std::string(first.bytes());
}

Response TlogHandler::Resource(const Request& request,
                               const tiles::TileResource& resource) {
  const tiles::TileCoord& coord = resource.coord;
  const uint64_t size = published_()->tree_size;
  if (coord.width > tiles::WidthAt(coord.level, coord.index, size)) {
    return NotThere("beyond the published tree");
  }
  const absl::StatusOr<std::string> tag =
      tag_.Get([this] { return FirstTile(); });
  if (!tag.ok()) return Failed(request, tag.status());
  const std::string name = ResourceName(*tag, resource);
  if (auto response = NotModified(request, resource, name)) {
    return *std::move(response);
  }
  return resource.kind == tiles::TileResource::Kind::kTile
             ? Tile(request, coord, name)
             : Bundle(request, coord, name);
}

Response TlogHandler::Tile(const Request& request,
                           const tiles::TileCoord& coord,
                           absl::string_view name) const {
  absl::StatusOr<tiles::PinnedBytes> stored =
      store_->StoredTile(coord.level, coord.index);
  if (!stored.ok()) return Failed(request, stored.status());
  const absl::StatusOr<absl::string_view> served =
      tiles::ServedTile(stored->bytes(), coord.width);
  if (!served.ok()) return Failed(request, served.status());
  return TileAnswer(
      tiles::PinnedBytes(
          *served, std::make_unique<tiles::PinnedBytes>(*std::move(stored))),
      name);
}

Response TlogHandler::Bundle(const Request& request,
                             const tiles::TileCoord& coord,
                             absl::string_view name) const {
  storage::StoreLogReader reader(store_);
  absl::StatusOr<std::string> bundle =
      reader.ReadEntryBundle(coord.index, coord.width);
  if (!bundle.ok()) return Failed(request, bundle.status());
  return BundleAnswer(request, *std::move(bundle), name);
}

Response TlogHandler::Failed(const Request& request,
                             const absl::Status& status) const {
  return ReadFailed(request, status, diagnostics_);
}

}  // namespace sightline::web
