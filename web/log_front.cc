#include "web/log_front.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "web/openapi_text.h"

namespace sightline::web {
namespace {

constexpr size_t kEnvelopeHeadBytes = 5;

}  // namespace

LogFront::LogFront(const services::LogInstance* log,
                   telemetry::Diagnostics* diagnostics)
    : tlog_([log] { return log->publisher().current(); }, &log->store(),
            diagnostics),
      atom_(
          log->origin(), [log] { return log->publisher().current(); },
          &log->store(), diagnostics),
      openapi_("application/json", OpenApiText()),
      routes_(&tlog_) {
  routes_.Add("/feed.atom", &atom_);
  routes_.Add("/feed/", &atom_);
  routes_.Add("/openapi.json", &openapi_);
}

absl::StatusOr<std::unique_ptr<LogFront>> LogFront::Start(
    const LogFrontOptions& options, const services::LogInstance* log,
    services::Server* rpc, const base::Clock* clock,
    telemetry::Diagnostics* diagnostics) {
  std::unique_ptr<LogFront> front(new LogFront(log, diagnostics));
  ASSIGN_OR_RETURN(front->connect_,
                   ConnectHandler::Create(options.connect, rpc->inner_channel(),
                                          services::kPublicServices));
  for (const absl::string_view service : services::kPublicServices) {
    front->routes_.Add(absl::StrCat("/", service, "/"), front->connect_.get());
  }
  for (const auto& [path, handler] : options.more) {
    front->routes_.Add(path, handler);
  }
  ServerOptions server = options.server;
  server.max_body_bytes =
      options.connect.max_message_bytes + kEnvelopeHeadBytes;
  ASSIGN_OR_RETURN(front->server_,
                   Server::Start(server, &front->routes_, clock, diagnostics));
  return front;
}

}  // namespace sightline::web
