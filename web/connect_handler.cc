#include "web/connect_handler.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/gzip.h"
#include "base/status_macros.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "services/grpc_status.h"
#include "tiles/pinned_bytes.h"
#include "web/connect_stream.h"
#include "web/grpc_bytes.h"
#include "web/request_headers.h"

namespace sightline::web {
namespace {

constexpr absl::string_view kUnary = "application/";
constexpr absl::string_view kStreaming = "application/connect+";
constexpr absl::string_view kSeconds = "public, max-age=2";
constexpr absl::string_view kNotKept = "no-store";
// Shorter answers do not gain by it, and longer ones hold a thread too long.
constexpr size_t kLeastCompressed = 1024;
constexpr size_t kMostCompressed = 1 << 20;

absl::string_view MethodsOf(const RpcMethod& method) {
  return method.reads_only && !method.streams ? "GET, HEAD, POST, OPTIONS"
                                              : "POST, OPTIONS";
}

absl::string_view TypesOf(const RpcMethod& method) {
  return method.streams ? "application/connect+json, application/connect+proto"
                        : "application/json, application/proto";
}

std::string ContentType(absl::string_view prefix, ConnectCodec codec) {
  return absl::StrCat(prefix, codec == ConnectCodec::kJson ? "json" : "proto");
}

// Browsers ask first whether another site's page may call.
Response Preflight(const RpcMethod& method) {
  Response response;
  response.status = 204;
  response.Add("Allow", MethodsOf(method))
      .Add("Access-Control-Allow-Methods", MethodsOf(method))
      .Add("Access-Control-Allow-Headers", "*")
      .Add("Access-Control-Max-Age", "86400");
  return response;
}

Response WrongMethod(const RpcMethod& method) {
  Response response =
      TextResponse(405, absl::StrCat("want ", MethodsOf(method)));
  response.Add("Allow", MethodsOf(method));
  return response;
}

Response WrongType(const RpcMethod& method) {
  Response response = TextResponse(415, absl::StrCat("want ", TypesOf(method)));
  response.Add("Accept-Post", TypesOf(method));
  return response;
}

Response ErrorResponse(const google::rpc::Status& error) {
  Response response;
  response.status = ConnectHttpStatus(error.code());
  response.Add("Content-Type", "application/json")
      .Add("Cache-Control", kNotKept);
  if (response.status == 503) response.Add("Retry-After", "1");
  response.body = tiles::PinnedBytes::FromString(ConnectErrorJson(error));
  return response;
}

Response StreamError(const absl::Status& error, ConnectCodec codec) {
  Response response;
  response.Add("Content-Type", ContentType(kStreaming, codec));
  response.body =
      tiles::PinnedBytes::FromString(EndOfStream(services::ToRpcStatus(error)));
  return response;
}

// Every answer is for any site's page.
void Send(Response response, Reply reply) {
  response.Add("Access-Control-Allow-Origin", "*")
      .Add("Access-Control-Expose-Headers", "*")
      .Add("X-Content-Type-Options", "nosniff");
  reply.Send(std::move(response));
}

// "" when there is none of that name.
absl::string_view Parameter(const std::map<std::string, std::string>& query,
                            const std::string& name) {
  const auto found = query.find(name);
  return found == query.end() ? absl::string_view() : found->second;
}

absl::Status CheckVersion(absl::string_view name, absl::string_view got,
                          absl::string_view want) {
  if (got.empty() || got == want) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, " \"", got, "\", want \"", want, "\""));
}

// A unary call that gRPC is at.
class UnaryCall {
 public:
  UnaryCall(std::shared_ptr<ConnectCounts> counts, const RpcMethod& method,
            ConnectCodec codec, bool is_get, bool gzip, Reply reply)
      : counts_(std::move(counts)),
        method_(method),
        codec_(codec),
        is_get_(is_get),
        gzip_(gzip),
        reply_(std::move(reply)) {}

  static void Start(const std::shared_ptr<UnaryCall>& call,
                    grpc::GenericStub* stub, absl::string_view message,
                    absl::Duration timeout) {
    call->request_ = BufferOf(message);
    call->context_.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    call->reply_.SetOnGone([weak = std::weak_ptr<UnaryCall>(call)] {
      if (const auto call = weak.lock()) call->context_.TryCancel();
    });
    stub->UnaryCall(&call->context_, call->method_.path, {}, &call->request_,
                    &call->response_, [call](const grpc::Status& status) {
                      call->Finish(status);
                    });
  }

  // Instead of Start.
  void Refuse(const absl::Status& why) {
    Send(ErrorResponse(services::ToRpcStatus(why)), std::move(reply_));
  }

 private:
  void Finish(const grpc::Status& status) {
    counts_->CountEnd(status.error_code());
    if (!status.ok()) {
      return Send(ErrorResponse(RpcStatusOf(status)), std::move(reply_));
    }
    absl::StatusOr<tiles::PinnedBytes> body = Body();
    if (!body.ok()) return Refuse(body.status());
    Response response;
    response.Add("Content-Type", ContentType(kUnary, codec_))
        .Add("Vary", "Accept-Encoding")
        .Add("Cache-Control", is_get_ ? kSeconds : kNotKept);
    const size_t size = body->bytes().size();
    if (gzip_ && size >= kLeastCompressed && size <= kMostCompressed) {
      response.Add("Content-Encoding", "gzip");
      response.body =
          tiles::PinnedBytes::FromString(base::GzipCompress(body->bytes()));
    } else {
      response.body = *std::move(body);
    }
    Send(std::move(response), std::move(reply_));
  }

  absl::StatusOr<tiles::PinnedBytes> Body() {
    if (codec_ == ConnectCodec::kProto) return TakeBytes(std::move(response_));
    ASSIGN_OR_RETURN(std::string json,
                     JsonOf(std::move(response_), *method_.response));
    return tiles::PinnedBytes::FromString(std::move(json));
  }

  const std::shared_ptr<ConnectCounts> counts_;
  const RpcMethod& method_;
  const ConnectCodec codec_;
  const bool is_get_;
  const bool gzip_;
  Reply reply_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

}  // namespace

ConnectHandler::ConnectHandler(const ConnectOptions& options,
                               std::shared_ptr<services::InnerChannel> inner,
                               RpcMethods methods)
    : options_(options),
      methods_(std::move(methods)),
      inner_(std::move(inner)),
      stub_(inner_->channel()) {}

absl::StatusOr<std::unique_ptr<ConnectHandler>> ConnectHandler::Create(
    const ConnectOptions& options,
    std::shared_ptr<services::InnerChannel> inner,
    absl::Span<const absl::string_view> services) {
  ASSIGN_OR_RETURN(RpcMethods methods, RpcMethods::Of(services));
  return std::unique_ptr<ConnectHandler>(
      new ConnectHandler(options, std::move(inner), std::move(methods)));
}

void ConnectHandler::Handle(const Request& request, Reply reply) {
  const RpcMethod* const method = methods_.Find(request.path());
  if (method == nullptr) {
    return Send(TextResponse(404, "no such method"), std::move(reply));
  }
  if (request.method == "OPTIONS") {
    return Send(Preflight(*method), std::move(reply));
  }
  if (request.method == "POST") {
    const std::optional<ConnectCodec> codec = CodecOf(
        request.header("Content-Type"), method->streams ? kStreaming : kUnary);
    if (!codec.has_value()) {
      return Send(WrongType(*method), std::move(reply));
    }
    return method->streams
               ? HandleStream(request, *method, *codec, std::move(reply))
               : HandleUnary(request, *method, *codec, std::move(reply));
  }
  if ((request.method == "GET" || request.method == "HEAD") &&
      method->reads_only && !method->streams) {
    return HandleGet(request, *method, std::move(reply));
  }
  Send(WrongMethod(*method), std::move(reply));
}

ConnectStats ConnectHandler::stats() const {
  ConnectStats out;
  for (size_t i = 0; i < out.ended.size(); ++i)
    out.ended[i] = counts_->ended[i];
  out.streams = counts_->streams;
  return out;
}

// --- reading ------------------------------------------------------------------

absl::Status ConnectHandler::ReadMessage(absl::string_view bytes,
                                         absl::string_view encoding,
                                         Call* call) const {
  ASSIGN_OR_RETURN(const std::string plain,
                   Uncompressed(bytes, encoding, options_.max_message_bytes));
  const std::unique_ptr<google::protobuf::Message> message(
      call->method->request->New());
  RETURN_IF_ERROR(ParseConnectMessage(plain, call->codec, message.get()));
  if (!message->SerializeToString(&call->message)) {
    return absl::InvalidArgumentError("the message does not serialise");
  }
  return absl::OkStatus();
}

absl::StatusOr<ConnectHandler::Call> ConnectHandler::ReadPost(
    const Request& request, const RpcMethod& method, ConnectCodec codec) const {
  Call call;
  call.method = &method;
  call.codec = codec;
  RETURN_IF_ERROR(CheckVersion("connect-protocol-version",
                               request.header("Connect-Protocol-Version"),
                               "1"));
  ASSIGN_OR_RETURN(call.timeout,
                   ParseConnectTimeout(request.header("Connect-Timeout-Ms")));
  RETURN_IF_ERROR(
      ReadMessage(request.body, request.header("Content-Encoding"), &call));
  return call;
}

absl::StatusOr<ConnectHandler::Call> ConnectHandler::ReadGet(
    const Request& request, const RpcMethod& method, const Query& query,
    ConnectCodec codec) const {
  Call call;
  call.method = &method;
  call.is_get = true;
  call.codec = codec;
  RETURN_IF_ERROR(CheckVersion("connect", Parameter(query, "connect"), "v1"));
  ASSIGN_OR_RETURN(call.timeout,
                   ParseConnectTimeout(request.header("Connect-Timeout-Ms")));
  if (query.count("message") == 0) {
    return absl::InvalidArgumentError("the query has no message");
  }
  std::string message(Parameter(query, "message"));
  const absl::string_view base64 = Parameter(query, "base64");
  if (base64 == "1") {
    ASSIGN_OR_RETURN(message, ParseAnyBase64(message));
  } else if (!base64.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("base64 \"", base64, "\", want \"1\" or none"));
  }
  RETURN_IF_ERROR(ReadMessage(message, Parameter(query, "compression"), &call));
  return call;
}

absl::StatusOr<ConnectHandler::Call> ConnectHandler::ReadStream(
    const Request& request, const RpcMethod& method, ConnectCodec codec) const {
  Call call;
  call.method = &method;
  call.codec = codec;
  RETURN_IF_ERROR(CheckVersion("connect-protocol-version",
                               request.header("Connect-Protocol-Version"),
                               "1"));
  ASSIGN_OR_RETURN(call.timeout,
                   ParseConnectTimeout(request.header("Connect-Timeout-Ms")));
  // The whole body is never compressed in a stream, only what is in envelopes.
  RETURN_IF_ERROR(
      Uncompressed("", request.header("Content-Encoding"), 0).status());
  ASSIGN_OR_RETURN(const Envelope envelope, ParseOnlyEnvelope(request.body));
  const absl::string_view encoding = request.header("Connect-Content-Encoding");
  // Names that are not known are an error, used or not.
  if (encoding != "gzip") {
    RETURN_IF_ERROR(Uncompressed("", encoding, 0).status());
  }
  const bool compressed = (envelope.flags & kCompressedEnvelope) != 0;
  if (compressed && encoding != "gzip") {
    return absl::InvalidArgumentError(
        "a compressed envelope without connect-content-encoding");
  }
  RETURN_IF_ERROR(
      ReadMessage(envelope.bytes, compressed ? encoding : "", &call));
  return call;
}

// --- calling ------------------------------------------------------------------

void ConnectHandler::HandleUnary(const Request& request,
                                 const RpcMethod& method, ConnectCodec codec,
                                 Reply reply) {
  absl::StatusOr<Call> call = ReadPost(request, method, codec);
  if (!call.ok()) {
    return Send(ErrorResponse(services::ToRpcStatus(call.status())),
                std::move(reply));
  }
  Run(request, *std::move(call), std::move(reply));
}

void ConnectHandler::HandleGet(const Request& request, const RpcMethod& method,
                               Reply reply) {
  const absl::StatusOr<Query> query = ParseQuery(request.target);
  if (!query.ok()) {
    return Send(ErrorResponse(services::ToRpcStatus(query.status())),
                std::move(reply));
  }
  const std::optional<ConnectCodec> codec =
      CodecOf(Parameter(*query, "encoding"), "");
  if (!codec.has_value()) return Send(WrongType(method), std::move(reply));
  absl::StatusOr<Call> call = ReadGet(request, method, *query, *codec);
  if (!call.ok()) {
    return Send(ErrorResponse(services::ToRpcStatus(call.status())),
                std::move(reply));
  }
  Run(request, *std::move(call), std::move(reply));
}

void ConnectHandler::Run(const Request& request, Call call, Reply reply) {
  const bool gzip = AcceptsGzip(request.header("Accept-Encoding"));
  const absl::Duration timeout = std::min(
      call.timeout.value_or(options_.max_unary_time), options_.max_unary_time);
  const auto unary = std::make_shared<UnaryCall>(
      counts_, *call.method, call.codec, call.is_get, gzip, std::move(reply));
  const absl::Status begun = inner_->Begin(
      [&] { UnaryCall::Start(unary, &stub_, call.message, timeout); });
  if (!begun.ok()) unary->Refuse(begun);
}

void ConnectHandler::HandleStream(const Request& request,
                                  const RpcMethod& method, ConnectCodec codec,
                                  Reply reply) {
  const absl::StatusOr<Call> call = ReadStream(request, method, codec);
  if (!call.ok()) {
    return Send(StreamError(call.status(), codec), std::move(reply));
  }
  Response response;
  response.Add("Content-Type", ContentType(kStreaming, codec))
      .Add("Connect-Accept-Encoding", "gzip")
      .Add("Cache-Control", kNotKept);
  const absl::Status begun = inner_->Begin([&] {
    response.stream = StartConnectStream(
        &stub_, counts_, method, codec, BufferOf(call->message), call->timeout);
  });
  if (!begun.ok()) return Send(StreamError(begun, codec), std::move(reply));
  Send(std::move(response), std::move(reply));
}

}  // namespace sightline::web
