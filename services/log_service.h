// sightline.v1.LogService: reading the log and proving what it says.
//
// Source:  proto/sightline/v1/log_service.proto.
// Errors:  see log_queries.h, entry_run.h; kUnavailable: too many streams
//          or waiting calls.
// Threads: thread-safe; see entry_stream.h and checkpoint_wait.h.
//
// ListEntries and StreamEntries write their messages themselves (entry_run.h),
// so they are gRPC's "raw" methods: bytes in, bytes out.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "base/clock.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "proto/sightline/v1/log_service.grpc.pb.h"
#include "services/beat.h"
#include "services/call_limit.h"
#include "services/checkpoint_wait.h"
#include "services/entry_stream.h"
#include "services/live_calls.h"
#include "services/log_instance.h"
#include "services/log_queries.h"
#include "services/tail_runs.h"
#include "services/unary_calls.h"
#include "services/worker_pool.h"

namespace sightline::services {

struct LogServiceOptions {
  EntryStreamOptions stream;
  absl::Duration beat = absl::Milliseconds(20);  // see beat.h
  size_t max_streams = 4096;
  // ListEntries: entries of a page when the caller does not say, and its bytes.
  uint32_t usual_page_entries = 100;
  size_t max_page_bytes = size_t{1} << 20;
};

class LogService final
    : public v1::LogService::WithRawCallbackMethod_ListEntries<
          v1::LogService::WithRawCallbackMethod_StreamEntries<
              v1::LogService::CallbackService>> {
 public:
  // `readers` run what a wake-up starts. All pointers outlive the service.
  LogService(const LogServiceOptions& options, LogInstance* log,
             UnaryCalls* calls, WorkerPool* readers, const base::Clock* clock);

  grpc::ServerUnaryReactor* GetLog(grpc::CallbackServerContext* context,
                                   const v1::GetLogRequest* request,
                                   v1::GetLogResponse* response) override;
  grpc::ServerUnaryReactor* GetCheckpoint(
      grpc::CallbackServerContext* context,
      const v1::GetCheckpointRequest* request,
      v1::GetCheckpointResponse* response) override;
  grpc::ServerUnaryReactor* GetInclusionProof(
      grpc::CallbackServerContext* context,
      const v1::GetInclusionProofRequest* request,
      v1::GetInclusionProofResponse* response) override;
  grpc::ServerUnaryReactor* GetConsistencyProof(
      grpc::CallbackServerContext* context,
      const v1::GetConsistencyProofRequest* request,
      v1::GetConsistencyProofResponse* response) override;
  grpc::ServerUnaryReactor* GetEntry(grpc::CallbackServerContext* context,
                                     const v1::GetEntryRequest* request,
                                     v1::GetEntryResponse* response) override;
  grpc::ServerUnaryReactor* ListEntries(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamEntries(
      grpc::CallbackServerContext* context,
      const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* GetReceipt(
      grpc::CallbackServerContext* context,
      const v1::GetReceiptRequest* request,
      v1::GetReceiptResponse* response) override;
  grpc::ServerUnaryReactor* ListCheckpoints(
      grpc::CallbackServerContext* context,
      const v1::ListCheckpointsRequest* request,
      v1::ListCheckpointsResponse* response) override;

  // Ends long-polls and streams with kUnavailable.
  void BeginShutdown();
  // Afterwards: waits until they have ended, until `deadline` at most.
  void AwaitEnd(absl::Time deadline);

 private:
  absl::Status List(const grpc::ByteBuffer& request,
                    grpc::ByteBuffer* response) const;

  const LogServiceOptions options_;
  LogInstance* const log_;
  UnaryCalls* const calls_;
  WorkerPool* const readers_;
  const base::Clock* const clock_;
  const LogQueries queries_;
  CallLimit stream_limit_;
  TailRuns tail_runs_;
  Beat beat_;
  LiveCalls<EntryStream> streams_;
  LiveCalls<CheckpointWait> waits_;
};

}  // namespace sightline::services
