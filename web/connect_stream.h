// A server-streaming call as the body of an answer: each message of the call is
// one envelope, the call's end is the last.
//
// The next message is read from the call when the client has taken the last one,
// so gRPC's own back-pressure reaches the handler.
//
// Threads: see body_stream.h; gRPC's threads give the chunks.
// Memory:  one message here, one in the handler.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"
#include "web/body_stream.h"
#include "web/connect_counts.h"
#include "web/connect_wire.h"
#include "web/rpc_methods.h"

namespace sightline::web {

// Begins the call. `method` outlives it. Destroying the stream cancels it.
std::unique_ptr<BodyStream> StartConnectStream(
    grpc::GenericStub* stub, std::shared_ptr<ConnectCounts> counts,
    const RpcMethod& method, ConnectCodec codec,
    const grpc::ByteBuffer& request, std::optional<absl::Duration> timeout);

}  // namespace sightline::web
