#include "bench/tlog_http_server.h"

#include <cstdint>
#include <future>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "publish/publisher.h"
#include "sequencer/integrated_batch.h"
#include "tiles/tile.h"

namespace sightline::bench {
namespace {

constexpr size_t kMaxEntryBytes = 65535;
// Entries have no submitter here: they are all of one feed.
constexpr absl::string_view kFeed = "tlog";
constexpr char kText[] = "text/plain; charset=utf-8";
constexpr char kBinary[] = "application/octet-stream";

int HttpStatus(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return 400;
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kOutOfRange:
      return 404;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      return 503;
    default:
      return 500;
  }
}

void Fail(const absl::Status& status, httplib::Response* response) {
  response->status = HttpStatus(status);
  if (response->status == 503) response->set_header("Retry-After", "1");
  response->set_content(absl::StrCat(status.message(), "\n"), kText);
}

// kInvalidArgument: longer than an entry may be.
absl::StatusOr<std::string> ReadBody(const httplib::ContentReader& content) {
  std::string body;
  const bool whole = content([&](const char* data, size_t size) {
    if (body.size() + size > kMaxEntryBytes) return false;
    body.append(data, size);
    return true;
  });
  if (whole) return body;
  return absl::InvalidArgumentError(absl::StrCat(
      "the body cannot be read, or is longer than ", kMaxEntryBytes, " bytes"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlogHttpServer>> TlogHttpServer::Start(
    RawLog* log, const TlogHttpOptions& options) {
  std::unique_ptr<TlogHttpServer> server(new TlogHttpServer(log));
  httplib::Server& http = server->server_;
  http.new_task_queue = [threads = options.threads] {
    return new httplib::ThreadPool(threads);
  };
  http.set_keep_alive_max_count(std::numeric_limits<size_t>::max());
  http.set_tcp_nodelay(true);
  server->Route();
  server->port_ = options.port;
  const bool bound =
      options.port == 0
          ? (server->port_ = http.bind_to_any_port(options.host)) > 0
          : http.bind_to_port(options.host, options.port);
  if (!bound) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", options.host, ":", options.port));
  }
  server->thread_ = std::thread([&http] { http.listen_after_bind(); });
  while (!http.is_running()) std::this_thread::yield();
  return server;
}

TlogHttpServer::~TlogHttpServer() { Shutdown(); }

void TlogHttpServer::Shutdown() {
  server_.stop();
  if (thread_.joinable()) thread_.join();
}

void TlogHttpServer::Route() {
  // With a content reader, the body stays as it is whatever type it claims.
  server_.Post("/add",
               [this](const httplib::Request&, httplib::Response& response,
                      const httplib::ContentReader& content) {
                 Add(content, &response);
               });
  server_.Get("/checkpoint",
              [this](const httplib::Request&, httplib::Response& response) {
                Checkpoint(&response);
              });
  server_.Get("/tile/.*", [this](const httplib::Request& request,
                                 httplib::Response& response) {
    Tile(absl::string_view(request.path).substr(1), &response);
  });
}

void TlogHttpServer::Add(const httplib::ContentReader& content,
                         httplib::Response* response) {
  absl::StatusOr<std::string> body = ReadBody(content);
  if (!body.ok()) return Fail(body.status(), response);
  std::promise<absl::StatusOr<sequencer::Placement>> placed;
  const absl::Status status =
      log_->Submit(kFeed, *std::move(body),
                   [&placed](absl::StatusOr<sequencer::Placement> placement) {
                     placed.set_value(std::move(placement));
                   });
  if (!status.ok()) return Fail(status, response);
  const absl::StatusOr<sequencer::Placement> placement =
      placed.get_future().get();
  if (!placement.ok()) return Fail(placement.status(), response);
  response->set_content(absl::StrCat(placement->index), kText);
}

void TlogHttpServer::Checkpoint(httplib::Response* response) const {
  const std::string note = log_->publisher().current()->checkpoint;
  if (note.empty()) {
    return Fail(absl::NotFoundError("the log has no entry yet"), response);
  }
  response->set_header("Cache-Control", "no-cache");
  response->set_content(note, kText);
}

void TlogHttpServer::Tile(absl::string_view path, httplib::Response* response) {
  const absl::StatusOr<tiles::TileResource> resource =
      tiles::ParseTilePath(path);
  if (!resource.ok())
    return Fail(absl::NotFoundError("no such path"), response);
  const tiles::TileCoord& coord = resource->coord;
  const uint64_t size = log_->publisher().current()->tree_size;
  if (coord.width > tiles::WidthAt(coord.level, coord.index, size)) {
    return Fail(absl::NotFoundError("beyond the published tree"), response);
  }
  absl::StatusOr<std::string> bytes =
      resource->kind == tiles::TileResource::Kind::kTile
          ? reader_.ReadTile(coord.level, coord.index, coord.width)
          : reader_.ReadEntryBundle(coord.index, coord.width);
  if (!bytes.ok()) return Fail(bytes.status(), response);
  response->set_header("Cache-Control", "public, max-age=604800, immutable");
  response->set_content(*std::move(bytes), kBinary);
}

}  // namespace sightline::bench
