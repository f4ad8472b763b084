// sightline.v1.RecordService: the questions of auditors, journalists, residents
// and records officers.
//
// Source:  proto/sightline/v1/record_service.proto.
// Errors:  see record_answers.h.
// Threads: thread-safe. Questions are answered on reader threads.
#pragma once

#include "base/clock.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "proto/sightline/v1/record_service.grpc.pb.h"
#include "services/log_instance.h"
#include "services/record_answers.h"
#include "services/record_views.h"
#include "services/unary_calls.h"
#include "services/worker_pool.h"

namespace sightline::services {

class RecordService final : public v1::RecordService::CallbackService {
 public:
  // All outlive the service; `views` may be null.
  RecordService(LogInstance* log, RecordViews* views, UnaryCalls* calls,
                WorkerPool* readers, const base::Clock* clock)
      : answers_(log, views, clock), calls_(calls), readers_(readers) {}

  grpc::ServerUnaryReactor* GetRequest(
      grpc::CallbackServerContext* context,
      const v1::GetRequestRequest* request,
      v1::GetRequestResponse* response) override;
  grpc::ServerUnaryReactor* SearchRequests(
      grpc::CallbackServerContext* context,
      const v1::SearchRequestsRequest* request,
      v1::SearchRequestsResponse* response) override;
  grpc::ServerUnaryReactor* ListFeed(grpc::CallbackServerContext* context,
                                     const v1::ListFeedRequest* request,
                                     v1::ListFeedResponse* response) override;
  grpc::ServerUnaryReactor* ListSeals(grpc::CallbackServerContext* context,
                                      const v1::ListSealsRequest* request,
                                      v1::ListSealsResponse* response) override;
  grpc::ServerUnaryReactor* ListChanges(
      grpc::CallbackServerContext* context,
      const v1::ListChangesRequest* request,
      v1::ListChangesResponse* response) override;
  grpc::ServerUnaryReactor* Reconcile(grpc::CallbackServerContext* context,
                                      const v1::ReconcileRequest* request,
                                      v1::ReconcileResponse* response) override;
  grpc::ServerUnaryReactor* GetStatistics(
      grpc::CallbackServerContext* context,
      const v1::GetStatisticsRequest* request,
      v1::GetStatisticsResponse* response) override;

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Answer(
      const Request* request, Response* response,
      absl::Status (RecordAnswers::*answer)(const Request&, Response*) const);

  const RecordAnswers answers_;
  UnaryCalls* const calls_;
  WorkerPool* const readers_;
};

}  // namespace sightline::services
