// The gRPC server: every service of a log on its addresses.
//
// Source:  docs/operations.md "Running".
// Errors:  Start: kInvalidArgument: options or TLS files; kUnavailable: cannot
//          listen.
// Threads: thread-safe. Two pools of its own (signature checks, reading), one
//          thread that watches the log's health, one that keeps the views of
//          the record up, and gRPC's.
// Shutdown: see Shutdown.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "grpcpp/server.h"
#include "services/admin_service.h"
#include "services/disclosure_service.h"
#include "services/inner_channel.h"
#include "services/log_instance.h"
#include "services/log_service.h"
#include "services/record_service.h"
#include "services/record_views.h"
#include "services/registry_service.h"
#include "services/submission_service.h"
#include "services/tls.h"
#include "services/unary_calls.h"
#include "services/worker_pool.h"
#include "telemetry/diagnostics.h"

namespace sightline::services {

struct ServerOptions {
  // "host:port", with TLS; port 0 takes a free one. Needs `tls`.
  std::vector<std::string> listen;
  std::optional<TlsFiles> tls;
  // "127.0.0.1:port" or another loopback address, without TLS: reading for
  // tests and benchmarks. Nobody can submit here, as nobody has a certificate.
  std::string plaintext_loopback;

  SubmissionOptions submission;
  LogServiceOptions log;

  // Threads that check signatures of streams; 0: one for each core.
  size_t admission_threads = 0;
  size_t reader_threads = 2;
  // A submission with all its openings fits.
  int max_message_bytes = 2 << 20;
  // Calls at once on one connection.
  int max_concurrent_streams = 256;
  size_t max_memory_bytes = size_t{512} << 20;  // of gRPC's buffers
  absl::Duration keepalive_time = absl::Seconds(60);
  absl::Duration keepalive_timeout = absl::Seconds(20);
  absl::Duration health_interval = absl::Seconds(1);
  // Shows connections and their addresses to everybody who can connect.
  bool channelz = false;

  absl::Status Validate() const;
};

// The services that anybody may call, without a certificate.
inline constexpr absl::string_view kPublicServices[] = {
    "sightline.v1.LogService",
    "sightline.v1.RegistryService",
    "sightline.v1.RecordService",
};

class Server {
 public:
  // All pointers outlive the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const ServerOptions& options, LogInstance* log, const base::Clock* clock,
      telemetry::Diagnostics* diagnostics);

  ~Server();  // Shutdown(no grace)

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Where it listens, "127.0.0.1:41234": first those with TLS, in the order of
  // the options, then the plaintext one.
  const std::vector<std::string>& addresses() const { return addresses_; }

  // Shared with whoever calls from inside; may be kept longer than the server.
  const std::shared_ptr<InnerChannel>& inner_channel() const { return inner_; }

  // Accepts no more calls, ends streams and long-polls with kUnavailable,
  // answers every statement that was read, cancels what is not done after
  // `grace`, then shuts the log's pipeline down. Connections without a
  // call are not waited for. Idempotent.
  void Shutdown(absl::Duration grace) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  Server(const ServerOptions& options, LogInstance* log,
         std::unique_ptr<RecordViews> record_views, const base::Clock* clock,
         telemetry::Diagnostics* diagnostics);

  absl::Status Listen();
  void AwaitCalls(absl::Time deadline);
  void WatchHealth() ABSL_LOCKS_EXCLUDED(mutex_);
  void ReportRefusing(const absl::Status& refusing);

  const ServerOptions options_;
  LogInstance* const log_;
  telemetry::Diagnostics* const diagnostics_;
  const std::unique_ptr<RecordViews> record_views_;  // null without a store
  UnaryCalls calls_;
  WorkerPool admitters_;
  WorkerPool readers_;
  SubmissionService submission_service_;
  LogService log_service_;
  RegistryService registry_service_;
  RecordService record_service_;
  AdminService admin_service_;
  DisclosureService disclosure_service_;
  std::vector<std::string> addresses_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<InnerChannel> inner_;

  base::Mutex mutex_;
  base::CondVar changed_;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread health_thread_;
};

}  // namespace sightline::services
