#include "services/raw_message.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/support/proto_buffer_reader.h"
#include "grpcpp/support/slice.h"
#include "statement/violations.h"

namespace sightline::services {

absl::Status ParseMessage(const grpc::ByteBuffer& bytes,
                          google::protobuf::Message* message) {
  grpc::ByteBuffer copy(bytes);  // shares the slices
  grpc::ProtoBufferReader reader(&copy);
  if (!reader.status().ok() || !message->ParseFromZeroCopyStream(&reader)) {
    statement::Violations violations;
    violations.Add("request",
                   absl::StrCat("not a serialised ", message->GetTypeName()));
    return violations.ToStatus();
  }
  return absl::OkStatus();
}

grpc::ByteBuffer ToByteBuffer(std::string buffer, size_t offset) {
  auto* const owner = new std::string(std::move(buffer));
  const grpc::Slice slice(
      owner->data() + offset, owner->size() - offset,
      [](void* held) { delete static_cast<std::string*>(held); }, owner);
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace sightline::services
