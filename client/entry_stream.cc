#include "client/entry_stream.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include <utility>

#include "base/status_macros.h"
#include "client/connection.h"
#include "client/rpc_status.h"

namespace sightline::client {

// One call. The reader is used by the reading thread alone, the context also by
// Cancel.
struct EntryStream::Attempt {
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<v1::StreamEntriesResponse>> reader;
};

EntryStream::EntryStream(Connection* connection, EntryStreamOptions options)
    : connection_(connection),
      options_(std::move(options)),
      next_index_(options_.start_index),
      floor_(connection->tracker().served()),
      backoff_(connection->options().first_backoff,
               connection->options().max_backoff, connection->options().rng) {}

EntryStream::~EntryStream() {
  Cancel();
  Close().IgnoreError();
}

absl::StatusOr<std::optional<EntryRun>> EntryStream::Next() {
  while (true) {
    RETURN_IF_ERROR(Open());
    grpc::ClientReader<v1::StreamEntriesResponse>* reader;
    {
      base::MutexLock lock(&mutex_);
      reader = attempt_->reader.get();
    }
    v1::StreamEntriesResponse response;
    absl::Status ended;
    if (reader->Read(&response)) {
      auto run = Check(std::move(*response.mutable_run()));
      if (run.ok()) return std::optional<EntryRun>(*std::move(run));
      // What the call sends next would no longer follow on what was returned.
      Abandon();
      ended = run.status();
    } else {
      ended = Close();
      if (ended.ok() && !options_.follow) return std::optional<EntryRun>();
      if (ended.ok()) ended = absl::UnavailableError("the log hung up");
    }
    RETURN_IF_ERROR(WaitToRetry(ended));
  }
}

absl::Status EntryStream::Open() {
  base::MutexLock lock(&mutex_);
  if (pause_.cancelled()) return absl::CancelledError("stream is cancelled");
  if (attempt_ != nullptr) return absl::OkStatus();
  v1::StreamEntriesRequest request;
  request.set_start_index(next_index_);
  *request.mutable_filter() = options_.filter;
  request.set_follow(options_.follow);
  attempt_ = std::make_unique<Attempt>();
  attempt_->reader =
      connection_->log().StreamEntries(&attempt_->context, request);
  return absl::OkStatus();
}

absl::Status EntryStream::Close() {
  std::unique_ptr<Attempt> attempt;
  {
    base::MutexLock lock(&mutex_);
    attempt = std::move(attempt_);
  }
  if (attempt == nullptr) return absl::OkStatus();
  return FromGrpcStatus(attempt->reader->Finish(), "StreamEntries");
}

void EntryStream::Abandon() {
  {
    base::MutexLock lock(&mutex_);
    if (attempt_ != nullptr) attempt_->context.TryCancel();
  }
  Close().IgnoreError();
}

absl::StatusOr<EntryRun> EntryStream::Check(v1::EntryRun run) {
  ASSIGN_OR_RETURN(TreePtr tree, connection_->tracker().ObserveServed(
                                     run.checkpoint(), floor_));
  floor_ = tree;
  ASSIGN_OR_RETURN(EntryRun checked,
                   EntryRun::Check(std::move(run), next_index_, options_.filter,
                                   std::move(tree)));
  next_index_ = checked.next_index();
  failures_ = 0;
  backoff_.Reset();
  return checked;
}

absl::Status EntryStream::WaitToRetry(const absl::Status& why) {
  if (pause_.cancelled()) return absl::CancelledError("stream is cancelled");
  ++failures_;
  const bool may = IsTransient(why) && (options_.max_failures == 0 ||
                                        failures_ < options_.max_failures);
  if (!may) return why;
  const absl::Duration delay = backoff_.Next(RetryDelay(why));
  if (options_.on_retry) options_.on_retry(why, delay);
  return pause_.Wait(delay) ? absl::OkStatus()
                            : absl::CancelledError("stream is cancelled");
}

void EntryStream::Cancel() {
  pause_.Cancel();
  base::MutexLock lock(&mutex_);
  if (attempt_ != nullptr) attempt_->context.TryCancel();
}

}  // namespace sightline::client
