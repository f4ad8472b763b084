#include "services/checkpoint_wait.h"

#include <memory>
#include <utility>

#include "services/grpc_status.h"

namespace sightline::services {

CheckpointWait::CheckpointWait(publish::Publisher* publisher,
                               WorkerPool* readers, uint64_t min_tree_size,
                               v1::GetCheckpointResponse* response,
                               std::function<void(CheckpointWait*)> on_done)
    : publisher_(publisher),
      min_tree_size_(min_tree_size),
      response_(response),
      on_done_(std::move(on_done)),
      wait_(publisher, readers, /*beat=*/nullptr) {}

CheckpointWait* CheckpointWait::Start(
    publish::Publisher* publisher, WorkerPool* readers, uint64_t min_tree_size,
    v1::GetCheckpointResponse* response,
    std::function<void(CheckpointWait*)> on_done) {
  auto* const wait = new CheckpointWait(publisher, readers, min_tree_size,
                                        response, std::move(on_done));
  wait->Begin();
  return wait;
}

// gRPC learns of the call only afterwards, so it cannot end before.
void CheckpointWait::Begin() {
  Ref();
  const absl::Status waiting = wait_.Start(min_tree_size_, [this] { Ready(); });
  if (!waiting.ok()) End(waiting);
}

void CheckpointWait::Unref() {
  if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

void CheckpointWait::Ready() {
  const std::shared_ptr<const publish::PublishedTree> tree =
      publisher_->current();
  if (tree->tree_size < min_tree_size_) {
    End(absl::UnavailableError("the log is shutting down"));
    return;
  }
  response_->set_checkpoint(tree->checkpoint);
  End(absl::OkStatus());
}

// Called once: by whoever ended the wait, whose reference it drops.
void CheckpointWait::End(const absl::Status& why) {
  Finish(ToGrpcStatus(why));
  Unref();
}

void CheckpointWait::OnCancel() {
  if (wait_.Cancel()) End(absl::CancelledError("the caller has left"));
}

void CheckpointWait::BeginShutdown() {
  if (wait_.Cancel()) End(absl::UnavailableError("the log is shutting down"));
}

void CheckpointWait::OnDone() {
  on_done_(this);
  Unref();
}

}  // namespace sightline::services
