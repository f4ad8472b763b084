// gRPC services over HTTP/1.1 by the Connect protocol, for browsers and curl.
//
// A call goes to the gRPC server through a channel inside the process: the same
// handlers, limits and shutdown answer it, and a new service needs its name in
// the list alone.
//
// Source:  connectrpc.com/docs/protocol; docs/formats.md "Connect".
// Shapes:  POST of JSON or serialised protobuf; GET for methods without side
//          effects; server streams in envelopes. No client streams.
// Errors:  as Connect has them: {"code", "message", "details"}, details being
//          those of gRPC. 404: no such method; 405, 415: as HTTP has them.
// Threads: thread-safe. Answers come from gRPC's threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"
#include "grpcpp/generic/generic_stub.h"
#include "services/inner_channel.h"
#include "web/connect_counts.h"
#include "web/connect_wire.h"
#include "web/handler.h"
#include "web/http_message.h"
#include "web/rpc_methods.h"

namespace sightline::web {

struct ConnectOptions {
  // Of a request, decompressed. The server's max_body_bytes bounds what is sent.
  size_t max_message_bytes = 64 << 10;
  // How long a unary call may wait for its answer.
  absl::Duration max_unary_time = absl::Minutes(5);
};

// Calls that have ended, by gRPC's code, and streams that go on.
struct ConnectStats {
  std::array<uint64_t, 17> ended{};
  uint64_t streams = 0;
};

class ConnectHandler final : public Handler {
 public:
  // `inner` leads to a server that has `services`, full names. kNotFound: one
  // of them is not in this program.
  static absl::StatusOr<std::unique_ptr<ConnectHandler>> Create(
      const ConnectOptions& options,
      std::shared_ptr<services::InnerChannel> inner,
      absl::Span<const absl::string_view> services);

  void Handle(const Request& request, Reply reply) override;

  ConnectStats stats() const;

 private:
  using Query = std::map<std::string, std::string>;

  // What a request asks for, once it is understood.
  struct Call {
    const RpcMethod* method = nullptr;
    ConnectCodec codec = ConnectCodec::kJson;
    bool is_get = false;
    std::string message;  // serialised
    std::optional<absl::Duration> timeout;
  };

  ConnectHandler(const ConnectOptions& options,
                 std::shared_ptr<services::InnerChannel> inner,
                 RpcMethods methods);

  void HandleUnary(const Request& request, const RpcMethod& method,
                   ConnectCodec codec, Reply reply);
  void HandleGet(const Request& request, const RpcMethod& method, Reply reply);
  void HandleStream(const Request& request, const RpcMethod& method,
                    ConnectCodec codec, Reply reply);
  void Run(const Request& request, Call call, Reply reply);

  absl::StatusOr<Call> ReadPost(const Request& request, const RpcMethod& method,
                                ConnectCodec codec) const;
  absl::StatusOr<Call> ReadGet(const Request& request, const RpcMethod& method,
                               const Query& query, ConnectCodec codec) const;
  absl::StatusOr<Call> ReadStream(const Request& request,
                                  const RpcMethod& method,
                                  ConnectCodec codec) const;
  absl::Status ReadMessage(absl::string_view bytes, absl::string_view encoding,
                           Call* call) const;

  const ConnectOptions options_;
  const RpcMethods methods_;
  const std::shared_ptr<services::InnerChannel> inner_;
  grpc::GenericStub stub_;
  // Shared with the calls, which may outlive the handler.
  const std::shared_ptr<ConnectCounts> counts_ =
      std::make_shared<ConnectCounts>();
};

}  // namespace sightline::web
