// The unary calls that are being answered, so that a shutdown knows when the
// last answer has left.
//
// gRPC's own shutdown waits until every connection is closed, and a client that
// has no call running may take seconds to notice that it should close.
//
// Example:
//   UnaryCall* const call = calls_->Begin();
//   if (!call->accepted()) { ...Finish with kUnavailable... }
//
// Threads: thread-safe.
#pragma once

#include <cstddef>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "grpcpp/support/server_callback.h"

namespace sightline::services {

class UnaryCall;

class UnaryCalls {
 public:
  // A reactor that the handler returns and finishes; it deletes itself.
  UnaryCall* Begin() ABSL_LOCKS_EXCLUDED(mutex_);

  // From now on calls are not accepted, and nobody waits for them.
  void Close() ABSL_LOCKS_EXCLUDED(mutex_);

  // Waits until every accepted call has ended, until `deadline` at most.
  void AwaitNone(absl::Time deadline) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  friend class UnaryCall;

  bool Enter() ABSL_LOCKS_EXCLUDED(mutex_);
  void Leave() ABSL_LOCKS_EXCLUDED(mutex_);

  base::Mutex mutex_;
  base::CondVar changed_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  size_t running_ ABSL_GUARDED_BY(mutex_) = 0;
};

class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  explicit UnaryCall(UnaryCalls* calls)
      : calls_(calls), accepted_(calls->Enter()) {}

  // False while the server shuts down: the answer may not reach the caller, so
  // nothing may be changed on its behalf.
  bool accepted() const { return accepted_; }

  void OnDone() override {
    if (accepted_) calls_->Leave();
    delete this;
  }

 private:
  UnaryCalls* const calls_;
  const bool accepted_;
};

// What a call that was not accepted is told.
absl::Status ShuttingDown();

}  // namespace sightline::services
