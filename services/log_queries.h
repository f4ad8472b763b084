// The unary questions of LogService, answered from the published tree.
//
// Source:  proto/sightline/v1/log_service.proto.
// Errors:  kOutOfRange: beyond the tree. kNotFound: no such leaf.
//          kInvalidArgument with a BadRequest naming each fault. kDataLoss: the
//          store disagrees with the published tree; nothing unproved is given.
// Threads: pure but for the log; any thread.
// Cost:    one read per tile on the path, and the hashes to verify it.
#pragma once

#include "absl/status/status.h"
#include "proto/sightline/v1/log_service.pb.h"
#include "services/log_instance.h"

namespace sightline::services {

class LogQueries {
 public:
  // `log` outlives the queries.
  explicit LogQueries(LogInstance* log) : log_(log) {}

  absl::Status GetLog(v1::GetLogResponse* response) const;
  absl::Status GetInclusionProof(const v1::GetInclusionProofRequest& request,
                                 v1::GetInclusionProofResponse* response) const;
  absl::Status GetConsistencyProof(
      const v1::GetConsistencyProofRequest& request,
      v1::GetConsistencyProofResponse* response) const;
  absl::Status GetEntry(const v1::GetEntryRequest& request,
                        v1::GetEntryResponse* response) const;
  absl::Status GetReceipt(const v1::GetReceiptRequest& request,
                          v1::GetReceiptResponse* response) const;
  absl::Status ListCheckpoints(const v1::ListCheckpointsRequest& request,
                               v1::ListCheckpointsResponse* response) const;

 private:
  LogInstance* const log_;
};

}  // namespace sightline::services
