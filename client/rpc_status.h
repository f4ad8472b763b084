// What a gRPC call came back with, as an absl::Status that loses nothing.
//
// Source:  gRPC status codes (the numbers are absl::StatusCode's); google.rpc.Status
//          in the trailer "grpc-status-details-bin".
// Shapes:  the message names the call and every violation, "Submit: header.origin:
//          got 3 bytes, ...; ..."; each detail is a payload under its type URL.
// Threads: pure; any thread.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "proto/google/rpc/error_details.pb.h"

namespace grpc {
class Status;
}

namespace sightline::client {

// OK stays OK. `call` names the method in messages.
absl::Status FromGrpcStatus(const grpc::Status& status, absl::string_view call);

// The same for a status that travelled inside a message (a refused statement of a
// stream). A code of OK becomes kInternal: a refusal must say why.
absl::Status FromRefusal(const google::rpc::Status& status,
                         absl::string_view call);

// Whether the status was brought back by a call, rather than made by this library.
bool IsFromCall(const absl::Status& status);

// When the server says that a retry makes sense (google.rpc.RetryInfo).
std::optional<absl::Duration> RetryDelay(const absl::Status& status);

}  // namespace sightline::client
