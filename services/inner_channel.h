// A way to a gRPC server from inside its own process, as somebody without a
// certificate.
//
// gRPC 1.51 crashes when a call begins on such a channel of a server that has
// shut down, so whoever begins one asks here first. Calls that go on end as all
// others do.
//
// Example:
//   const absl::Status begun =
//       inner->Begin([&] { stub.UnaryCall(context, ...); });
//
// Errors:  kUnavailable: the server has shut down.
// Threads: thread-safe.
#pragma once

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "base/mutex.h"
#include "grpcpp/channel.h"

namespace sightline::services {

class InnerChannel {
 public:
  explicit InnerChannel(std::shared_ptr<grpc::Channel> channel)
      : channel_(std::move(channel)) {}

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // Runs `start`, which begins calls and does not wait for them.
  absl::Status Begin(absl::FunctionRef<void()> start)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // No call begins after this has returned.
  void Close() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  const std::shared_ptr<grpc::Channel> channel_;

  base::Mutex mutex_;
  base::CondVar changed_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  int beginning_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sightline::services
