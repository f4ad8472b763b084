#include "services/admin_service.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "admission/admission.h"
#include "base/status_macros.h"
#include "grpcpp/security/auth_context.h"
#include "services/call_kind.h"
#include "services/grpc_status.h"
#include "services/peer_identity.h"
#include "services/submit_call.h"
#include "statement/submitter_id.h"

namespace sightline::services {
namespace {

absl::Status CheckRegistrar(const grpc::CallbackServerContext& context) {
  ASSIGN_OR_RETURN(const admission::Peer peer, PeerOf(*context.auth_context()));
  if (peer.submitter.empty()) {
    return absl::UnauthenticatedError(
        "needs the client certificate of a registrar");
  }
  if (peer.submitter != statement::kRegistrar) {
    return absl::PermissionDeniedError(
        absl::StrCat("the certificate is that of ", peer.submitter,
                     ", this call is for registrars"));
  }
  return absl::OkStatus();
}

}  // namespace

template <typename Request, typename Response>
grpc::ServerUnaryReactor* AdminService::Answer(
    grpc::CallbackServerContext* context, v1::StatementKind kind,
    const Request& request, Response* response) {
  UnaryCall* const call = calls_->Begin();
  absl::Status status =
      call->accepted() ? CheckRegistrar(*context) : ShuttingDown();
  if (status.ok()) status = CheckKind(request.statement(), kind);
  if (!status.ok()) {
    call->Finish(ToGrpcStatus(status));
    return call;
  }
  AnswerSubmission(log_, readers_, *context, request.statement(),
                   admission::SealOpenings(), v1::WAIT_FOR_INTEGRATED, response,
                   call);
  return call;
}

grpc::ServerUnaryReactor* AdminService::Enrol(
    grpc::CallbackServerContext* context, const v1::EnrolRequest* request,
    v1::EnrolResponse* response) {
  return Answer(context, v1::STATEMENT_KIND_ENROLMENT, *request, response);
}

grpc::ServerUnaryReactor* AdminService::RotateKeys(
    grpc::CallbackServerContext* context, const v1::RotateKeysRequest* request,
    v1::RotateKeysResponse* response) {
  return Answer(context, v1::STATEMENT_KIND_KEY_ROTATION, *request, response);
}

grpc::ServerUnaryReactor* AdminService::ChangeStatus(
    grpc::CallbackServerContext* context,
    const v1::ChangeStatusRequest* request,
    v1::ChangeStatusResponse* response) {
  return Answer(context, v1::STATEMENT_KIND_STATUS_CHANGE, *request, response);
}

grpc::ServerUnaryReactor* AdminService::PublishPolicy(
    grpc::CallbackServerContext* context,
    const v1::PublishPolicyRequest* request,
    v1::PublishPolicyResponse* response) {
  return Answer(context, v1::STATEMENT_KIND_POLICY_VERSION, *request, response);
}

grpc::ServerUnaryReactor* AdminService::ChangeLogKeys(
    grpc::CallbackServerContext* context,
    const v1::ChangeLogKeysRequest* request,
    v1::ChangeLogKeysResponse* response) {
  return Answer(context, v1::STATEMENT_KIND_LOG_KEY_CHANGE, *request, response);
}

grpc::ServerUnaryReactor* AdminService::PublishAssemblies(
    grpc::CallbackServerContext* context,
    const v1::PublishAssembliesRequest* request,
    v1::PublishAssembliesResponse* response) {
  return Answer(context, v1::STATEMENT_KIND_ASSEMBLY_CALENDAR, *request,
                response);
}

grpc::ServerUnaryReactor* AdminService::Reindex(
    grpc::CallbackServerContext* context, const v1::ReindexRequest*,
    v1::ReindexResponse* response) {
  UnaryCall* const call = calls_->Begin();
  absl::Status status =
      call->accepted() ? CheckRegistrar(*context) : ShuttingDown();
  if (status.ok() && views_ == nullptr) {
    status = absl::UnimplementedError("this server keeps no views");
  }
  if (status.ok()) status = views_->Rebuild();
  response->set_tree_size(log_->publisher().current()->tree_size);
  call->Finish(ToGrpcStatus(status));
  return call;
}

}  // namespace sightline::services
