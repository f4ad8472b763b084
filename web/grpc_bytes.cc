#include "web/grpc_bytes.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "grpcpp/support/slice.h"
#include "web/connect_wire.h"

namespace sightline::web {
namespace {

absl::string_view View(const grpc::Slice& slice) {
  return absl::string_view(reinterpret_cast<const char*>(slice.begin()),
                           slice.size());
}

}  // namespace

grpc::ByteBuffer BufferOf(absl::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return grpc::ByteBuffer(&slice, 1);
}

tiles::PinnedBytes TakeBytes(grpc::ByteBuffer buffer) {
  auto whole = std::make_unique<grpc::Slice>();
  if (!buffer.TrySingleSlice(whole.get()).ok() &&
      !buffer.DumpToSingleSlice(whole.get()).ok()) {
    return tiles::PinnedBytes();  // of an empty buffer
  }
  const absl::string_view bytes = View(*whole);
  return tiles::PinnedBytes(bytes, std::move(whole));
}

absl::StatusOr<std::string> JsonOf(grpc::ByteBuffer buffer,
                                   const google::protobuf::Message& prototype) {
  const tiles::PinnedBytes bytes = TakeBytes(std::move(buffer));
  const std::unique_ptr<google::protobuf::Message> message(prototype.New());
  const absl::Status parsed =
      ParseConnectMessage(bytes.bytes(), ConnectCodec::kProto, message.get());
  if (!parsed.ok()) return absl::InternalError(parsed.message());
  return MessageJson(*message);
}

google::rpc::Status RpcStatusOf(const grpc::Status& status) {
  google::rpc::Status out;
  if (status.error_details().empty() ||
      !out.ParseFromString(status.error_details())) {
    out.Clear();
  }
  out.set_code(static_cast<int>(status.error_code()));
  out.set_message(status.error_message());
  return out;
}

}  // namespace sightline::web
