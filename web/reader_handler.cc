#include "web/reader_handler.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/gzip.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note.h"
#include "merkle/hash.h"
#include "tiles/entry_bundle.h"
#include "web/http_status.h"
#include "web/request_headers.h"

namespace sightline::web {
namespace {

constexpr absl::string_view kText = "text/plain; charset=utf-8";
constexpr absl::string_view kBinary = "application/octet-stream";
constexpr absl::string_view kImmutable = "public, max-age=31536000, immutable";
constexpr absl::string_view kSeconds = "public, max-age=2";
constexpr size_t kMostCompressed = 1 << 20;

Response NotFound(absl::string_view why) {
  Response response = TextResponse(404, why);
  response.Add("Cache-Control", "no-cache");  // it may be there in a second
  return response;
}

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
  Response response = Answer(request);
  response.Add("Access-Control-Allow-Origin", "*")
      .Add("X-Content-Type-Options", "nosniff");
  reply.Send(std::move(response));
}

Response ReaderHandler::Answer(const Request& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    Response response = TextResponse(405, "only GET and HEAD");
    response.Add("Allow", "GET, HEAD");
    return response;
  }
  absl::string_view path = request.path();
  if (!absl::ConsumePrefix(&path, "/")) return NotFound("no such path");
  const absl::StatusOr<tiles::TileResource> resource =
      tiles::ParseTilePath(path);
  if (path != "checkpoint" && !resource.ok()) return NotFound("no such path");
  absl::StatusOr<std::string> note = reader_->ReadCheckpoint();
  if (absl::IsNotFound(note.status())) return NotFound("no checkpoint yet");
  if (!note.ok()) return Failed(request, note.status());
  if (resource.ok()) return Resource(request, *resource, *note);
  Response response;
  response.Add("Content-Type", kText).Add("Cache-Control", kSeconds);
  response.body = tiles::PinnedBytes::FromString(*std::move(note));
  return response;
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
                                 const tiles::TileResource& resource,
                                 const std::string& note) const {
  const absl::StatusOr<uint64_t> size = SizeOf(note);
  if (!size.ok()) return Failed(request, size.status());
  const uint16_t width =
      tiles::WidthAt(resource.coord.level, resource.coord.index, *size);
  if (resource.coord.width > width) return NotFound("beyond the tree");
  absl::StatusOr<std::string> bytes = Read(resource, width);
  if (!bytes.ok()) return Failed(request, bytes.status());
  Response response;
  response.Add("Content-Type", kBinary).Add("Cache-Control", kImmutable);
  if (resource.kind != tiles::TileResource::Kind::kTile) {
    response.Add("Vary", "Accept-Encoding");
    if (bytes->size() <= kMostCompressed &&
        AcceptsGzip(request.header("Accept-Encoding"))) {
      response.Add("Content-Encoding", "gzip");
      bytes = base::GzipCompress(*bytes);
    }
  }
  response.body = tiles::PinnedBytes::FromString(*std::move(bytes));
  return response;
}

Response ReaderHandler::Failed(const Request& request,
                               const absl::Status& status) const {
  diagnostics_->Error("http_read_failed", {{"path", request.path()},
                                           {"status", status.ToString()}});
  if (absl::IsUnavailable(status)) return FailureResponse(status);
  return FailureResponse(absl::DataLossError(status.message()));
}

}  // namespace sightline::web
