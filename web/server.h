// An HTTP/1.1 server with a few threads, whatever number of clients.
//
// Source:  RFC 9110, RFC 9112; docs/adr/0007-http-on-asio-and-beast.md.
// Shapes:  keep-alive and pipelining, in the clear or over TLS; no HTTP/2.
// Errors:  Start: kInvalidArgument: options, naming every fault, or certificate;
//          kUnavailable: cannot listen. A client that breaks a limit is told 4xx where it can
//          be, and is disconnected.
// Threads: thread-safe. `threads` of its own, which call the handler.
// Memory:  about 1 KiB a connection that says nothing, 10 over TLS; a request takes its
//          header and body, an answer its body until the client has it all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "telemetry/diagnostics.h"
#include "web/handler.h"
#include "web/tls_files.h"

namespace sightline::web {

struct ServerOptions {
  // "127.0.0.1:8080", "[::1]:0": numeric; port 0 takes a free one.
  std::vector<std::string> listen;
  // The same, over TLS; needs `tls`.
  std::vector<std::string> tls_listen;
  std::optional<TlsFiles> tls;
  int threads = 2;

  size_t max_connections = 16384;
  // Of one address, or one IPv6 /64; 0: no limit. Behind a proxy everybody has
  // the proxy's address.
  size_t max_connections_per_address = 256;
  size_t max_header_bytes = 16 << 10;
  size_t max_body_bytes = 0;
  // Of answers that clients have not taken yet; beyond it answers are 503.
  size_t max_unsent_bytes = size_t{256} << 20;

  // How long a connection may rest between requests.
  absl::Duration idle_timeout = absl::Seconds(120);
  // From a connection, or a request's first byte, to the request's last.
  absl::Duration request_timeout = absl::Seconds(10);
  // To take an answer: so long, and what its size takes at that rate.
  absl::Duration send_timeout = absl::Seconds(10);
  size_t least_bytes_per_second = 16 << 10;

  // How often deadlines are looked at.
  absl::Duration tick = absl::Milliseconds(500);
  // Milliseconds of a clock that never steps, for deadlines; null: the machine's.
  std::function<int64_t()> monotonic_ms;

  absl::Status Validate() const;
};

// Since the start, but for `open`.
struct ServerStats {
  uint64_t open = 0;      // connections now
  uint64_t accepted = 0;  // connections
  uint64_t refused = 0;   // connections beyond a limit
  uint64_t requests = 0;  // that reached the handler
  uint64_t malformed = 0;
  uint64_t overdue = 0;     // disconnected at a deadline, resting ones included
  uint64_t tls_failed = 0;  // connections that did not speak TLS as they should
  uint64_t unsent_bytes = 0;  // now, of answers that clients have not taken
};

class Server {
 public:
  // All pointers outlive the server; `clock` is for Date headers.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const ServerOptions& options, Handler* handler, const base::Clock* clock,
      telemetry::Diagnostics* diagnostics);

  ~Server();  // Shutdown(no grace)

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Where it listens, "127.0.0.1:41234", in the order of the options: those
  // with TLS come last.
  const std::vector<std::string>& addresses() const { return addresses_; }

  ServerStats stats() const;

  // Takes no more connections, ends those that rest, answers what was asked,
  // disconnects whoever is not done after `grace`, joins the threads. A Reply that
  // is sent later goes nowhere. Idempotent, from one thread at a time.
  void Shutdown(absl::Duration grace);

 private:
  class Impl;

  explicit Server(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
  std::vector<std::string> addresses_;
};

}  // namespace sightline::web
