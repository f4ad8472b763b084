// Reading: GetInclusionProof at random indices against a null unary call of the
// same answer size, and StreamEntries from a cold cache against a null server
// stream of the same bytes. Server and client are two processes on the same cores.
//
//   read_bench DIR [ENTRIES [ROUNDS [SECONDS]]]
//
// A log in DIR is used again if there is one, and left behind. Every answer comes
// over TLS, as the server gives it to everybody; the same without TLS, which has
// no bar, is told on standard error.
#include <grpcpp/channel.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/calls.h"
#include "bench/cpu_time.h"
#include "bench/null_service.grpc.pb.h"
#include "bench/or_die.h"
#include "bench/raw_stream.h"
#include "bench/result.h"
#include "bench/server_process.h"
#include "client/channel.h"
#include "proto/sightline/v1/log_service.grpc.pb.h"

namespace sightline::bench {
namespace {

constexpr size_t kEntryBytes = 300;
constexpr size_t kOutstanding = 64;

// SplitMix64: a random number for each n.
uint64_t Mix(uint64_t n) {
  n = (n + 1) * 0x9e3779b97f4a7c15;
  n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9;
  n = (n ^ (n >> 27)) * 0x94d049bb133111eb;
  return n ^ (n >> 31);
}

struct Plan {
  std::string dir;
  uint64_t entries = 1000000;
  int rounds = 5;
  double seconds = 2;
};

using Channel = std::shared_ptr<grpc::Channel>;

Channel Connect(const std::string& address, const client::TlsOptions& tls) {
  return OrDie(client::MakeChannel(address, tls), "channel");
}

client::TlsOptions Plaintext() {
  client::TlsOptions tls;
  tls.plaintext = true;
  return tls;
}

// --- proofs -------------------------------------------------------------------

using ProofRequest = v1::GetInclusionProofRequest;
using ProofResponse = v1::GetInclusionProofResponse;

CallTotals AskProofs(const Channel& channel, const Plan& plan, uint64_t seed) {
  const auto stub = v1::LogService::NewStub(channel);
  return MakeCalls<ProofRequest, ProofResponse>(
      kOutstanding, plan.seconds,
      [&](uint64_t n, ProofRequest* request) {
        request->set_index(Mix(seed + n) % plan.entries);
      },
      [&](auto* context, auto* request, auto* response, auto done) {
        stub->async()->GetInclusionProof(context, request, response,
                                         std::move(done));
      });
}

CallTotals AskNothing(const Channel& channel, const Plan& plan,
                      uint32_t answer_bytes) {
  const auto stub = NullService::NewStub(channel);
  return MakeCalls<NullRequest, NullResponse>(
      kOutstanding, plan.seconds,
      [&](uint64_t, NullRequest* request) {
        request->set_answer_bytes(answer_bytes);
      },
      [&](auto* context, auto* request, auto* response, auto done) {
        stub->async()->Unary(context, request, response, std::move(done));
      });
}

uint32_t AnswerBytes(const Channel& channel, const Plan& plan) {
  const auto stub = v1::LogService::NewStub(channel);
  std::vector<double> sizes;
  for (uint64_t i = 0; i < 101; ++i) {
    grpc::ClientContext context;
    ProofRequest request;
    request.set_index(i * (plan.entries / 101));
    ProofResponse response;
    const grpc::Status status =
        stub->GetInclusionProof(&context, request, &response);
    if (!status.ok()) {
      OrDie(absl::UnavailableError(status.error_message()), "proof");
    }
    sizes.push_back(static_cast<double>(response.ByteSizeLong()));
  }
  return static_cast<uint32_t>(Median(sizes));
}

// A rate, and the processor time of one of what is counted, of both processes.
struct Measured {
  double rate = 0;
  double cpu_us = 0;
};

Measured MeasureCalls(ServerProcess& server,
                      const std::function<CallTotals()>& make_calls) {
  const double before = CpuSeconds() + server.CpuSeconds();
  const CallTotals totals = make_calls();
  const double used = CpuSeconds() + server.CpuSeconds() - before;
  const double calls = static_cast<double>(totals.calls);
  return {calls / totals.seconds, 1e6 * used / calls};
}

struct Compared {
  std::vector<double> result, limit, ratio, cpu_us, limit_cpu_us;
  void Add(const Measured& a, const Measured& b) {
    result.push_back(a.rate);
    limit.push_back(b.rate);
    ratio.push_back(a.rate / b.rate);
    cpu_us.push_back(a.cpu_us);
    limit_cpu_us.push_back(b.cpu_us);
  }
};

Compared CompareProofs(ServerProcess& server, const Channel& log,
                       const Channel& null, const Plan& plan,
                       uint32_t answer_bytes) {
  Compared compared;
  AskProofs(log, plan, 0);  // as the caches are in a server that runs
  for (int round = 0; round < plan.rounds; ++round) {
    const Measured limit = MeasureCalls(
        server, [&] { return AskNothing(null, plan, answer_bytes); });
    const uint64_t seed = (static_cast<uint64_t>(round) + 1) << 32;
    compared.Add(
        MeasureCalls(server, [&] { return AskProofs(log, plan, seed); }),
        limit);
  }
  return compared;
}

void Tell(const char* what, const Compared& compared) {
  PrintNote(absl::StrFormat(
      "%s: %.0f/s, limit %.0f/s, ratio %.2f; processor time of both processes "
      "%.3g us, limit %.3g us",
      what, Median(compared.result), Median(compared.limit),
      Median(compared.ratio), Median(compared.cpu_us),
      Median(compared.limit_cpu_us)));
}

void MeasureProofs(const Plan& plan) {
  ServerProcess server(plan.dir);
  server.Fill(plan.entries, kEntryBytes);
  const auto log = Connect(server.address(), server.Tls(0));
  const uint32_t bytes = AnswerBytes(log, plan);
  const Compared tls = CompareProofs(
      server, log, Connect(server.null_address(), server.Tls(0)), plan, bytes);
  Tell("GetInclusionProof", tls);
  Tell("GetInclusionProof without TLS",
       CompareProofs(server, Connect(server.plaintext_address(), Plaintext()),
                     Connect(server.null_plaintext_address(), Plaintext()),
                     plan, bytes));
  const double ratio = Median(tls.ratio);
  Print({absl::StrCat("GetInclusionProof at ", plan.entries,
                      " entries, random indices"),
         "at least 0.6", "calls/s", Median(tls.result), Median(tls.limit),
         ratio, ratio >= 0.6,
         absl::StrCat("null unary call, answers of ", bytes, " bytes, ",
                      kOutstanding, " outstanding, TLS, two processes")});
}

// --- streams ------------------------------------------------------------------

// Of entries.
struct StreamRates {
  Measured cold;
  Measured warm;
  Measured limit;
  uint64_t message_bytes = 0;
};

StreamTotals ReadEntries(const Channel& channel, uint64_t* entries) {
  StreamTotals totals =
      ReadStream(channel, "/sightline.v1.LogService/StreamEntries",
                 v1::StreamEntriesRequest());
  v1::StreamEntriesResponse last;
  if (!last.ParseFromString(totals.last)) {
    OrDie(absl::DataLossError("not an answer"), "StreamEntries");
  }
  *entries = last.run().next_index();
  return totals;
}

StreamTotals ReadNull(const Channel& channel, const StreamTotals& like) {
  NullStreamRequest request;
  request.set_messages(like.messages);
  request.set_message_bytes(
      static_cast<uint32_t>(like.bytes / std::max<uint64_t>(1, like.messages)));
  return ReadStream(channel, "/sightline.bench.NullService/Stream", request);
}

// A server of its own each time, so that nothing of the log is in its caches.
StreamRates MeasureStream(const Plan& plan, bool with_tls) {
  DropFromPageCache(plan.dir);
  ServerProcess server(plan.dir);
  const auto channel_to = [&](const std::string& tls,
                              const std::string& plain) {
    return with_tls ? Connect(tls, server.Tls(0)) : Connect(plain, Plaintext());
  };
  const auto null =
      channel_to(server.null_address(), server.null_plaintext_address());
  const auto log = channel_to(server.address(), server.plaintext_address());
  // Connections stand before the clock starts.
  for (const auto& channel : {null, log}) {
    channel->WaitForConnected(std::chrono::system_clock::now() +
                              std::chrono::seconds(10));
  }
  uint64_t count = 0;
  StreamTotals entries;
  const auto measure = [&](const std::function<StreamTotals()>& read) {
    const double before = CpuSeconds() + server.CpuSeconds();
    const StreamTotals totals = read();
    const double used = CpuSeconds() + server.CpuSeconds() - before;
    const double n = static_cast<double>(count);
    return Measured{n / totals.seconds, 1e6 * used / n};
  };
  const auto read_entries = [&] { return entries = ReadEntries(log, &count); };
  StreamRates rates;
  rates.cold = measure(read_entries);
  if (count < plan.entries) {
    OrDie(absl::DataLossError("it ended too early"), "StreamEntries");
  }
  rates.limit = measure([&] { return ReadNull(null, entries); });
  rates.warm = measure(read_entries);
  rates.message_bytes = entries.bytes / entries.messages;
  return rates;
}

void MeasureStreams(const Plan& plan) {
  Compared cold, warm, plain;
  StreamRates last;
  for (int round = 0; round < plan.rounds; ++round) {
    last = MeasureStream(plan, true);
    cold.Add(last.cold, last.limit);
    warm.Add(last.warm, last.limit);
    const StreamRates without = MeasureStream(plan, false);
    plain.Add(without.cold, without.limit);
  }
  Tell("StreamEntries, cold", cold);
  Tell("StreamEntries, read before", warm);
  Tell("StreamEntries, cold, without TLS", plain);
  const double ratio = Median(cold.ratio);
  Print({"StreamEntries, cold cache", "at least 0.5", "entries/s",
         Median(cold.result), Median(cold.limit), ratio, ratio >= 0.5,
         absl::StrCat("null server stream of the same bytes in messages of ",
                      last.message_bytes, " bytes, TLS, two processes")});
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: read_bench DIR [ENTRIES [ROUNDS [SECONDS]]]\n";
    return 2;
  }
  Plan plan;
  plan.dir = argv[1];
  if (argc > 2) plan.entries = std::strtoull(argv[2], nullptr, 10);
  if (argc > 3) plan.rounds = std::atoi(argv[3]);
  if (argc > 4) plan.seconds = std::atof(argv[4]);
  MeasureProofs(plan);
  MeasureStreams(plan);
  return 0;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) { return sightline::bench::Main(argc, argv); }
