// One GetCheckpoint call that waits for the tree to grow (long-poll).
//
// Threads: ended once, by the tree, by the caller's leaving or deadline, or by
//          a shutdown, whichever comes first.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "proto/sightline/v1/log_service.pb.h"
#include "publish/publisher.h"
#include "services/tree_wait.h"
#include "services/worker_pool.h"

namespace sightline::services {

class CheckpointWait final : public grpc::ServerUnaryReactor {
 public:
  // Waits for `min_tree_size` leaves, then fills `response`. Deletes itself
  // after `on_done`.
  static CheckpointWait* Start(publish::Publisher* publisher,
                               WorkerPool* readers, uint64_t min_tree_size,
                               v1::GetCheckpointResponse* response,
                               std::function<void(CheckpointWait*)> on_done);

  // Ends the call with kUnavailable.
  void BeginShutdown();

  void Ref() { refs_.fetch_add(1, std::memory_order_relaxed); }
  void Unref();

  // grpc::ServerUnaryReactor.
  void OnCancel() override;
  void OnDone() override;

 private:
  CheckpointWait(publish::Publisher* publisher, WorkerPool* readers,
                 uint64_t min_tree_size, v1::GetCheckpointResponse* response,
                 std::function<void(CheckpointWait*)> on_done);

  void Begin();
  void Ready();
  void End(const absl::Status& why);

  publish::Publisher* const publisher_;
  const uint64_t min_tree_size_;
  v1::GetCheckpointResponse* const response_;
  const std::function<void(CheckpointWait*)> on_done_;
  std::atomic<int> refs_{1};  // the first is gRPC's, until OnDone
  TreeWait wait_;
};

}  // namespace sightline::services
