// Submitting: SubmitStream with a verified receipt for each statement, against
// what all cores can do in Ed25519 verifications alone; and a lone Submit, against
// the sum of what it cannot do without. Server and client are two processes on the
// same cores, and talk over mutual TLS.
//
//   submit_bench DIR [STATEMENTS [ROUNDS [LONE]]]
//
// DIR must not exist; it is left behind. A round submits STATEMENTS over streams
// and LONE one by one.
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/bench_parties.h"
#include "bench/cpu_time.h"
#include "bench/limits.h"
#include "bench/null_service.grpc.pb.h"
#include "bench/or_die.h"
#include "bench/result.h"
#include "bench/server_process.h"
#include "client/channel.h"
#include "client/log_client.h"
#include "client/receipt_check.h"
#include "client/submit_stream.h"
#include "proto/sightline/v1/submission_service.grpc.pb.h"
#include "statement/dsse.h"

namespace sightline::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Requests = std::vector<v1::SubmitRequest>;
using Channel = std::shared_ptr<grpc::Channel>;

// Each by an agency of its own, over a connection of its own.
constexpr int kStreams = 2;

struct Plan {
  std::string dir;
  size_t statements = 40000;
  int rounds = 5;
  int lone = 1000;
};

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void Check(const grpc::Status& status, const char* what) {
  if (status.ok()) return;
  OrDie(absl::UnavailableError(
            absl::StrCat(status.error_code(), " ", status.error_message())),
        what);
}

SignedMessage ToVerify(const v1::SubmitRequest& request) {
  const v1::SignedStatement& statement = request.statement();
  return {
      statement::PreAuthEncoding(statement.payload_type(), statement.payload()),
      statement.signatures(0).signature()};
}

// --- SubmitStream -------------------------------------------------------------

void SubmitAll(client::LogClient* log, Requests requests) {
  const auto stream = log->OpenSubmitStream();
  for (v1::SubmitRequest& request : requests) {
    OrDie(stream->Submit(std::move(request),
                         [](absl::StatusOr<client::SubmitResult> result) {
                           OrDie(result.status(), "receipt");
                         }),
          "submit");
  }
  OrDie(stream->Finish(), "stream");
}

class StreamBench {
 public:
  StreamBench(const Plan& plan, const BenchParties& parties,
              ServerProcess* server)
      : plan_(plan), parties_(parties), server_(*server) {
    for (int i = 0; i < kStreams; ++i) {
      clients_.push_back(
          OrDie(client::LogClient::Connect(server->address(), server->Tls(i),
                                           parties.LogKeys()),
                "client"));
      OrDie(clients_.back()->GetCheckpoint().status(), "connect");
    }
  }

  void Round() {
    std::vector<Requests> requests;
    for (int i = 0; i < kStreams; ++i) {
      requests.push_back(parties_.MakeRequests(parties_.agencies()[i],
                                               plan_.statements / kStreams));
    }
    const double limit = Limit(requests[0]);
    const double before = CpuSeconds() + server_.CpuSeconds();
    const double rate = Submit(std::move(requests));
    const double used = CpuSeconds() + server_.CpuSeconds() - before;
    rates_.push_back(rate);
    limits_.push_back(limit);
    ratios_.push_back(rate / limit);
    cpu_us_.push_back(1e6 * used / static_cast<double>(plan_.statements));
  }

  void Report() const {
    PrintNote(absl::StrFormat(
        "SubmitStream: processor time of both processes %.1f us a statement; "
        "one Ed25519 verification %.1f us",
        Median(cpu_us_), 1e6 * Cores() / Median(limits_)));
    const double ratio = Median(ratios_);
    Print({absl::StrFormat("SubmitStream, statements of %d bytes, receipts "
                           "verified",
                           statement_bytes_),
           "at least 0.6", "statements/s", Median(rates_), Median(limits_),
           ratio, ratio >= 0.6,
           absl::StrFormat("Ed25519 verifications on all cores alone; %d "
                           "streams, mutual TLS, two processes",
                           kStreams)});
  }

 private:
  double Limit(const Requests& requests) {
    statement_bytes_ = static_cast<int>(requests[0].statement().ByteSizeLong());
    std::vector<SignedMessage> messages;
    for (size_t i = 0; i < requests.size() && i < 1000; ++i) {
      messages.push_back(ToVerify(requests[i]));
    }
    return VerificationsPerSecond(parties_.agencies()[0].keys[0].public_key(),
                                  messages, 1.5);
  }

  double Submit(std::vector<Requests> requests) {
    const auto start = Clock::now();
    std::vector<std::thread> threads;
    for (int i = 0; i < kStreams; ++i) {
      threads.emplace_back(SubmitAll, clients_[static_cast<size_t>(i)].get(),
                           std::move(requests[static_cast<size_t>(i)]));
    }
    for (std::thread& thread : threads) thread.join();
    return static_cast<double>(plan_.statements) / SecondsSince(start);
  }

  const Plan plan_;
  const BenchParties& parties_;
  ServerProcess& server_;
  std::vector<std::unique_ptr<client::LogClient>> clients_;
  std::vector<double> rates_, limits_, ratios_, cpu_us_;
  int statement_bytes_ = 0;
};

// --- a lone Submit ------------------------------------------------------------

// Bytes that lie in the write-ahead logs of `dir`.
double LoggedBytes(const std::string& dir) {
  double bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(dir)) {
    if (file.path().extension() != ".log") continue;
    bytes += static_cast<double>(file.file_size());
  }
  return bytes;
}

class LoneBench {
 public:
  LoneBench(const Plan& plan, const BenchParties& parties,
            ServerProcess* server)
      : plan_(plan),
        parties_(parties),
        data_dir_(server->data_dir()),
        submission_(v1::SubmissionService::NewStub(Connect(*server, false))),
        null_(NullService::NewStub(Connect(*server, true))),
        client_(OrDie(client::LogClient::Connect(
                          server->address(), server->Tls(0), parties.LogKeys()),
                      "client")) {}

  void Round() {
    const Requests requests = parties_.MakeRequests(
        parties_.agencies()[0], static_cast<size_t>(plan_.lone));
    const double before = LoggedBytes(data_dir_);
    for (const v1::SubmitRequest& request : requests) {
      answer_bytes_ = Submit(request);
    }
    const double written =
        (LoggedBytes(data_dir_) - before) / static_cast<double>(plan_.lone);
    if (written > 0) write_bytes_ = static_cast<size_t>(written);
    MeasureParts(requests.front());
    MeasureClient();
  }

  void Report() const {
    const double sum =
        Median(sync_) + Median(verify_) + 2 * Median(sign_) + Median(call_);
    const std::string parts = absl::StrFormat(
        "fdatasync of %d bytes %.0f us + verification %.0f us + 2 signatures "
        "of %.0f us + null call %.0f us",
        write_bytes_, 1e6 * Median(sync_), 1e6 * Median(verify_),
        1e6 * Median(sign_), 1e6 * Median(call_));
    PrintNote(absl::StrFormat(
        "lone Submit by the client library, which verifies: p50 %.0f us, p99 "
        "%.0f us; fdatasync into a file that has its size already %.0f us",
        1e6 * Median(verified_), 1e6 * Quantile(verified_, 0.99),
        1e6 * Median(sync_in_place_)));
    Row("lone Submit, p50", 2, Median(submit_), sum, parts);
    Row("lone Submit, p99", 4, Quantile(submit_, 0.99), sum,
        "the same sum of medians");
  }

 private:
  static Channel Connect(const ServerProcess& server, bool null) {
    return OrDie(
        client::MakeChannel(null ? server.null_address() : server.address(),
                            server.Tls(0)),
        "channel");
  }

  static void Row(const char* what, double times, double result, double sum,
                  const std::string& limit_is) {
    Print({what, absl::StrFormat("at most %.0f times", times), "us",
           1e6 * result, 1e6 * sum, result / sum, result <= times * sum,
           limit_is});
  }

  size_t Submit(const v1::SubmitRequest& request) {
    grpc::ClientContext context;
    v1::SubmitResponse response;
    const auto start = Clock::now();
    const grpc::Status status =
        submission_->Submit(&context, request, &response);
    submit_.push_back(SecondsSince(start));
    Check(status, "Submit");
    return response.ByteSizeLong();
  }

  void MeasureParts(const v1::SubmitRequest& request) {
    const crypto::PrivateKey& key = parties_.agencies()[0].keys[0];
    const SignedMessage message = ToVerify(request);
    Append(VerificationTimes(key.public_key(), message, plan_.lone), &verify_);
    Append(SignatureTimes(key, message.message, plan_.lone), &sign_);
    Append(FdatasyncTimes(data_dir_, write_bytes_, plan_.lone, false), &sync_);
    Append(FdatasyncTimes(data_dir_, write_bytes_, plan_.lone, true),
           &sync_in_place_);
    NullRequest null;
    null.set_payload(std::string(request.ByteSizeLong(), 'n'));
    null.set_answer_bytes(static_cast<uint32_t>(answer_bytes_));
    for (int i = 0; i < plan_.lone; ++i) {
      grpc::ClientContext context;
      NullResponse response;
      const auto start = Clock::now();
      Check(null_->Unary(&context, null, &response), "null call");
      call_.push_back(SecondsSince(start));
    }
  }

  void MeasureClient() {
    const Requests requests = parties_.MakeRequests(
        parties_.agencies()[0], static_cast<size_t>(plan_.lone));
    for (const v1::SubmitRequest& request : requests) {
      const auto start = Clock::now();
      OrDie(client_->Submit(request).status(), "Submit");
      verified_.push_back(SecondsSince(start));
    }
  }

  static void Append(const std::vector<double>& more,
                     std::vector<double>* all) {
    all->insert(all->end(), more.begin(), more.end());
  }

  const Plan plan_;
  const BenchParties& parties_;
  const std::string data_dir_;
  const std::unique_ptr<v1::SubmissionService::Stub> submission_;
  const std::unique_ptr<NullService::Stub> null_;
  const std::unique_ptr<client::LogClient> client_;
  size_t write_bytes_ = 4096;
  size_t answer_bytes_ = 0;
  std::vector<double> submit_, verified_;
  std::vector<double> verify_, sign_, sync_, sync_in_place_, call_;
};

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: submit_bench DIR [STATEMENTS [ROUNDS [LONE]]]\n";
    return 2;
  }
  Plan plan;
  plan.dir = argv[1];
  if (argc > 2) plan.statements = std::strtoull(argv[2], nullptr, 10);
  if (argc > 3) plan.rounds = std::atoi(argv[3]);
  if (argc > 4) plan.lone = std::atoi(argv[4]);
  plan.statements -= plan.statements % kStreams;
  const BenchParties parties;
  ServerProcess server(plan.dir);
  StreamBench streams(plan, parties, &server);
  LoneBench lone(plan, parties, &server);
  for (int round = 0; round < plan.rounds; ++round) {
    streams.Round();
    lone.Round();
  }
  streams.Report();
  lone.Report();
  return 0;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) { return sightline::bench::Main(argc, argv); }
