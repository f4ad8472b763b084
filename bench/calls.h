// Makes unary calls, a fixed number of them under way at any time.
//
// Threads: each function returns when the last call has been answered; answers
//          come on threads of gRPC.
//
// Example:
//   const CallTotals totals = MakeCalls<Request, Response>(
//       64, 2.0, [&](uint64_t i, Request* request) { ... },
//       [&](auto* context, auto* request, auto* response, auto done) {
//         stub->async()->Method(context, request, response, std::move(done));
//       });
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <optional>
#include <utility>
#include <vector>

#include "bench/window.h"

namespace sightline::bench {

// How a call is begun.
template <typename Request, typename Response>
using BeginCall =
    std::function<void(grpc::ClientContext*, const Request*, Response*,
                       std::function<void(grpc::Status)>)>;
// What the n-th call asks.
template <typename Request>
using FillRequest = std::function<void(uint64_t n, Request*)>;

namespace calls_detail {

// One of those under way: as soon as it is answered, it asks again.
template <typename Request, typename Response>
struct Caller {
  std::optional<grpc::ClientContext> context;
  Request request;
  Response response;
};

inline void EndOnError(const grpc::Status& status) {
  if (status.ok()) return;
  std::cerr << "call: " << status.error_code() << " " << status.error_message()
            << "\n";
  std::exit(1);
}

}  // namespace calls_detail

// What came of it.
struct CallTotals {
  uint64_t calls = 0;
  double seconds = 0;
};

// Keeps `outstanding` calls under way for about `seconds`.
template <typename Request, typename Response>
CallTotals MakeCalls(size_t outstanding, double seconds,
                     const FillRequest<Request>& fill,
                     const BeginCall<Request, Response>& begin) {
  using Clock = std::chrono::steady_clock;
  using Caller = calls_detail::Caller<Request, Response>;
  const auto elapsed = [start = Clock::now()] {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  std::vector<Caller> callers(outstanding);
  std::atomic<uint64_t> asked{0};
  std::atomic<uint64_t> answered{0};
  Window running(outstanding);
  std::function<void(Caller*)> ask = [&](Caller* caller) {
    caller->context.emplace();
    fill(asked.fetch_add(1, std::memory_order_relaxed), &caller->request);
    begin(&*caller->context, &caller->request, &caller->response,
          [&, caller](grpc::Status status) {
            calls_detail::EndOnError(status);
            answered.fetch_add(1, std::memory_order_relaxed);
            if (elapsed() < seconds) {
              ask(caller);
            } else {
              running.Leave();
            }
          });
  };
  for (Caller& caller : callers) {
    running.Enter();
    ask(&caller);
  }
  running.Drain();
  return {answered, elapsed()};
}

}  // namespace sightline::bench
