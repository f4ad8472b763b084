// The questions, answered from the views: rows and where the next page begins.
// What proves them (AnswerBasis) is the caller's.
//
// Source:  proto RecordService; docs/records.md "Questions".
// Errors:  kInvalidArgument with a BadRequest naming every fault; kNotFound: no
//          such request; kDataLoss: a stored view does not parse.
// Threads: pure but for the snapshot; any thread.
// Cost:    a page reads at most kMaxExamined rows; what it has not found by then
//          the next page goes on to look for.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "proto/sightline/v1/record_service.pb.h"
#include "records/page_limits.h"
#include "storage/view_store.h"

namespace sightline::records {

struct Page;  // paging.h

class Queries {
 public:
  // `snapshot` outlives the queries. `now_unix_ms` is the moment of questions
  // that name none.
  Queries(const storage::ViewSnapshot* snapshot, int64_t now_unix_ms)
      : snapshot_(snapshot), now_unix_ms_(now_unix_ms) {}

  // Each fills in rows, next_page_token and basis.as_of_unix_ms.
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
  // One page of the requests that the filter takes, with the tokens of `page`.
  absl::Status SearchPage(const v1::SearchRequestsRequest& request,
                          const Page& page,
                          v1::SearchRequestsResponse* response) const;
  absl::Status CountFiltered(const v1::GetStatisticsRequest& request,
                             v1::GetStatisticsResponse* response) const;

  const storage::ViewSnapshot* const snapshot_;
  const int64_t now_unix_ms_;
};

}  // namespace sightline::records
