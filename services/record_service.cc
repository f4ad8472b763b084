#include "services/record_service.h"

#include "absl/status/status.h"
#include "services/grpc_status.h"

namespace sightline::services {

// Request and response are gRPC's until Finish.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* RecordService::Answer(
    const Request* request, Response* response,
    absl::Status (RecordAnswers::*answer)(const Request&, Response*) const) {
  UnaryCall* const call = calls_->Begin();
  if (!call->accepted()) {
    call->Finish(ToGrpcStatus(ShuttingDown()));
    return call;
  }
  readers_->Run([this, call, request, response, answer] {
    call->Finish(ToGrpcStatus((answers_.*answer)(*request, response)));
  });
  return call;
}

grpc::ServerUnaryReactor* RecordService::GetRequest(
    grpc::CallbackServerContext*, const v1::GetRequestRequest* request,
    v1::GetRequestResponse* response) {
  return Answer(request, response, &RecordAnswers::GetRequest);
}

grpc::ServerUnaryReactor* RecordService::SearchRequests(
    grpc::CallbackServerContext*, const v1::SearchRequestsRequest* request,
    v1::SearchRequestsResponse* response) {
  return Answer(request, response, &RecordAnswers::SearchRequests);
}

grpc::ServerUnaryReactor* RecordService::ListFeed(
    grpc::CallbackServerContext*, const v1::ListFeedRequest* request,
    v1::ListFeedResponse* response) {
  return Answer(request, response, &RecordAnswers::ListFeed);
}

grpc::ServerUnaryReactor* RecordService::ListSeals(
    grpc::CallbackServerContext*, const v1::ListSealsRequest* request,
    v1::ListSealsResponse* response) {
  return Answer(request, response, &RecordAnswers::ListSeals);
}

grpc::ServerUnaryReactor* RecordService::ListChanges(
    grpc::CallbackServerContext*, const v1::ListChangesRequest* request,
    v1::ListChangesResponse* response) {
  return Answer(request, response, &RecordAnswers::ListChanges);
}

grpc::ServerUnaryReactor* RecordService::Reconcile(
    grpc::CallbackServerContext*, const v1::ReconcileRequest* request,
    v1::ReconcileResponse* response) {
  return Answer(request, response, &RecordAnswers::Reconcile);
}

grpc::ServerUnaryReactor* RecordService::GetStatistics(
    grpc::CallbackServerContext*, const v1::GetStatisticsRequest* request,
    v1::GetStatisticsResponse* response) {
  return Answer(request, response, &RecordAnswers::GetStatistics);
}

}  // namespace sightline::services
