// What the connections of a server share.
//
// Threads: thread-safe: constant, atomic or locked.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"
#include "web/address_limit.h"
#include "web/handler.h"
#include "web/server.h"

namespace sightline::web {

struct ServerState {
  ServerState(const ServerOptions& options, Handler* handler,
              const base::Clock* clock)
      : options(options),
        handler(handler),
        clock(clock),
        addresses(options.max_connections_per_address) {}

  const ServerOptions options;
  Handler* const handler;
  const base::Clock* const clock;
  AddressLimit addresses;

  // Set before the first loop drains: from the first connection that ends, every
  // answer on every loop says "Connection: close".
  std::atomic<bool> stopping{false};

  std::atomic<uint64_t> unsent_bytes{0};
  std::atomic<uint64_t> open{0};
  std::atomic<uint64_t> accepted{0};
  std::atomic<uint64_t> refused{0};
  std::atomic<uint64_t> requests{0};
  std::atomic<uint64_t> malformed{0};
  std::atomic<uint64_t> overdue{0};
  std::atomic<uint64_t> tls_failed{0};
};

}  // namespace sightline::web
