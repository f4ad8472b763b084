#include "client/submit_stream.h"

#include <grpcpp/support/client_callback.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "client/connection.h"
#include "client/evidence.h"
#include "client/rpc_status.h"

namespace sightline::client {
namespace {

constexpr absl::string_view kCall = "SubmitStream";

struct Waiting {
  v1::SubmitStreamRequest request;
  SubmitStream::Callback done;
  v1::SubmitStreamResponse response;  // once it has come
};

absl::StatusOr<SubmitResult> Check(v1::SubmitStreamResponse response,
                                   const v1::SubmitRequest& request,
                                   TreeTracker& tracker) {
  if (response.has_refused()) return FromRefusal(response.refused(), kCall);
  if (!response.has_accepted()) {
    return Unverified("SubmitStream: an answer that says nothing");
  }
  v1::SubmitResponse& accepted = *response.mutable_accepted();
  SubmitResult result;
  result.duplicate = accepted.duplicate();
  ASSIGN_OR_RETURN(
      result.receipt,
      CheckReceipt(std::move(*accepted.mutable_receipt()), tracker));
  RETURN_IF_ERROR(CheckHolds(result.receipt, request.statement(),
                             request.openings(), result.duplicate));
  return result;
}

}  // namespace

// Writes are begun by the submitting thread or by the end of the write before;
// reads follow each other on gRPC's threads. Answers are checked on a thread of
// the stream: a check may ask the log for a proof, and gRPC has so few threads
// that two streams that wait on them stop each other, and a server in the same
// process, for ever.
class SubmitStream::Reactor final
    : public grpc::ClientBidiReactor<v1::SubmitStreamRequest,
                                     v1::SubmitStreamResponse> {
 public:
  explicit Reactor(Connection* connection) : connection_(connection) {
    connection_->submission().async()->SubmitStream(&context_, this);
    AddHold();  // Submit starts writes from outside
    StartRead(&response_);
    StartCall();
    checker_ = std::thread([this] { CheckAnswers(); });
  }

  // REQUIRES: Finish or CancelAndWait has returned.
  ~Reactor() override { checker_.join(); }

  absl::Status Submit(v1::SubmitRequest request, Callback done) {
    base::MutexLock lock(&mutex_);
    if (untold_ >= connection_->options().submit_window) AwaitRoom();
    if (broken_) {
      while (!done_) ended_.Wait(&mutex_);
      return Ended();
    }
    if (closing_) return absl::FailedPreconditionError("stream is finished");
    auto item = std::make_unique<Waiting>();
    *item->request.mutable_submit() = std::move(request);
    item->done = std::move(done);
    waiting_.push_back(std::move(item));
    ++untold_;
    WriteNext();
    return absl::OkStatus();
  }

  absl::Status Finish() {
    base::MutexLock lock(&mutex_);
    closing_ = true;
    WriteNext();
    while (!done_) ended_.Wait(&mutex_);
    return status_;
  }

  void CancelAndWait() {
    context_.TryCancel();
    base::MutexLock lock(&mutex_);
    while (!done_) ended_.Wait(&mutex_);
  }

  void OnWriteDone(bool ok) override {
    base::MutexLock lock(&mutex_);
    writing_ = nullptr;
    retired_.reset();
    if (!ok) ended_writing_ = true;  // reading ends as well, and says why
    WriteNext();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Break();
    if (!TakeAnswer()) {
      Fail(Unverified("SubmitStream: more answers than statements"));
      context_.TryCancel();
      return Break();
    }
    StartRead(&response_);
  }

  void OnDone(const grpc::Status& status) override {
    base::MutexLock lock(&mutex_);
    if (status_.ok()) status_ = FromGrpcStatus(status, kCall);
    over_ = true;
    answer_.NotifyOne();
  }

 private:
  using Items = std::deque<std::unique_ptr<Waiting>>;

  // Waits until a quarter of the window is free: to wake the submitting thread
  // for each answer costs more than the answer.
  void AwaitRoom() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const size_t window = connection_->options().submit_window;
    room_wanted_ = std::max<size_t>(1, window / 4);
    while (!broken_ && untold_ + room_wanted_ > window) room_.Wait(&mutex_);
    room_wanted_ = 0;
  }

  // Begins the next write, or the end of writing, unless one is under way.
  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ != nullptr || broken_ || ended_writing_) return;
    if (sent_ < waiting_.size()) {
      writing_ = waiting_[sent_++].get();
      grpc::WriteOptions options;
      if (sent_ < waiting_.size()) options.set_buffer_hint();
      StartWrite(&writing_->request, options);
    } else if (closing_) {
      ended_writing_ = true;
      StartWritesDone();
    }
  }

  // Gives the answer to the oldest statement without one; false when there is
  // none.
  bool TakeAnswer() {
    base::MutexLock lock(&mutex_);
    if (sent_ == 0) return false;
    std::unique_ptr<Waiting> item = std::move(waiting_.front());
    waiting_.pop_front();
    --sent_;
    item->response = std::move(response_);
    answered_.push_back(std::move(item));
    if (answered_.size() == 1) answer_.NotifyOne();
    return true;
  }

  // The checker's thread: tells every statement what became of it, in order.
  void CheckAnswers() {
    for (Items items = Answered(); !items.empty(); items = Answered()) {
      for (const auto& item : items) {
        item->done(Check(std::move(item->response), item->request.submit(),
                         connection_->tracker()));
      }
      Retire(std::move(items));
    }
    Items left;
    absl::Status failure;
    {
      base::MutexLock lock(&mutex_);
      left.swap(waiting_);
      if (status_.ok() && !left.empty()) {
        status_ = absl::UnavailableError(
            "SubmitStream: the log ended the stream without answering all");
      }
      failure = status_;
    }
    for (const auto& item : left) item->done(failure);
    base::MutexLock lock(&mutex_);
    done_ = true;
    ended_.NotifyAll();
  }

  // Waits for answers; none when the stream is over and none is left. At most
  // some at a time, so that there is room again before all are checked.
  Items Answered() {
    constexpr size_t kAtATime = 32;
    base::MutexLock lock(&mutex_);
    while (answered_.empty() && !over_) answer_.Wait(&mutex_);
    Items items;
    while (!answered_.empty() && items.size() < kAtATime) {
      items.push_back(std::move(answered_.front()));
      answered_.pop_front();
    }
    return items;
  }

  // Lets go of answered statements and makes room. The write of one may not
  // have been reported done yet: the request then stays until it is.
  void Retire(Items items) {
    base::MutexLock lock(&mutex_);
    for (std::unique_ptr<Waiting>& item : items) {
      if (item.get() == writing_) retired_ = std::move(item);
    }
    untold_ -= items.size();
    const size_t window = connection_->options().submit_window;
    if (room_wanted_ > 0 && untold_ + room_wanted_ <= window) {
      room_.NotifyOne();
    }
  }

  void Fail(const absl::Status& status) {
    base::MutexLock lock(&mutex_);
    if (status_.ok()) status_ = status;
  }

  // Reading has ended: nothing more is written.
  void Break() {
    {
      base::MutexLock lock(&mutex_);
      broken_ = true;
      room_.NotifyOne();
    }
    RemoveHold();
  }

  absl::Status Ended() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return status_.ok() ? absl::UnavailableError("SubmitStream: has ended")
                        : status_;
  }

  Connection* const connection_;
  grpc::ClientContext context_;
  v1::SubmitStreamResponse response_;  // of the read under way

  base::Mutex mutex_;
  base::CondVar room_;    // for the submitting thread
  base::CondVar answer_;  // for the checker
  base::CondVar ended_;   // for whoever waits for the end
  // Statements without answer, oldest first; the first `sent_` were handed to
  // gRPC.
  Items waiting_ ABSL_GUARDED_BY(mutex_);
  size_t sent_ ABSL_GUARDED_BY(mutex_) = 0;
  // Statements with an answer that has not been checked.
  Items answered_ ABSL_GUARDED_BY(mutex_);
  size_t untold_ ABSL_GUARDED_BY(mutex_) = 0;  // whose callback is to come
  // What the submitting thread waits for.
  size_t room_wanted_ ABSL_GUARDED_BY(mutex_) = 0;
  const Waiting* writing_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::unique_ptr<Waiting> retired_ ABSL_GUARDED_BY(mutex_);
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool broken_ ABSL_GUARDED_BY(mutex_) = false;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;  // gRPC is done with it
  bool done_ ABSL_GUARDED_BY(mutex_) = false;  // and everybody has been told
  absl::Status status_ ABSL_GUARDED_BY(mutex_);

  std::thread checker_;
};

SubmitStream::SubmitStream(Connection* connection)
    : reactor_(std::make_unique<Reactor>(connection)) {}

SubmitStream::~SubmitStream() { reactor_->CancelAndWait(); }

absl::Status SubmitStream::Submit(v1::SubmitRequest request, Callback done) {
  return reactor_->Submit(std::move(request), std::move(done));
}

absl::Status SubmitStream::Finish() { return reactor_->Finish(); }

}  // namespace sightline::client
