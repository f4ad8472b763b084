// Submits statements one after the other without waiting for each answer.
//
// Shapes:  one answer for each statement, in order. At most
//          Options::submit_window statements wait for theirs.
// Errors:  a refused statement is an error of its callback, the stream goes on.
//          When the stream breaks, every statement still waiting is told
//          (kUnavailable, mostly): what became of them is unknown. Submit them
//          again: a statement that is in the log already gets its first receipt.
// Threads: Submit and Finish by one thread at a time. Callbacks run on a thread
//          of the stream's own, one after the other; they must not call back
//          into the stream, and should be quick: answers wait while they run.
//
//   auto stream = log->OpenSubmitStream();
//   for (auto& request : requests) {
//     RETURN_IF_ERROR(stream->Submit(std::move(request), OnAnswer));
//   }
//   RETURN_IF_ERROR(stream->Finish());
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/receipt_check.h"
#include "proto/sightline/v1/submission_service.pb.h"

namespace sightline::client {

class Connection;

class SubmitStream {
 public:
  using Callback = std::function<void(absl::StatusOr<SubmitResult>)>;

  // `connection` outlives the stream.
  explicit SubmitStream(Connection* connection);

  // Calls the stream off if it has not been finished.
  ~SubmitStream();
  SubmitStream(const SubmitStream&) = delete;
  SubmitStream& operator=(const SubmitStream&) = delete;

  // Hands a statement over; waits while the window is full. When it fails, the
  // stream has broken, and `done` will not be called.
  absl::Status Submit(v1::SubmitRequest request, Callback done);

  // Says that no more will come and waits for every answer. The status is the
  // stream's own; OK also when statements were refused.
  absl::Status Finish();

 private:
  class Reactor;

  const std::unique_ptr<Reactor> reactor_;
};

}  // namespace sightline::client
