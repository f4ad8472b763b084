#include "services/server.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/foreign_locks.h"
#include "base/status_macros.h"
#include "grpc/grpc.h"
#include "grpcpp/ext/channelz_service_plugin.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/support/channel_arguments.h"

namespace sightline::services {
namespace {

constexpr size_t kMaxQueuedTasks = 65536;

size_t AdmissionThreads(const ServerOptions& options) {
  if (options.admission_threads > 0) return options.admission_threads;
  return std::max(1u, std::thread::hardware_concurrency());
}

bool IsLoopback(absl::string_view address) {
  return absl::StartsWith(address, "127.") ||
         absl::StartsWith(address, "localhost:") ||
         absl::StartsWith(address, "[::1]:");
}

void SetLimits(const ServerOptions& options, grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(options.max_message_bytes);
  builder->SetResourceQuota(
      grpc::ResourceQuota("sightline").Resize(options.max_memory_bytes));
  const auto set = [builder](const char* name, int64_t value) {
    builder->AddChannelArgument(name, static_cast<int>(value));
  };
  set(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_concurrent_streams);
  // A second process on the same port would take half of the calls.
  set(GRPC_ARG_ALLOW_REUSEPORT, 0);
  set(GRPC_ARG_KEEPALIVE_TIME_MS,
      absl::ToInt64Milliseconds(options.keepalive_time));
  set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
      absl::ToInt64Milliseconds(options.keepalive_timeout));
  set(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  set(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  set(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10'000);
}

// "127.0.0.1:0" with the port that was taken.
std::string WithPort(absl::string_view address, int port) {
  return absl::StrCat(address.substr(0, address.rfind(':')), ":", port);
}

}  // namespace

absl::Status ServerOptions::Validate() const {
  if (listen.empty() && plaintext_loopback.empty()) {
    return absl::InvalidArgumentError("no address to listen on");
  }
  if (!listen.empty() && !tls.has_value()) {
    return absl::InvalidArgumentError(
        "listening needs a TLS certificate and its key");
  }
  if (!plaintext_loopback.empty() && !IsLoopback(plaintext_loopback)) {
    return absl::InvalidArgumentError(
        absl::StrCat("without TLS only a loopback address will do, got ",
                     plaintext_loopback));
  }
  if (submission.stream.read_ahead == 0 || reader_threads == 0 ||
      max_message_bytes <= 0 || max_concurrent_streams <= 0) {
    return absl::InvalidArgumentError("server: every limit must be above 0");
  }
  return absl::OkStatus();
}

Server::Server(const ServerOptions& options, LogInstance* log,
               std::unique_ptr<RecordViews> record_views,
               const base::Clock* clock, telemetry::Diagnostics* diagnostics)
    : options_(options),
      log_(log),
      diagnostics_(diagnostics),
      record_views_(std::move(record_views)),
      admitters_(AdmissionThreads(options), kMaxQueuedTasks),
      readers_(options.reader_threads, kMaxQueuedTasks),
      submission_service_(options.submission, log, &calls_, &admitters_,
                          &readers_),
      log_service_(options.log, log, &calls_, &readers_, clock),
      registry_service_(log, &calls_),
      record_service_(log, record_views_.get(), &calls_, &readers_, clock),
      admin_service_(log, record_views_.get(), &calls_, &readers_),
      disclosure_service_(log, &calls_, &readers_) {}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    const ServerOptions& options, LogInstance* log, const base::Clock* clock,
    telemetry::Diagnostics* diagnostics) {
  RETURN_IF_ERROR(options.Validate());
  std::unique_ptr<RecordViews> views;
  if (log->view_store() != nullptr) {
    ASSIGN_OR_RETURN(views,
                     RecordViews::Open(log, log->view_store(), diagnostics));
  }
  std::unique_ptr<Server> server(
      new Server(options, log, std::move(views), clock, diagnostics));
  RETURN_IF_ERROR(server->Listen());
  server->health_thread_ =
      std::thread([s = server.get()] { s->WatchHealth(); });
  return server;
}

absl::Status Server::Listen() {
  RequireTls13();
  base::StopFollowingForeignLocks();
  // These three are switches of the whole process.
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  if (options_.channelz) grpc::channelz::experimental::InitChannelzService();
  grpc::ServerBuilder builder;
  SetLimits(options_, &builder);
  std::vector<std::string> wanted = options_.listen;
  std::shared_ptr<grpc::ServerCredentials> tls;
  if (!wanted.empty()) {
    ASSIGN_OR_RETURN(tls, TlsCredentials(*options_.tls));
  }
  if (!options_.plaintext_loopback.empty()) {
    wanted.push_back(options_.plaintext_loopback);
  }
  std::vector<int> ports(wanted.size(), 0);
  for (size_t i = 0; i < wanted.size(); ++i) {
    builder.AddListeningPort(
        wanted[i],
        i < options_.listen.size() ? tls : grpc::InsecureServerCredentials(),
        &ports[i]);
  }
  builder.RegisterService(&submission_service_);
  builder.RegisterService(&log_service_);
  builder.RegisterService(&registry_service_);
  builder.RegisterService(&record_service_);
  builder.RegisterService(&admin_service_);
  builder.RegisterService(&disclosure_service_);
  server_ = builder.BuildAndStart();
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (server_ == nullptr || ports[i] == 0) {
      if (ports[i] != 0) continue;
      return absl::UnavailableError(
          absl::StrCat("cannot listen on ", wanted[i]));
    }
    addresses_.push_back(WithPort(wanted[i], ports[i]));
  }
  if (server_ == nullptr) return absl::InternalError("gRPC did not start");
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);  // the messages are our own
  inner_ = std::make_shared<InnerChannel>(server_->InProcessChannel(arguments));
  return absl::OkStatus();
}

void Server::WatchHealth() {
  absl::Status before;
  absl::Status refusing_before;
  while (true) {
    const absl::Status health = log_->health();
    if (health.ok() != before.ok()) {
      server_->GetHealthCheckService()->SetServingStatus(health.ok());
      if (health.ok()) {
        diagnostics_->Info("writing_again", {});
      } else {
        diagnostics_->Error("not_writing", {{"why", health.ToString()}});
      }
    }
    before = health;
    const absl::Status refusing = log_->sequencer().refusing();
    if (refusing.ok() != refusing_before.ok()) ReportRefusing(refusing);
    refusing_before = refusing;
    base::MutexLock lock(&mutex_);
    if (!closing_) changed_.WaitFor(&mutex_, options_.health_interval);
    if (closing_) return;
  }
}

void Server::ReportRefusing(const absl::Status& refusing) {
  if (refusing.ok()) {
    diagnostics_->Info("taking_again", {});
  } else {
    diagnostics_->Warning("refusing", {{"why", refusing.ToString()}});
  }
}

// gRPC's own grace would wait for every connection to be closed by its client,
// idle ones included.
void Server::AwaitCalls(absl::Time deadline) {
  calls_.Close();
  submission_service_.BeginShutdown();
  log_service_.BeginShutdown();
  calls_.AwaitNone(deadline);
  submission_service_.AwaitEnd(deadline);
  log_service_.AwaitEnd(deadline);
}

Server::~Server() { Shutdown(absl::ZeroDuration()); }

void Server::Shutdown(absl::Duration grace) {
  {
    base::MutexLock lock(&mutex_);
    if (closing_) return;
    closing_ = true;
    changed_.NotifyAll();
  }
  if (health_thread_.joinable()) health_thread_.join();
  if (server_ != nullptr) {
    if (auto* const health = server_->GetHealthCheckService()) {
      health->SetServingStatus(false);
    }
    AwaitCalls(absl::Now() + grace);
    if (inner_ != nullptr) inner_->Close();
    // What has a call still is cancelled; idle connections are closed.
    server_->Shutdown(absl::ToChronoTime(absl::Now()));
    server_->Wait();
  }
  if (record_views_ != nullptr) record_views_->Shutdown();
  // Nobody calls any more; what is in the pipeline is finished before the pools
  // that its completions use go away.
  log_->Shutdown();
  admitters_.Shutdown();
  readers_.Shutdown();
}

}  // namespace sightline::services
