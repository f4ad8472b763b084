#include "bench/null_service.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "grpcpp/support/proto_buffer_reader.h"
#include "grpcpp/support/slice.h"

namespace sightline::bench {
namespace {

// So that tag, length and payload are `size` bytes.
std::string PayloadFor(size_t size) {
  const size_t length_bytes = size < 128 + 2 ? 1 : size < 16384 + 3 ? 2 : 3;
  return std::string(size - 1 - length_bytes, 'n');
}

class NullStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  NullStream(const std::string& message, uint64_t messages)
      : slice_(message), left_(messages) {
    Next();
  }
  void OnWriteDone(bool ok) override {
    if (!ok) left_ = 0;
    Next();
  }
  void OnDone() override { delete this; }

 private:
  void Next() {
    if (left_ == 0) {
      Finish(grpc::Status::OK);
      return;
    }
    --left_;
    message_ = grpc::ByteBuffer(&slice_, 1);
    StartWrite(&message_);
  }

  const grpc::Slice slice_;
  grpc::ByteBuffer message_;
  uint64_t left_;
};

}  // namespace

grpc::ServerUnaryReactor* NullServiceImpl::Unary(
    grpc::CallbackServerContext* context, const NullRequest* request,
    NullResponse* response) {
  response->set_payload(PayloadFor(request->answer_bytes()));
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* NullServiceImpl::Stream(
    grpc::CallbackServerContext*, const grpc::ByteBuffer* request) {
  grpc::ByteBuffer copy(*request);
  grpc::ProtoBufferReader reader(&copy);
  NullStreamRequest asked;
  asked.ParseFromZeroCopyStream(&reader);
  NullResponse answer;
  answer.set_payload(PayloadFor(asked.message_bytes()));
  return new NullStream(answer.SerializeAsString(), asked.messages());
}

}  // namespace sightline::bench
