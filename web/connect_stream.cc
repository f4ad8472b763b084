#include "web/connect_stream.h"

#include <utility>

#include "absl/time/clock.h"
#include "base/mutex.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/client_callback.h"
#include "services/grpc_status.h"
#include "web/grpc_bytes.h"

namespace sightline::web {
namespace {

// Lives until the stream has let go of it and gRPC is done with it.
class StreamCall final
    : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  StreamCall(std::shared_ptr<ConnectCounts> counts, const RpcMethod& method,
             ConnectCodec codec, const grpc::ByteBuffer& request)
      : counts_(std::move(counts)),
        method_(method),
        codec_(codec),
        request_(request) {
    ++counts_->streams;
  }

  static void Start(const std::shared_ptr<StreamCall>& call,
                    grpc::GenericStub* stub,
                    std::optional<absl::Duration> timeout) {
    call->self_ = call;
    if (timeout.has_value()) {
      call->context_.set_deadline(absl::ToChronoTime(absl::Now() + *timeout));
    }
    stub->PrepareBidiStreamingCall(&call->context_, call->method_.path, {},
                                   call.get());
    call->StartWriteLast(&call->request_, {});
    call->AddHold();  // reads are started from outside, until LetGo
    call->StartCall();
  }

  void Pull(std::shared_ptr<ChunkSink> sink) {
    {
      base::MutexLock lock(&mutex_);
      if (!status_.has_value()) {
        sink_ = std::move(sink);
        if (!holding_) return;  // OnDone is on its way
        reading_ = true;
      }
    }
    if (sink != nullptr) return End(sink.get());
    StartRead(&message_);
  }

  void Abandon() {
    context_.TryCancel();
    {
      base::MutexLock lock(&mutex_);
      sink_ = nullptr;
      // What is being read ends now, and lets go by itself.
      if (reading_ || !holding_) return;
      holding_ = false;
    }
    RemoveHold();
  }

  void OnReadDone(bool ok) override {
    Chunk chunk;
    ok = ok && Fill(&chunk);
    std::shared_ptr<ChunkSink> sink;
    bool let_go = false;
    {
      base::MutexLock lock(&mutex_);
      reading_ = false;
      if (ok) sink = std::exchange(sink_, nullptr);
      // Without a sink nobody will read again.
      if (sink == nullptr) let_go = std::exchange(holding_, false);
    }
    if (sink != nullptr) sink->TakeChunk(std::move(chunk));
    if (let_go) RemoveHold();
  }

  void OnDone(const grpc::Status& status) override {
    --counts_->streams;
    counts_->CountEnd(status.error_code());
    std::shared_ptr<ChunkSink> sink;
    {
      base::MutexLock lock(&mutex_);
      status_ = failure_.ok() ? status : failure_;
      sink = std::exchange(sink_, nullptr);
    }
    if (sink != nullptr) End(sink.get());
    self_.reset();
  }

 private:
  // Makes a chunk of the message that was read; else cancels the call.
  bool Fill(Chunk* chunk) {
    absl::Status status;
    if (codec_ == ConnectCodec::kProto) {
      chunk->bytes = TakeBytes(std::move(message_));
    } else {
      absl::StatusOr<std::string> json =
          JsonOf(std::move(message_), *method_.response);
      status = json.status();
      if (json.ok()) {
        chunk->bytes = tiles::PinnedBytes::FromString(*std::move(json));
      }
    }
    message_ = grpc::ByteBuffer();
    chunk->head = EnvelopeHead(0, chunk->bytes.bytes().size());
    if (status.ok()) return true;
    {
      base::MutexLock lock(&mutex_);
      failure_ = services::ToGrpcStatus(status);
    }
    context_.TryCancel();
    return false;
  }

  void End(ChunkSink* sink) {
    Chunk chunk;
    {
      base::MutexLock lock(&mutex_);
      chunk.head = EndOfStream(RpcStatusOf(*status_));
    }
    chunk.last = true;
    sink->TakeChunk(std::move(chunk));
  }

  const std::shared_ptr<ConnectCounts> counts_;
  const RpcMethod& method_;
  const ConnectCodec codec_;
  const grpc::ByteBuffer request_;
  grpc::ClientContext context_;
  grpc::ByteBuffer message_;          // of the read that goes on
  std::shared_ptr<StreamCall> self_;  // until OnDone

  base::Mutex mutex_;
  std::shared_ptr<ChunkSink> sink_
      ABSL_GUARDED_BY(mutex_);  // waits for a chunk
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool holding_ ABSL_GUARDED_BY(mutex_) = true;
  grpc::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::optional<grpc::Status> status_ ABSL_GUARDED_BY(mutex_);
};

class ConnectStream final : public BodyStream {
 public:
  explicit ConnectStream(std::shared_ptr<StreamCall> call)
      : call_(std::move(call)) {}
  ~ConnectStream() override { call_->Abandon(); }

  void Pull(std::shared_ptr<ChunkSink> sink) override {
    call_->Pull(std::move(sink));
  }

 private:
  const std::shared_ptr<StreamCall> call_;
};

}  // namespace

std::unique_ptr<BodyStream> StartConnectStream(
    grpc::GenericStub* stub, std::shared_ptr<ConnectCounts> counts,
    const RpcMethod& method, ConnectCodec codec,
    const grpc::ByteBuffer& request, std::optional<absl::Duration> timeout) {
  auto call =
      std::make_shared<StreamCall>(std::move(counts), method, codec, request);
  StreamCall::Start(call, stub, timeout);
  return std::make_unique<ConnectStream>(std::move(call));
}

}  // namespace sightline::web
