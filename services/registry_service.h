// sightline.v1.RegistryService: who may submit, as of any published tree size.
//
// Source:  proto/sightline/v1/registry_service.proto.
// Errors:  kNotFound: no such submitter or key. kOutOfRange: beyond the tree.
//          kInvalidArgument: page size or token.
// Threads: thread-safe.
//
// A page token holds the tree size of the first page and the last submitter
// given, so that a listing is of one tree however long it takes.
#pragma once

#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "proto/sightline/v1/registry_service.grpc.pb.h"
#include "services/log_instance.h"
#include "services/unary_calls.h"

namespace sightline::services {

class RegistryService final : public v1::RegistryService::CallbackService {
 public:
  // Both outlive the service.
  RegistryService(LogInstance* log, UnaryCalls* calls)
      : log_(log), calls_(calls) {}

  grpc::ServerUnaryReactor* GetSubmitter(
      grpc::CallbackServerContext* context,
      const v1::GetSubmitterRequest* request,
      v1::GetSubmitterResponse* response) override;
  grpc::ServerUnaryReactor* ListSubmitters(
      grpc::CallbackServerContext* context,
      const v1::ListSubmittersRequest* request,
      v1::ListSubmittersResponse* response) override;
  grpc::ServerUnaryReactor* GetKey(grpc::CallbackServerContext* context,
                                   const v1::GetKeyRequest* request,
                                   v1::GetKeyResponse* response) override;
  grpc::ServerUnaryReactor* ListPolicies(
      grpc::CallbackServerContext* context,
      const v1::ListPoliciesRequest* request,
      v1::ListPoliciesResponse* response) override;

 private:
  LogInstance* const log_;
  UnaryCalls* const calls_;
};

}  // namespace sightline::services
