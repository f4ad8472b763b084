#include "bench/tlog_http_server.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "publish/publisher.h"
#include "sequencer/integrated_batch.h"
#include "telemetry/diagnostics.h"
#include "tiles/entry_bundle.h"
#include "tiles/pinned_bytes.h"
#include "web/http_message.h"
#include "web/http_status.h"

namespace sightline::bench {
namespace {

// Entries have no submitter here: they are all of one feed.
constexpr absl::string_view kFeed = "tlog";
constexpr absl::string_view kText = "text/plain; charset=utf-8";
constexpr absl::Duration kGrace = absl::Seconds(5);

// The number alone: load tools read it to the end.
web::Response IndexResponse(uint64_t index) {
  web::Response response;
  response.Add("Content-Type", kText);
  response.body = tiles::PinnedBytes::FromString(absl::StrCat(index));
  return response;
}

}  // namespace

TlogHttpServer::TlogHttpServer(RawLog* log)
    : log_(log),
      reads_([log] { return log->publisher().current(); }, &log->store(),
             telemetry::NoDiagnostics()) {}

absl::StatusOr<std::unique_ptr<TlogHttpServer>> TlogHttpServer::Start(
    RawLog* log, const TlogHttpOptions& options) {
  web::ServerOptions http;
  http.listen = {options.listen};
  http.threads = options.threads;
  http.max_connections_per_address = 0;
  http.max_body_bytes = tiles::kMaxEntryBytes;
  std::unique_ptr<TlogHttpServer> server(new TlogHttpServer(log));
  ASSIGN_OR_RETURN(server->server_,
                   web::Server::Start(http, server.get(), base::Clock::Real(),
                                      telemetry::NoDiagnostics()));
  return server;
}

TlogHttpServer::~TlogHttpServer() { Shutdown(); }

void TlogHttpServer::Shutdown() {
  if (server_ != nullptr) server_->Shutdown(kGrace);
}

void TlogHttpServer::Handle(const web::Request& request, web::Reply reply) {
  if (request.path() == "/add" && request.method == "POST") {
    return Add(request, std::move(reply));
  }
  reads_.Handle(request, std::move(reply));
}

void TlogHttpServer::Add(const web::Request& request, web::Reply reply) {
  // Owned here until the entry was taken, then by the completion.
  const auto kept = std::make_shared<web::Reply>(std::move(reply));
  const absl::Status taken = log_->Submit(
      kFeed, std::string(request.body),
      [kept](const absl::StatusOr<sequencer::Placement>& placement) {
        kept->Send(placement.ok() ? IndexResponse(placement->index)
                                  : web::FailureResponse(placement.status()));
      });
  if (!taken.ok()) kept->Send(web::FailureResponse(taken));
}

}  // namespace sightline::bench
