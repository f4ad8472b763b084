// A log over HTTP, whole: the server and everything that it answers from.
//
//   /checkpoint, /tile/...            tlog_handler.h
//   /sightline.v1.<Service>/<Method>  connect_handler.h, for the public services
//   /feed.atom, /feed/...             atom_handler.h
//   /openapi.json                     what all this is, for machines
//
// Errors:  Start: as Server::Start.
// Threads: thread-safe, but for Shutdown: see server.h.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "services/log_instance.h"
#include "services/server.h"
#include "telemetry/diagnostics.h"
#include "web/atom_handler.h"
#include "web/connect_handler.h"
#include "web/handler.h"
#include "web/routes.h"
#include "web/server.h"
#include "web/static_handler.h"
#include "web/tlog_handler.h"

namespace sightline::web {

struct LogFrontOptions {
  ServerOptions server;  // max_body_bytes is filled in
  ConnectOptions connect;
  // Other paths, as Routes::Add takes them; the handlers outlive the front.
  std::vector<std::pair<std::string, Handler*>> more;
};

class LogFront {
 public:
  // `rpc` serves `log`. All pointers outlive the front.
  static absl::StatusOr<std::unique_ptr<LogFront>> Start(
      const LogFrontOptions& options, const services::LogInstance* log,
      services::Server* rpc, const base::Clock* clock,
      telemetry::Diagnostics* diagnostics);

  Server& server() { return *server_; }
  const ConnectHandler& connect() const { return *connect_; }

  // To be shut down after `rpc`, which ends the calls that go on here.
  void Shutdown(absl::Duration grace) { server_->Shutdown(grace); }

 private:
  LogFront(const services::LogInstance* log,
           telemetry::Diagnostics* diagnostics);

  TlogHandler tlog_;
  AtomHandler atom_;
  StaticHandler openapi_;
  std::unique_ptr<ConnectHandler> connect_;
  Routes routes_;
  std::unique_ptr<Server> server_;
};

}  // namespace sightline::web
