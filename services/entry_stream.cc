#include "services/entry_stream.h"

#include <optional>
#include <utility>

#include "base/status_macros.h"
#include "services/beyond_tree.h"
#include "services/grpc_status.h"
#include "services/raw_message.h"

namespace sightline::services {

EntryStream::EntryStream(const EntryStreamOptions& options, Parts parts,
                         EntryFilter filter, uint64_t start_index, bool follow)
    : options_(options),
      parts_(std::move(parts)),
      filter_(std::move(filter)),
      follow_(follow),
      wait_(parts_.publisher, parts_.readers, parts_.beat),
      next_index_(start_index),
      sent_index_(start_index) {}

EntryStream* EntryStream::Start(const EntryStreamOptions& options, Parts parts,
                                EntryFilter filter, uint64_t start_index,
                                bool follow) {
  auto* const stream = new EntryStream(options, std::move(parts),
                                       std::move(filter), start_index, follow);
  stream->Begin();
  return stream;
}

void EntryStream::Unref() {
  if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

// gRPC learns of the call only afterwards, so it cannot end before.
void EntryStream::Begin() {
  TakeTree();
  sent_unix_ms_ = parts_.clock->NowUnixMs();
  if (next_index_ > tree_->tree_size) {
    Finish(ToGrpcStatus(
        BeyondTree("start_index", "entry", next_index_, tree_->tree_size)));
    return;
  }
  if (!filter_.takes_everything()) {
    const absl::StatusOr<uint64_t> first =
        FirstAdmittedFrom(*parts_.store, tree_->tree_size, next_index_,
                          filter_.admitted_from_ms());
    if (!first.ok()) {
      Finish(ToGrpcStatus(first.status()));
      return;
    }
    next_index_ = *first;
  }
  Step();
}

void EntryStream::TakeTree() {
  tree_ = parts_.publisher->current();
  next_tree_ = parts_.beat->Next();
}

// Sends one message, or waits, or ends. Entries that a filter passes over need
// no message, so it may go through several runs.
void EntryStream::Step() {
  while (!EndIfAsked() && FindTree()) {
    if (exhausted_ || next_index_ == tree_->tree_size) {
      Finish(grpc::Status::OK);
      return;
    }
    absl::StatusOr<RunMessage> run = NextRun();
    if (!run.ok()) {
      Finish(ToGrpcStatus(run.status()));
      return;
    }
    next_index_ = run->next_index;
    exhausted_ = run->exhausted;
    if (WorthSending(*run)) {
      Send(*std::move(run));
      return;
    }
  }
}

absl::StatusOr<RunMessage> EntryStream::NextRun() {
  const bool shared = filter_.takes_everything();
  if (shared) {
    std::optional<RunMessage> kept = parts_.tail_runs->Find(next_index_, tree_);
    if (kept.has_value()) return *std::move(kept);
  }
  ASSIGN_OR_RETURN(EncodedRun run,
                   EncodeRun(*parts_.store, *parts_.nodes, *tree_, next_index_,
                             filter_, options_.run));
  RunMessage out;
  out.entries = run.entries;
  out.next_index = run.next_index;
  out.exhausted = run.exhausted;
  out.bytes = ToByteBuffer(std::move(run.buffer), run.offset);
  if (shared) parts_.tail_runs->Keep(next_index_, tree_, out);
  return out;
}

bool EntryStream::EndIfAsked() {
  if (cancelled_) {
    Finish(ToGrpcStatus(absl::CancelledError("the reader has left")));
    return true;
  }
  if (stopping_) {
    Finish(ToGrpcStatus(absl::UnavailableError(
        "the log is shutting down; go on from the last next_index")));
    return true;
  }
  return false;
}

bool EntryStream::FindTree() {
  if (next_index_ < tree_->tree_size || exhausted_ || !follow_) return true;
  if (Beat::Clock::now() >= next_tree_ &&
      next_index_ < parts_.publisher->current()->tree_size) {
    TakeTree();
    return true;
  }
  Wait();
  return false;
}

void EntryStream::Wait() {
  Ref();
  const absl::Status waiting = wait_.Start(
      next_index_ + 1, [this] { Ready(); }, next_tree_);
  if (!waiting.ok()) {
    Finish(ToGrpcStatus(waiting));
    Unref();
    return;
  }
  // A flag that was set before the wait began did not end it.
  if ((cancelled_ || stopping_) && wait_.Cancel()) {
    EndIfAsked();
    Unref();
  }
}

void EntryStream::Ready() {
  if (parts_.publisher->current()->tree_size <= next_index_) {
    stopping_ = true;  // woken without news: the publisher has shut down
  }
  Step();
  Unref();
}

// Runs without entries are sent now and then, so that a reader who resumes need
// not begin where the last match was.
bool EntryStream::WorthSending(const RunMessage& run) const {
  if (run.entries > 0) return true;
  const int64_t silent_ms = parts_.clock->NowUnixMs() - sent_unix_ms_;
  return !follow_ ||
         run.next_index - sent_index_ >= options_.progress_entries ||
         silent_ms >= absl::ToInt64Milliseconds(options_.progress_time);
}

void EntryStream::Send(RunMessage run) {
  sent_index_ = run.next_index;
  sent_unix_ms_ = parts_.clock->NowUnixMs();
  message_ = std::move(run.bytes);
  StartWrite(&message_);
}

void EntryStream::OnWriteDone(bool ok) {
  message_.Clear();
  if (!ok) cancelled_ = true;
  Step();
}

void EntryStream::OnCancel() {
  cancelled_ = true;
  if (wait_.Cancel()) {
    EndIfAsked();
    Unref();
  }
}

void EntryStream::BeginShutdown() {
  stopping_ = true;
  if (wait_.Cancel()) {
    EndIfAsked();
    Unref();
  }
}

void EntryStream::OnDone() {
  parts_.on_done(this);
  Unref();
}

}  // namespace sightline::services
