// sightline.v1.SubmissionService: statements in, receipts out.
//
// Source:  proto/sightline/v1/submission_service.proto.
// Errors:  those of Admission::Admit and Sequencer::Submit, as gRPC statuses;
//          see call_limit.h for streams.
// Threads: thread-safe; see submit_call.h and submit_stream.h.
#pragma once

#include "absl/time/time.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "proto/sightline/v1/submission_service.grpc.pb.h"
#include "services/call_limit.h"
#include "services/live_calls.h"
#include "services/log_instance.h"
#include "services/submit_stream.h"
#include "services/unary_calls.h"
#include "services/worker_pool.h"

namespace sightline::services {

struct SubmissionOptions {
  SubmitStreamOptions stream;
  size_t max_streams = 256;
  size_t max_streams_per_submitter = 16;
};

class SubmissionService final : public v1::SubmissionService::CallbackService {
 public:
  // `admitters` check signatures of streams, `readers` read the store. All
  // pointers outlive the service.
  SubmissionService(const SubmissionOptions& options, LogInstance* log,
                    UnaryCalls* calls, WorkerPool* admitters,
                    WorkerPool* readers);

  grpc::ServerUnaryReactor* Submit(grpc::CallbackServerContext* context,
                                   const v1::SubmitRequest* request,
                                   v1::SubmitResponse* response) override;
  grpc::ServerBidiReactor<v1::SubmitStreamRequest, v1::SubmitStreamResponse>*
  SubmitStream(grpc::CallbackServerContext* context) override;

  // Streams stop reading, answer what they have read, and end.
  void BeginShutdown() { streams_.BeginShutdown(); }
  // Afterwards: waits until they have ended, until `deadline` at most.
  void AwaitEnd(absl::Time deadline) { streams_.AwaitNone(deadline); }

 private:
  const SubmissionOptions options_;
  LogInstance* const log_;
  UnaryCalls* const calls_;
  WorkerPool* const admitters_;
  WorkerPool* const readers_;
  CallLimit limit_;
  LiveCalls<services::SubmitStream> streams_;
};

}  // namespace sightline::services
