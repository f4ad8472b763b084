// Messages of gRPC's raw methods: bytes that we read and write ourselves.
//
// Errors:  ParseMessage: kInvalidArgument: not the message that was expected.
// Threads: pure; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"

namespace sightline::services {

absl::Status ParseMessage(const grpc::ByteBuffer& bytes,
                          google::protobuf::Message* message);

// What follows the first `offset` bytes of `buffer`, without a copy.
grpc::ByteBuffer ToByteBuffer(std::string buffer, size_t offset);

}  // namespace sightline::services
