#include "web/tile_answer.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/gzip.h"
#include "base/status_macros.h"
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

bool IsTile(const tiles::TileResource& resource) {
  return resource.kind == tiles::TileResource::Kind::kTile;
}

std::string Quoted(absl::string_view name, absl::string_view suffix = "") {
  return absl::StrCat("\"", name, suffix, "\"");
}

}  // namespace

Response AnswerTilePath(
    const Request& request, absl::FunctionRef<Response()> checkpoint,
    absl::FunctionRef<Response(const tiles::TileResource&)> resource) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  absl::string_view path = request.path();
  if (path == "*" && !reads) return OtherMethod(request);
  if (path == "/checkpoint") {
    return reads ? checkpoint() : OtherMethod(request);
  }
  if (!absl::ConsumePrefix(&path, "/")) return NotThere("no such path");
  const absl::StatusOr<tiles::TileResource> named = tiles::ParseTilePath(path);
  if (!named.ok()) return NotThere("no such path");
  return reads ? resource(*named) : OtherMethod(request);
}

Response NotThere(absl::string_view why) {
  Response response = TextResponse(404, why);
  response.Add("Cache-Control", kNotKept);
  return response;
}

Response ReadFailed(const Request& request, const absl::Status& status,
                    telemetry::Diagnostics* diagnostics) {
  diagnostics->Error("http_read_failed",
                     {{"path", request.path()}, {"status", status.ToString()}});
  if (absl::IsUnavailable(status)) return FailureResponse(status);
  return FailureResponse(absl::DataLossError(status.message()));
}

Response CheckpointAnswer(const Request& request, const std::string& note) {
  Response response = AnswerWithTag(request, note, kSeconds);
  if (response.status != 200) return response;
  response.Add("Content-Type", kText);
  response.body = tiles::PinnedBytes::FromString(note);
  return response;
}

absl::StatusOr<std::string> LogTag::Get(
    absl::FunctionRef<absl::StatusOr<std::string>()> first_tile) {
  {
    base::MutexLock lock(&mutex_);
    if (!tag_.empty()) return tag_;
  }
  ASSIGN_OR_RETURN(const std::string tile, first_tile());
  base::MutexLock lock(&mutex_);
  tag_ = base::HexEncode(absl::string_view(tile).substr(0, kTagBytes));
  return tag_;
}

std::string ResourceName(absl::string_view log_tag,
                         const tiles::TileResource& resource) {
  const tiles::TileCoord& coord = resource.coord;
  return absl::StrCat(log_tag, "/",
                      IsTile(resource)
                          ? tiles::TilePath(coord)
                          : tiles::EntryBundlePath(coord.index, coord.width));
}

std::optional<Response> NotModified(const Request& request,
                                    const tiles::TileResource& resource,
                                    absl::string_view name) {
  const absl::string_view has = request.header("If-None-Match");
  if (has.empty()) return std::nullopt;
  std::string etag = Quoted(name);
  if (!NamesETag(has, etag)) {
    etag = Quoted(name, kGzipSuffix);
    if (IsTile(resource) || !NamesETag(has, etag)) return std::nullopt;
  }
  Response response;
  response.status = 304;
  response.Add("ETag", etag).Add("Cache-Control", kImmutable);
  return response;
}

Response TileAnswer(tiles::PinnedBytes tile, absl::string_view name) {
  Response response;
  response.Add("Content-Type", kBinary)
      .Add("Cache-Control", kImmutable)
      .Add("ETag", Quoted(name));
  response.body = std::move(tile);
  return response;
}

Response BundleAnswer(const Request& request, std::string bundle,
                      absl::string_view name) {
  const bool gzip = bundle.size() <= kMostCompressed &&
                    AcceptsGzip(request.header("Accept-Encoding"));
  Response response;
  response.Add("Content-Type", kBinary)
      .Add("Cache-Control", kImmutable)
      .Add("Vary", "Accept-Encoding");
  if (gzip) {
    response.Add("Content-Encoding", "gzip");
    bundle = base::GzipCompress(bundle);
  }
  response.Add("ETag", Quoted(name, gzip ? kGzipSuffix : ""));
  response.body = tiles::PinnedBytes::FromString(std::move(bundle));
  return response;
}

}  // namespace sightline::web
