// Growth: how a log of 10^7 entries compares with one of 10^5 in append rate,
// proof latency, memory and start-up time. One server process grows all the way.
//
//   growth_bench DIR [SMALL [LARGE [WINDOW]]]
//
// DIR must not exist; it is left behind (about 500 bytes an entry). The append
// rate around SMALL is that of the WINDOW entries after it, around LARGE that of
// the WINDOW entries before it.
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/or_die.h"
#include "bench/result.h"
#include "bench/server_process.h"
#include "client/channel.h"
#include "proto/sightline/v1/log_service.grpc.pb.h"

namespace sightline::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kEntryBytes = 300;
constexpr int kProofs = 20000;
constexpr int kCalls = 5000;
constexpr double kBar = 1.25;

struct Plan {
  std::string dir;
  uint64_t small = 100000;
  uint64_t large = 10000000;
  uint64_t window = 400000;
};

// How the log does at one size.
struct Shape {
  double append_rate = 0;
  double proof_seconds = 0;
  double call_seconds = 0;
};

double FillRate(ServerProcess& server, uint64_t from, uint64_t to) {
  server.Fill(from, kEntryBytes);
  return static_cast<double>(to - from) / server.Fill(to, kEntryBytes);
}

double CallLatency(ServerProcess& server, uint64_t tree_size) {
  const auto stub = v1::LogService::NewStub(
      OrDie(client::MakeChannel(server.address(), server.Tls(0)), "channel"));
  std::mt19937_64 random(tree_size);
  std::vector<double> seconds;
  for (int i = 0; i < kCalls; ++i) {
    grpc::ClientContext context;
    v1::GetInclusionProofRequest request;
    request.set_index(random() % tree_size);
    v1::GetInclusionProofResponse response;
    const auto start = Clock::now();
    const grpc::Status status =
        stub->GetInclusionProof(&context, request, &response);
    seconds.push_back(
        std::chrono::duration<double>(Clock::now() - start).count());
    if (!status.ok()) {
      OrDie(absl::UnavailableError(status.error_message()), "proof");
    }
  }
  return Median(seconds);
}

Shape Measure(ServerProcess& server, uint64_t from, uint64_t to) {
  Shape shape;
  shape.append_rate = FillRate(server, from, to);
  server.WaitUntilIdle();
  server.Proofs(kProofs);  // so that the caches are as in a server that runs
  shape.proof_seconds = server.Proofs(kProofs).first;
  CallLatency(server, to);
  shape.call_seconds = CallLatency(server, to);
  return shape;
}

// Rates must not fall, times must not rise, by more than the bar.
void Compare(const std::string& what, const char* unit, double small,
             double large, double change) {
  Print({what, absl::StrCat("at most ", kBar, " times"), unit, large, small,
         change, change <= kBar, "the same at the smaller size"});
}

// The store is opened, and the server listens, in a process of its own, with
// nothing of the store in memory.
double StartSeconds(const Plan& plan) {
  DropFromPageCache(plan.dir);
  const ServerProcess server(plan.dir);
  return server.open_seconds();
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: growth_bench DIR [SMALL [LARGE [WINDOW]]]\n";
    return 2;
  }
  Plan plan;
  plan.dir = argv[1];
  if (argc > 2) plan.small = std::strtoull(argv[2], nullptr, 10);
  if (argc > 3) plan.large = std::strtoull(argv[3], nullptr, 10);
  if (argc > 4) plan.window = std::strtoull(argv[4], nullptr, 10);
  const std::string span = absl::StrFormat(
      "growth %g to %g entries: ", static_cast<double>(plan.small),
      static_cast<double>(plan.large));
  Shape small, large;
  uint64_t peak = 0;
  {
    ServerProcess server(plan.dir);
    small = Measure(server, plan.small, plan.small + plan.window);
    const uint64_t last = plan.large - plan.window;
    for (uint64_t size = plan.small + plan.window; size < last;) {
      const uint64_t next = std::min(size + 1000000, last);
      const double rate = FillRate(server, size, next);
      PrintNote(absl::StrFormat(
          "growth, %d to %d entries: %.0f entries/s, resident %d MiB", size,
          next, rate, server.Memory().first >> 20));
      size = next;
    }
    large = Measure(server, last, plan.large);
    peak = server.Memory().second;
  }
  Compare(span + "append rate", "entries/s", small.append_rate,
          large.append_rate, small.append_rate / large.append_rate);
  PrintNote(absl::StrFormat(
      "growth: a proof straight from the store, in process, without what the "
      "server remembers of the tree: %.0f us, then %.0f us",
      1e6 * small.proof_seconds, 1e6 * large.proof_seconds));
  Compare(span + "GetInclusionProof, one at a time", "us",
          1e6 * small.call_seconds, 1e6 * large.call_seconds,
          large.call_seconds / small.call_seconds);
  const double mib = static_cast<double>(peak) / (1 << 20);
  Print({span + "resident memory, peak", "under 512 MiB", "MiB", mib, 512,
         mib / 512, mib < 512, "the bar"});
  const double start = StartSeconds(plan);
  Print({span + "start", "under 2 s", "s", start, 2, start / 2, start < 2,
         "the bar; nothing of the store in memory"});
  return 0;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) { return sightline::bench::Main(argc, argv); }
