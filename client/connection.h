// The calls of one log and the tree they are checked against: what LogClient
// and its streams share. Private to this room.
//
// Threads: thread-safe.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "checkpoint/log_keys.h"
#include "client/backoff.h"
#include "client/options.h"
#include "client/rpc_status.h"
#include "client/tree_tracker.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/admin_service.grpc.pb.h"
#include "proto/sightline/v1/disclosure_service.grpc.pb.h"
#include "proto/sightline/v1/log_service.grpc.pb.h"
#include "proto/sightline/v1/record_service.grpc.pb.h"
#include "proto/sightline/v1/registry_service.grpc.pb.h"
#include "proto/sightline/v1/submission_service.grpc.pb.h"

namespace sightline::client {

inline std::chrono::system_clock::time_point DeadlineIn(absl::Duration time) {
  return absl::ToChronoTime(absl::Now() + time);
}

// Whether trying again may help: the log could not be reached, or was too busy
// and says when to come back.
bool IsTransient(const absl::Status& status);

class Connection {
 public:
  Connection(std::shared_ptr<grpc::Channel> channel,
             checkpoint::LogKeySet log_keys, const Options& options);

  // Calls `method` of `stub`, again while it fails for a passing reason.
  // `timeout` is that of all attempts together.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(
      Stub& stub,
      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                   Response*),
      absl::string_view name, const Request& request, absl::Duration timeout) {
    const auto deadline = DeadlineIn(timeout);
    Backoff backoff(options_.first_backoff, options_.max_backoff, options_.rng);
    for (int attempt = 1;; ++attempt) {
      grpc::ClientContext context;
      context.set_deadline(deadline);
      Response response;
      const absl::Status status =
          FromGrpcStatus((stub.*method)(&context, request, &response), name);
      if (status.ok()) return response;
      if (attempt >= options_.max_attempts || !IsTransient(status)) {
        return status;
      }
      const absl::Duration delay = backoff.Next(RetryDelay(status));
      if (DeadlineIn(delay) >= deadline || !closing_.Wait(delay)) return status;
    }
  }

  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(
      Stub& stub,
      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                   Response*),
      absl::string_view name, const Request& request) {
    return Call(stub, method, name, request, options_.call_timeout);
  }

  v1::LogService::Stub& log() { return *log_; }
  v1::SubmissionService::Stub& submission() { return *submission_; }
  v1::RegistryService::Stub& registry() { return *registry_; }
  v1::RecordService::Stub& record() { return *record_; }
  v1::AdminService::Stub& admin() { return *admin_; }
  v1::DisclosureService::Stub& disclosure() { return *disclosure_; }

  TreeTracker& tracker() { return tracker_; }
  const Options& options() const { return options_; }

  // Ends every wait between attempts.
  void Close() { closing_.Cancel(); }

 private:
  absl::StatusOr<std::vector<merkle::Hash>> FetchConsistency(uint64_t old_size,
                                                             uint64_t new_size);

  const Options options_;
  const std::unique_ptr<v1::LogService::Stub> log_;
  const std::unique_ptr<v1::SubmissionService::Stub> submission_;
  const std::unique_ptr<v1::RegistryService::Stub> registry_;
  const std::unique_ptr<v1::RecordService::Stub> record_;
  const std::unique_ptr<v1::AdminService::Stub> admin_;
  const std::unique_ptr<v1::DisclosureService::Stub> disclosure_;
  Pause closing_;
  TreeTracker tracker_;
};

}  // namespace sightline::client
