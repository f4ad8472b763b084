// Growth: how a log of 10^7 entries compares with one of 10^5 in append rate,
// proof latency, memory and start-up time.
//
//   growth_bench DIR [SMALL [LARGE [WINDOW [ROUNDS]]]]
//
// DIR must not exist; the large log is left behind (about 500 bytes an entry). One
// server process grows all the way. As a machine's pace changes while it does, the
// two sizes are measured in turns: in each round the WINDOW entries after SMALL of a
// new log, then the next WINDOW entries of the large one, which has LARGE after the
// last round.
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
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
  int rounds = 3;
};

// How the log does at one size; a value a round.
struct Shape {
  std::vector<double> append_rate;
  std::vector<double> proof_seconds;
  std::vector<double> call_seconds;
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

void Append(ServerProcess& server, uint64_t from, uint64_t to, Shape* shape) {
  shape->append_rate.push_back(FillRate(server, from, to));
  server.WaitUntilIdle();
}

void Prove(ServerProcess& server, uint64_t tree_size, Shape* shape) {
  server.Proofs(kProofs);  // so that the caches are as in a server that runs
  shape->proof_seconds.push_back(server.Proofs(kProofs).first);
  CallLatency(server, tree_size);
  shape->call_seconds.push_back(CallLatency(server, tree_size));
}

void Round(const Plan& plan, int round, uint64_t large_from,
           ServerProcess* large_server, Shape* small, Shape* large) {
  const std::string dir = absl::StrCat(plan.dir, "/small", round);
  const uint64_t small_to = plan.small + plan.window;
  const uint64_t large_to = large_from + plan.window;
  {
    ServerProcess small_server(dir);
    Append(small_server, plan.small, small_to, small);
    Append(*large_server, large_from, large_to, large);
    Prove(small_server, small_to, small);
    Prove(*large_server, large_to, large);
  }
  std::filesystem::remove_all(dir);
}

// The large log up to where the rounds begin.
void Grow(const Plan& plan, uint64_t to, ServerProcess* server) {
  for (uint64_t size = plan.small; size < to;) {
    const uint64_t next = std::min(size + 1000000, to);
    const double rate = FillRate(*server, size, next);
    PrintNote(absl::StrFormat(
        "growth, %d to %d entries: %.0f entries/s, resident %d MiB", size, next,
        rate, server->Memory().first >> 20));
    size = next;
  }
  server->WaitUntilIdle();
}

// Rates must not fall, times must not rise, by more than the bar.
void Compare(const std::string& what, const char* unit, double small,
             double large, double change) {
  Print({what, absl::StrCat("at most ", kBar, " times"), unit, large, small,
         change, change <= kBar, "the same at the smaller size, in turns"});
}

// The store is opened, and the server listens, in a process of its own, with
// nothing of the store in memory.
double StartSeconds(const std::string& dir) {
  DropFromPageCache(dir);
  const ServerProcess server(dir);
  return server.open_seconds();
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: growth_bench DIR [SMALL [LARGE [WINDOW [ROUNDS]]]]\n";
    return 2;
  }
  Plan plan;
  plan.dir = argv[1];
  if (argc > 2) plan.small = std::strtoull(argv[2], nullptr, 10);
  if (argc > 3) plan.large = std::strtoull(argv[3], nullptr, 10);
  if (argc > 4) plan.window = std::strtoull(argv[4], nullptr, 10);
  if (argc > 5) plan.rounds = std::atoi(argv[5]);
  const std::string span = absl::StrFormat(
      "growth %g to %g entries: ", static_cast<double>(plan.small),
      static_cast<double>(plan.large));
  const std::string large_dir = absl::StrCat(plan.dir, "/large");
  Shape small, large;
  uint64_t peak = 0;
  {
    ServerProcess server(large_dir);
    uint64_t size =
        plan.large - static_cast<uint64_t>(plan.rounds) * plan.window;
    Grow(plan, size, &server);
    for (int round = 0; round < plan.rounds; ++round) {
      Round(plan, round, size, &server, &small, &large);
      size += plan.window;
    }
    peak = server.Memory().second;
  }
  Compare(span + "append rate", "entries/s", Median(small.append_rate),
          Median(large.append_rate),
          Median(small.append_rate) / Median(large.append_rate));
  PrintNote(absl::StrFormat(
      "growth: a proof straight from the store, in process, without what the "
      "server remembers of the tree: %.0f us, then %.0f us",
      1e6 * Median(small.proof_seconds), 1e6 * Median(large.proof_seconds)));
  Compare(span + "GetInclusionProof, one at a time", "us",
          1e6 * Median(small.call_seconds), 1e6 * Median(large.call_seconds),
          Median(large.call_seconds) / Median(small.call_seconds));
  const double mib = static_cast<double>(peak) / (1 << 20);
  Print({span + "resident memory, peak", "under 512 MiB", "MiB", mib, 512,
         mib / 512, mib < 512, "the bar"});
  const double start = StartSeconds(large_dir);
  Print({span + "start", "under 2 s", "s", start, 2, start / 2, start < 2,
         "the bar; nothing of the store in memory"});
  return 0;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) { return sightline::bench::Main(argc, argv); }
