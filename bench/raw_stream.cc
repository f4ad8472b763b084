#include "bench/raw_stream.h"

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/slice.h>
#include <grpcpp/support/stub_options.h>

#include <chrono>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "bench/or_die.h"

namespace sightline::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

class Reader final
    : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  Reader(const std::shared_ptr<grpc::Channel>& channel,
         const std::string& method, const std::string& request)
      : stub_(channel) {
    const grpc::Slice slice(request);
    request_ = grpc::ByteBuffer(&slice, 1);
    stub_.PrepareBidiStreamingCall(&context_, method, grpc::StubOptions(),
                                   this);
    StartWriteLast(&request_, {});
    StartRead(&message_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    ++totals_.messages;
    totals_.bytes += message_.Length();
    last_.Swap(&message_);
    StartRead(&message_);
  }

  void OnDone(const grpc::Status& status) override {
    if (!status.ok()) {
      OrDie(absl::UnavailableError(
                absl::StrCat(status.error_code(), " ", status.error_message())),
            "stream");
    }
    base::MutexLock lock(&mutex_);
    done_ = true;
    changed_.NotifyAll();
  }

  StreamTotals Wait() {
    base::MutexLock lock(&mutex_);
    while (!done_) changed_.Wait(&mutex_);
    totals_.last = BytesOf(last_);
    return totals_;
  }

 private:
  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer message_;
  grpc::ByteBuffer last_;
  StreamTotals totals_;

  base::Mutex mutex_;
  base::CondVar changed_;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

StreamTotals ReadStream(const std::shared_ptr<grpc::Channel>& channel,
                        const std::string& method,
                        const google::protobuf::Message& request) {
  const auto start = Clock::now();
  Reader reader(channel, method, request.SerializeAsString());
  StreamTotals totals = reader.Wait();
  totals.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return totals;
}

}  // namespace sightline::bench
