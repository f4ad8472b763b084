// Bytes and statuses between gRPC and HTTP.
//
// Errors:  JsonOf: kInternal: not that message.
// Threads: pure; any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"
#include "proto/google/rpc/error_details.pb.h"
#include "tiles/pinned_bytes.h"

namespace sightline::web {

// Copies.
grpc::ByteBuffer BufferOf(absl::string_view bytes);
// Does not copy where the buffer is one piece.
tiles::PinnedBytes TakeBytes(grpc::ByteBuffer buffer);
// A message like `prototype`, as JSON.
absl::StatusOr<std::string> JsonOf(grpc::ByteBuffer buffer,
                                   const google::protobuf::Message& prototype);
// With the details; code 0 for OK.
google::rpc::Status RpcStatusOf(const grpc::Status& status);

}  // namespace sightline::web
