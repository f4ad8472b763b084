// Calls that do nothing, on the callback API and with as little work as it takes:
// what the transport alone can do.
//
// Shapes:  answers of both calls are serialised to exactly the size asked for,
//          which is at least 16 bytes.
// Threads: thread-safe.
#pragma once

#include "bench/null_service.grpc.pb.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"

namespace sightline::bench {

class NullServiceImpl final : public NullService::WithRawCallbackMethod_Stream<
                                  NullService::CallbackService> {
 public:
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context,
                                  const NullRequest* request,
                                  NullResponse* response) override;
  // Serialises its message once.
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Stream(
      grpc::CallbackServerContext* context,
      const grpc::ByteBuffer* request) override;
};

}  // namespace sightline::bench
