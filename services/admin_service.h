// sightline.v1.AdminService: what registrars do.
//
// Source:  proto/sightline/v1/admin_service.proto.
// Errors:  kPermissionDenied: not a registrar's certificate. kInvalidArgument:
//          a statement of another kind than the call's. Then as Submit.
// Threads: thread-safe.
//
// The certificate only opens the door: the registrars' signatures decide, and
// admission checks them as it checks everybody's.
#pragma once

#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "proto/sightline/v1/admin_service.grpc.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "services/log_instance.h"
#include "services/record_views.h"
#include "services/unary_calls.h"
#include "services/worker_pool.h"

namespace sightline::services {

class AdminService final : public v1::AdminService::CallbackService {
 public:
  // All outlive the service.
  // `views` may be null.
  AdminService(LogInstance* log, RecordViews* views, UnaryCalls* calls,
               WorkerPool* readers)
      : log_(log), views_(views), calls_(calls), readers_(readers) {}

  grpc::ServerUnaryReactor* Enrol(grpc::CallbackServerContext* context,
                                  const v1::EnrolRequest* request,
                                  v1::EnrolResponse* response) override;
  grpc::ServerUnaryReactor* RotateKeys(
      grpc::CallbackServerContext* context,
      const v1::RotateKeysRequest* request,
      v1::RotateKeysResponse* response) override;
  grpc::ServerUnaryReactor* ChangeStatus(
      grpc::CallbackServerContext* context,
      const v1::ChangeStatusRequest* request,
      v1::ChangeStatusResponse* response) override;
  grpc::ServerUnaryReactor* PublishPolicy(
      grpc::CallbackServerContext* context,
      const v1::PublishPolicyRequest* request,
      v1::PublishPolicyResponse* response) override;
  grpc::ServerUnaryReactor* ChangeLogKeys(
      grpc::CallbackServerContext* context,
      const v1::ChangeLogKeysRequest* request,
      v1::ChangeLogKeysResponse* response) override;
  grpc::ServerUnaryReactor* PublishAssemblies(
      grpc::CallbackServerContext* context,
      const v1::PublishAssembliesRequest* request,
      v1::PublishAssembliesResponse* response) override;
  grpc::ServerUnaryReactor* Reindex(grpc::CallbackServerContext* context,
                                    const v1::ReindexRequest* request,
                                    v1::ReindexResponse* response) override;

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                   v1::StatementKind kind,
                                   const Request& request, Response* response);

  LogInstance* const log_;
  RecordViews* const views_;
  UnaryCalls* const calls_;
  WorkerPool* const readers_;
};

}  // namespace sightline::services
