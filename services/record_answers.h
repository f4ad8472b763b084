// The questions of RecordService, answered from the views and proven from the
// published tree.
//
// Source:  proto/sightline/v1/record_service.proto.
// Errors:  those of records::Queries and RecordViews. kDataLoss: the store
//          disagrees with the published tree; nothing unproven is given.
//          kResourceExhausted: one row rests on more than fits a message.
// Threads: thread-safe.
// Cost:    a page of rows, and a proof for each entry that they rest on.
#pragma once

#include <cstdint>
#include <set>

#include "absl/status/status.h"
#include "base/clock.h"
#include "proto/sightline/v1/record_service.pb.h"
#include "records/queries.h"
#include "services/log_instance.h"
#include "services/record_views.h"

namespace sightline::services {

class RecordAnswers {
 public:
  // Entries and proofs of one answer; a page that rests on more gets fewer rows.
  static constexpr size_t kMaxBasisBytes = size_t{2} << 20;

  // All outlive the answers. Null views: kUnimplemented.
  RecordAnswers(LogInstance* log, RecordViews* views, const base::Clock* clock)
      : log_(log), views_(views), clock_(clock) {}

  absl::Status GetRequest(const v1::GetRequestRequest& request,
                          v1::GetRequestResponse* response) const;
  absl::Status SearchRequests(const v1::SearchRequestsRequest& request,
                              v1::SearchRequestsResponse* response) const;
  absl::Status ListFeed(const v1::ListFeedRequest& request,
                        v1::ListFeedResponse* response) const;
  absl::Status ListSeals(const v1::ListSealsRequest& request,
                         v1::ListSealsResponse* response) const;
  absl::Status ListChanges(const v1::ListChangesRequest& request,
                           v1::ListChangesResponse* response) const;
  absl::Status Reconcile(const v1::ReconcileRequest& request,
                         v1::ReconcileResponse* response) const;
  absl::Status GetStatistics(const v1::GetStatisticsRequest& request,
                             v1::GetStatisticsResponse* response) const;

 private:
  template <typename Request, typename Response>
  absl::Status Page(const Request& request, Response* response,
                    absl::Status (records::Queries::*ask)(const Request&,
                                                          Response*)
                        const) const;
  template <typename Request, typename Response>
  absl::Status Ask(const RecordViews::Reading& reading, const Request& request,
                   Response* response,
                   absl::Status (records::Queries::*ask)(const Request&,
                                                         Response*)
                       const) const;
  // kResourceExhausted when they are more than kMaxBasisBytes.
  absl::Status Prove(const RecordViews::Reading& reading,
                     const std::set<uint64_t>& indices,
                     v1::AnswerBasis* basis) const;

  LogInstance* const log_;
  RecordViews* const views_;
  const base::Clock* const clock_;
};

}  // namespace sightline::services
