// sightline.v1.DisclosureService: sealed openings read, opened, destroyed.
//
// Source:  proto/sightline/v1/disclosure_service.proto.
// Errors:  kInvalidArgument: a statement of another kind than the call's. Then as
//          Submit. ReadSealed: those of sealed_payloads.h; kAlreadyExists.
// Threads: thread-safe.
//
// An opening leaves only after the read that asked for it is in the log: one entry
// for each time that something was given.
#pragma once

#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "proto/sightline/v1/disclosure_service.grpc.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "services/log_instance.h"
#include "services/unary_calls.h"
#include "services/worker_pool.h"

namespace sightline::services {

class DisclosureService final : public v1::DisclosureService::CallbackService {
 public:
  // All outlive the service.
  DisclosureService(LogInstance* log, UnaryCalls* calls, WorkerPool* readers)
      : log_(log), calls_(calls), readers_(readers) {}

  grpc::ServerUnaryReactor* ReadSealed(
      grpc::CallbackServerContext* context,
      const v1::ReadSealedRequest* request,
      v1::ReadSealedResponse* response) override;
  grpc::ServerUnaryReactor* Unseal(grpc::CallbackServerContext* context,
                                   const v1::UnsealRequest* request,
                                   v1::UnsealResponse* response) override;
  grpc::ServerUnaryReactor* Erase(grpc::CallbackServerContext* context,
                                  const v1::EraseRequest* request,
                                  v1::EraseResponse* response) override;

 private:
  // The call, finished already when it cannot go on.
  UnaryCall* BeginCall(const v1::SignedStatement& statement,
                       v1::StatementKind kind, bool* goes_on);
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                   v1::StatementKind kind,
                                   const Request& request, Response* response);

  LogInstance* const log_;
  UnaryCalls* const calls_;
  WorkerPool* const readers_;
};

}  // namespace sightline::services
