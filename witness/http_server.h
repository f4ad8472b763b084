// A small HTTP/1.1 server for a Handler: a thread for each connection that is
// being served, from a bounded pool. By cpp-httplib; nothing else of a witness
// knows that (docs/adr/0019-witness-http.md).
//
// Shapes:  bodies up to max_body_bytes, else 413. Connections beyond the pool
//          wait for a thread, then in the kernel's queue.
// Errors:  Start: kUnavailable: cannot listen there.
// Threads: thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "witness/handler.h"

namespace sightline::witness {

struct HttpServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: a free one
  size_t threads = 32;
  size_t max_body_bytes = 128 << 10;
  // A request that stops half-way for so long is given up.
  absl::Duration idle = absl::Seconds(10);
  // How long a connection is kept for a next request; a stop waits that long.
  absl::Duration keep_alive = absl::Seconds(2);
};

class HttpServer {
 public:
  // `handler` outlives the server.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(
      const HttpServerOptions& options, Handler* handler);

  ~HttpServer();  // Shutdown()
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const;

  // Takes no new connections, answers what was read, joins every thread.
  void Shutdown();

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);

  const std::unique_ptr<State> state_;
};

}  // namespace sightline::witness
