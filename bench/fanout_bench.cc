// Fan-out: many monitors at the tail of StreamEntries while entries are appended
// at a steady rate. When each entry arrives everywhere, and what that costs the
// server beside a null server that sends the same bytes to as many. Monitors and
// submitter look no closer than that needs: they share the cores with the server.
//
//   fanout_bench DIR [MONITORS [RATE [SECONDS]]]
//
// DIR must not exist; it is left behind. Each monitor has a connection of its own,
// with TLS. Server and monitors are two processes on the same cores.
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/mutex.h"
#include "bench/bench_parties.h"
#include "bench/null_service.pb.h"
#include "bench/or_die.h"
#include "bench/result.h"
#include "bench/server_process.h"
#include "client/channel.h"
#include "client/log_client.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "proto/sightline/v1/log_service.pb.h"
#include "proto/sightline/v1/submission_service.grpc.pb.h"

namespace sightline::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(60);
constexpr uint32_t kRunTag = 1 << 3 | 2;    // of StreamEntriesResponse
constexpr uint32_t kNextIndexTag = 6 << 3;  // of EntryRun

struct Plan {
  std::string dir;
  int monitors = 200;
  int rate = 2000;
  int seconds = 8;
  size_t entries() const { return static_cast<size_t>(rate * seconds); }
};

double Now() {
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

// EntryRun.next_index, without making a message of it all: the monitors share
// the cores with the server.
uint64_t NextIndexOf(grpc::ByteBuffer* message) {
  using google::protobuf::internal::WireFormatLite;
  grpc::ProtoBufferReader bytes(message);
  google::protobuf::io::CodedInputStream in(&bytes);
  uint32_t size = 0;
  if (in.ReadTag() != kRunTag || !in.ReadVarint32(&size)) return 0;
  while (const uint32_t tag = in.ReadTag()) {
    uint64_t next_index = 0;
    if (tag == kNextIndexTag && in.ReadVarint64(&next_index)) return next_index;
    if (!WireFormatLite::SkipField(&in, tag)) break;
  }
  return 0;
}

// One stream, read without end or to its end.
class Stream final
    : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  struct Arrival {
    uint64_t next_index;
    double at;
  };

  Stream(std::shared_ptr<grpc::Channel> channel, const std::string& method,
         const google::protobuf::Message& request, bool of_entries)
      : of_entries_(of_entries), stub_(std::move(channel)) {
    const grpc::Slice slice(request.SerializeAsString());
    request_ = grpc::ByteBuffer(&slice, 1);
    stub_.PrepareBidiStreamingCall(&context_, method, {}, this);
    StartWriteLast(&request_, {});
    StartRead(&message_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    const double at = Now();
    const uint64_t next_index = of_entries_ ? NextIndexOf(&message_) : 0;
    {
      base::MutexLock lock(&mutex_);
      ++messages_;
      bytes_ += message_.Length();
      if (of_entries_) arrivals_.push_back({next_index, at});
      changed_.NotifyAll();
    }
    StartRead(&message_);
  }

  void OnDone(const grpc::Status& status) override {
    base::MutexLock lock(&mutex_);
    if (!status.ok() && !cancelled_) {
      OrDie(absl::UnavailableError(status.error_message()), "stream");
    }
    done_ = true;
    changed_.NotifyAll();
  }

  void AwaitIndex(uint64_t next_index) {
    base::MutexLock lock(&mutex_);
    while (arrivals_.empty() || arrivals_.back().next_index < next_index) {
      if (!changed_.WaitFor(&mutex_, absl::FromChrono(kPatience))) {
        OrDie(absl::DeadlineExceededError("an entry has not arrived"),
              "monitor");
      }
    }
  }
  void AwaitDone() {
    base::MutexLock lock(&mutex_);
    while (!done_) changed_.Wait(&mutex_);
  }
  void Cancel() {
    {
      base::MutexLock lock(&mutex_);
      cancelled_ = true;
    }
    context_.TryCancel();
    AwaitDone();
  }

  // After the end.
  const std::vector<Arrival>& arrivals() const ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return arrivals_;
  }
  uint64_t messages() const ABSL_NO_THREAD_SAFETY_ANALYSIS { return messages_; }
  uint64_t bytes() const ABSL_NO_THREAD_SAFETY_ANALYSIS { return bytes_; }

 private:
  const bool of_entries_;
  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer message_;

  base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<Arrival> arrivals_ ABSL_GUARDED_BY(mutex_);
  uint64_t messages_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
};

using Streams = std::vector<std::unique_ptr<Stream>>;

// When the statement of each entry was handed over.
class Handed {
 public:
  void Note(uint64_t index, double at) {
    base::MutexLock lock(&mutex_);
    if (index >= at_.size()) at_.resize(index + 1, 0);
    at_[index] = at;
  }
  // Of the last entry, plus one.
  uint64_t size() const {
    base::MutexLock lock(&mutex_);
    return at_.size();
  }
  // 0: not by us.
  double at(uint64_t index) const {
    base::MutexLock lock(&mutex_);
    return index < at_.size() ? at_[index] : 0;
  }

 private:
  mutable base::Mutex mutex_;
  std::vector<double> at_ ABSL_GUARDED_BY(mutex_);
};

class FanoutBench {
 public:
  FanoutBench(const Plan& plan, const BenchParties& parties,
              ServerProcess* server)
      : plan_(plan),
        parties_(parties),
        server_(*server),
        client_(OrDie(client::LogClient::Connect(
                          server->address(), server->Tls(0), parties.LogKeys()),
                      "client")) {}

  void Run() {
    const double alone = Append(nullptr);
    Streams monitors = Open();
    Handed handed;
    const double with_monitors = Append(&handed);
    for (const auto& monitor : monitors) monitor->AwaitIndex(handed.size());
    for (const auto& monitor : monitors) monitor->Cancel();
    TakeLatencies(monitors, handed);
    const double null = Null();
    Report(with_monitors - alone, null);
  }

 private:
  std::shared_ptr<grpc::Channel> Channel(const std::string& address) {
    return OrDie(client::MakeChannel(address, server_.Tls(0)), "channel");
  }

  // Submits at the rate of the plan; the server's processor time.
  double Append(Handed* handed) {
    const std::vector<v1::SubmitRequest> requests =
        parties_.MakeRequests(parties_.agencies()[0], plan_.entries());
    std::vector<double> handed_at(requests.size());
    const auto stub =
        v1::SubmissionService::NewStub(Channel(server_.address()));
    grpc::ClientContext context;
    const double before = server_.CpuSeconds();
    const double begin = Now();
    const auto stream = stub->SubmitStream(&context);
    // Answers come in the order of the statements.
    std::thread answers([&stream, &handed_at, handed] {
      v1::SubmitStreamResponse response;
      for (const double& at : handed_at) {
        if (!stream->Read(&response) || !response.has_accepted()) {
          OrDie(absl::UnavailableError("a statement was not accepted"),
                "submit");
        }
        if (handed != nullptr) {
          handed->Note(response.accepted().receipt().index(), at);
        }
      }
    });
    for (size_t i = 0; i < requests.size(); ++i) {
      const double due = begin + static_cast<double>(i) / plan_.rate;
      const double early = due - Now();
      if (early > 0) {
        std::this_thread::sleep_for(std::chrono::duration<double>(early));
      }
      v1::SubmitStreamRequest request;
      *request.mutable_submit() = requests[i];
      handed_at[i] = Now();
      stream->Write(request);
    }
    stream->WritesDone();
    answers.join();
    const grpc::Status status = stream->Finish();
    if (!status.ok()) {
      OrDie(absl::UnavailableError(status.error_message()), "submit");
    }
    append_seconds_ = Now() - begin;
    return server_.CpuSeconds() - before;
  }

  Streams Open() {
    const client::TreePtr tree = OrDie(client_->GetCheckpoint(), "checkpoint");
    v1::StreamEntriesRequest request;
    request.set_start_index(tree->size - 1);
    request.set_follow(true);
    Streams out;
    for (int i = 0; i < plan_.monitors; ++i) {
      out.push_back(std::make_unique<Stream>(
          Channel(server_.address()), "/sightline.v1.LogService/StreamEntries",
          request, true));
    }
    for (const auto& monitor : out) monitor->AwaitIndex(tree->size);
    return out;
  }

  void TakeLatencies(const Streams& monitors, const Handed& handed) {
    for (const auto& monitor : monitors) {
      messages_ += monitor->messages();
      bytes_ += monitor->bytes();
      uint64_t next = 0;
      for (const Stream::Arrival& arrival : monitor->arrivals()) {
        for (; next < arrival.next_index; ++next) {
          const double at = handed.at(next);
          if (at > 0) latencies_.push_back(arrival.at - at);
        }
      }
    }
  }

  // As many streams of as many messages of the same size; processor time of the
  // null server.
  double Null() {
    NullStreamRequest request;
    const auto monitors = static_cast<uint64_t>(plan_.monitors);
    request.set_messages(std::max<uint64_t>(1, messages_ / monitors));
    request.set_message_bytes(static_cast<uint32_t>(bytes_ / messages_));
    const double before = server_.CpuSeconds();
    Streams streams;
    for (int i = 0; i < plan_.monitors; ++i) {
      streams.push_back(std::make_unique<Stream>(
          Channel(server_.null_address()),
          "/sightline.bench.NullService/Stream", request, false));
    }
    for (const auto& stream : streams) stream->AwaitDone();
    return server_.CpuSeconds() - before;
  }

  void Report(double cost, double null) const {
    const double p50 = 1e3 * Quantile(latencies_, 0.5);
    const double p99 = 1e3 * Quantile(latencies_, 0.99);
    const std::string who = absl::StrFormat(
        "%d monitors at the tail, %.0f entries/s", plan_.monitors,
        static_cast<double>(plan_.entries()) / append_seconds_);
    PrintNote(absl::StrFormat(
        "fan-out: p50 %.1f ms, p99 %.1f ms; %.0f messages/s of %d bytes to all "
        "monitors",
        p50, p99, static_cast<double>(messages_) / append_seconds_,
        static_cast<int>(bytes_ / messages_)));
    Print({who + ": arrival, p99", "at most 100 ms", "ms", p99, 100, p99 / 100,
           p99 <= 100,
           "the bar; from handing a statement over to its entry's arrival at "
           "every monitor"});
    const double per_second = 1 / append_seconds_;
    Print({who + ": processor time of the server", "at most 1 times", "s/s",
           cost * per_second, null * per_second, cost / null, cost <= null,
           "a null server that sends as many messages of that size to as many "
           "connections as fast as it can; both with TLS"});
  }

  const Plan plan_;
  const BenchParties& parties_;
  ServerProcess& server_;
  const std::unique_ptr<client::LogClient> client_;
  double append_seconds_ = 0;
  std::vector<double> latencies_;
  uint64_t messages_ = 0;
  uint64_t bytes_ = 0;
};

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: fanout_bench DIR [MONITORS [RATE [SECONDS]]]\n";
    return 2;
  }
  Plan plan;
  plan.dir = argv[1];
  if (argc > 2) plan.monitors = std::atoi(argv[2]);
  if (argc > 3) plan.rate = std::atoi(argv[3]);
  if (argc > 4) plan.seconds = std::atoi(argv[4]);
  const BenchParties parties;
  ServerProcess server(plan.dir);
  FanoutBench(plan, parties, &server).Run();
  return 0;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) { return sightline::bench::Main(argc, argv); }
