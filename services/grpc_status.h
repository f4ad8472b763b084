// Statuses on the wire: absl::Status as grpc::Status and google.rpc.Status.
//
// Source:  google.rpc error details; gRPC's "grpc-status-details-bin".
// Shapes:  codes map by number. Payloads of type google.rpc.* (BadRequest,
//          RetryInfo, QuotaFailure) travel as details; other payloads do not
//          leave the process. kUnavailable always tells when to retry.
// Units:   the message is cut at kMaxMessageBytes: it is sent twice, and a
//          gRPC client takes 8 KiB of trailers. The details say everything.
// Threads: pure; any thread.
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "grpcpp/support/status.h"
#include "proto/google/rpc/error_details.pb.h"

namespace sightline::services {

inline constexpr size_t kMaxMessageBytes = 1000;
// What kUnavailable and OverQuota advise when nobody said otherwise.
inline constexpr absl::Duration kRetryDelay = absl::Milliseconds(100);

// kResourceExhausted with a QuotaFailure of `subject` and a RetryInfo.
absl::Status OverQuota(absl::string_view subject,
                       absl::string_view description);

grpc::Status ToGrpcStatus(const absl::Status& status);
google::rpc::Status ToRpcStatus(const absl::Status& status);

// Details become payloads again.
absl::Status FromGrpcStatus(const grpc::Status& status);
absl::Status FromRpcStatus(const google::rpc::Status& status);

}  // namespace sightline::services
