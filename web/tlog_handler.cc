#include "web/tlog_handler.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/gzip.h"
#include "base/status_macros.h"
#include "storage/store_log_reader.h"
#include "tiles/tile_codec.h"
#include "web/http_status.h"
#include "web/read_answer.h"
#include "web/request_headers.h"

namespace sightline::web {
namespace {

constexpr absl::string_view kText = "text/plain; charset=utf-8";
constexpr absl::string_view kBinary = "application/octet-stream";
constexpr absl::string_view kImmutable = "public, max-age=31536000, immutable";
constexpr absl::string_view kSeconds = "public, max-age=2";
constexpr absl::string_view kNotKept = "no-cache";

constexpr size_t kTagBytes = 6;
// Compressing holds an I/O thread: not for more than some 10 ms.
constexpr size_t kMostCompressed = 1 << 20;
constexpr absl::string_view kGzipSuffix = "-gz";

std::string PathOf(const tiles::TileResource& resource) {
  return resource.kind == tiles::TileResource::Kind::kTile
             ? tiles::TilePath(resource.coord)
             : tiles::EntryBundlePath(resource.coord.index,
                                      resource.coord.width);
}

Response NotModified(absl::string_view etag) {
  Response response;
  response.status = 304;
  response.Add("ETag", etag);
  return response;
}

Response NotFound(absl::string_view why) {
  Response response = TextResponse(404, why);
  response.Add("Cache-Control", kNotKept);  // it may be there in a second
  return response;
}

}  // namespace

void TlogHandler::Handle(const Request& request, Reply reply) {
  SendRead(Answer(request), std::move(reply));
}

Response TlogHandler::Answer(const Request& request) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  absl::string_view path = request.path();
  if (path == "*" && !reads) return OtherMethod(request);
  if (path == "/checkpoint") {
    return reads ? Checkpoint(request) : OtherMethod(request);
  }
  if (!absl::ConsumePrefix(&path, "/")) return NotFound("no such path");
  const absl::StatusOr<tiles::TileResource> resource =
      tiles::ParseTilePath(path);
  if (!resource.ok()) return NotFound("no such path");
  return reads ? Resource(request, *resource) : OtherMethod(request);
}

Response TlogHandler::Checkpoint(const Request& request) const {
  const std::shared_ptr<const publish::PublishedTree> tree = published_();
  if (tree->checkpoint.empty()) return NotFound("the log has no entry yet");
  Response response = AnswerWithTag(request, tree->checkpoint, kSeconds);
  if (response.status != 200) return response;
  response.Add("Content-Type", kText);
  response.body = tiles::PinnedBytes::FromString(tree->checkpoint);
  return response;
}

absl::StatusOr<std::string> TlogHandler::LogTag() {
  base::MutexLock lock(&mutex_);
  if (log_tag_.empty()) {
    ASSIGN_OR_RETURN(const tiles::PinnedBytes first, store_->StoredTile(0, 0));
    log_tag_ = base::HexEncode(first.bytes().substr(0, kTagBytes));
  }
  return log_tag_;
}

Response TlogHandler::Resource(const Request& request,
                               const tiles::TileResource& resource) {
  const tiles::TileCoord& coord = resource.coord;
  const uint64_t size = published_()->tree_size;
  if (coord.width > tiles::WidthAt(coord.level, coord.index, size)) {
    return NotFound("beyond the published tree");
  }
  const absl::StatusOr<std::string> tag = LogTag();
  if (!tag.ok()) return Failed(request, tag.status());
  const std::string name = absl::StrCat(*tag, "/", PathOf(resource));
  const std::string etag = absl::StrCat("\"", name, "\"");
  const bool is_tile = resource.kind == tiles::TileResource::Kind::kTile;
  const absl::string_view if_none_match = request.header("If-None-Match");
  if (!if_none_match.empty()) {
    const std::string gzip_etag = absl::StrCat("\"", name, kGzipSuffix, "\"");
    const bool plain = NamesETag(if_none_match, etag);
    if (plain || (!is_tile && NamesETag(if_none_match, gzip_etag))) {
      Response response = NotModified(plain ? etag : gzip_etag);
      response.Add("Cache-Control", kImmutable);
      return response;
    }
  }
  if (is_tile) return Tile(request, coord, etag);
  return Bundle(request, coord, name);
}

Response TlogHandler::Tile(const Request& request,
                           const tiles::TileCoord& coord,
                           absl::string_view etag) const {
  absl::StatusOr<tiles::PinnedBytes> stored =
      store_->StoredTile(coord.level, coord.index);
  if (!stored.ok()) return Failed(request, stored.status());
  const absl::StatusOr<absl::string_view> served =
      tiles::ServedTile(stored->bytes(), coord.width);
  if (!served.ok()) return Failed(request, served.status());
  Response response;
  response.Add("Content-Type", kBinary)
      .Add("Cache-Control", kImmutable)
      .Add("ETag", etag);
  response.body = tiles::PinnedBytes(
      *served, std::make_unique<tiles::PinnedBytes>(*std::move(stored)));
  return response;
}

Response TlogHandler::Bundle(const Request& request,
                             const tiles::TileCoord& coord,
                             absl::string_view name) const {
  storage::StoreLogReader reader(store_);
  absl::StatusOr<std::string> bundle =
      reader.ReadEntryBundle(coord.index, coord.width);
  if (!bundle.ok()) return Failed(request, bundle.status());
  Response response;
  response.Add("Content-Type", kBinary)
      .Add("Cache-Control", kImmutable)
      .Add("Vary", "Accept-Encoding");
  if (bundle->size() <= kMostCompressed &&
      AcceptsGzip(request.header("Accept-Encoding"))) {
    response.Add("Content-Encoding", "gzip")
        .Add("ETag", absl::StrCat("\"", name, kGzipSuffix, "\""));
    response.body = tiles::PinnedBytes::FromString(base::GzipCompress(*bundle));
    return response;
  }
  response.Add("ETag", absl::StrCat("\"", name, "\""));
  response.body = tiles::PinnedBytes::FromString(*std::move(bundle));
  return response;
}

Response TlogHandler::Failed(const Request& request,
                             const absl::Status& status) const {
  // It is in the published tree, so it must be there.
  diagnostics_->Error("http_read_failed", {{"path", request.path()},
                                           {"status", status.ToString()}});
  if (absl::IsUnavailable(status)) return FailureResponse(status);
  return FailureResponse(absl::DataLossError(status.message()));
}

}  // namespace sightline::web
