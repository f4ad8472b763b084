// One StreamEntries call: sends runs of entries, one message at a time, always
// read from the store, so a slow reader costs one message of memory and nobody
// any time. Readers at the tail share what they are sent (tail_runs.h).
//
// A run is proved in the tree that was published when the reader last reached
// the end, not in the newest: catching up needs one checkpoint, not one a
// message. Who has reached the end takes the next tree at the next beat (beat.h).
//
// Threads: one thread at a time runs Step: the one that started the call, then
//          whichever brings OnWriteDone or the wake-up. OnCancel and
//          BeginShutdown may come at any time; they set a flag, and end a wait.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "publish/publisher.h"
#include "services/beat.h"
#include "services/entry_filter.h"
#include "services/entry_run.h"
#include "services/tail_runs.h"
#include "services/tree_wait.h"
#include "services/worker_pool.h"
#include "storage/log_store.h"
#include "tiles/log_reader.h"

namespace sightline::services {

struct EntryStreamOptions {
  RunLimits run;
  // A filtered stream that follows the tail says how far it is when it has
  // looked at so many entries, or sent nothing for so long.
  uint64_t progress_entries = 4096;
  absl::Duration progress_time = absl::Seconds(10);
};

class EntryStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  struct Parts {
    const storage::LogStore* store = nullptr;
    const tiles::NodeReader* nodes = nullptr;  // of that store
    publish::Publisher* publisher = nullptr;
    WorkerPool* readers = nullptr;
    TailRuns* tail_runs = nullptr;
    Beat* beat = nullptr;
    const base::Clock* clock = nullptr;
    // Called once, when gRPC is done with the call.
    std::function<void(EntryStream*)> on_done;
  };

  // Begins to send. The stream deletes itself after on_done.
  static EntryStream* Start(const EntryStreamOptions& options, Parts parts,
                            EntryFilter filter, uint64_t start_index,
                            bool follow);

  // Ends the stream with kUnavailable, after the message that is on its way.
  void BeginShutdown();

  void Ref() { refs_.fetch_add(1, std::memory_order_relaxed); }
  void Unref();

  // grpc::ServerWriteReactor.
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  EntryStream(const EntryStreamOptions& options, Parts parts,
              EntryFilter filter, uint64_t start_index, bool follow);

  void Begin();
  void TakeTree();
  void Step();
  // Whether there is something to send or to end with; false: it waits.
  bool FindTree();
  void Wait();
  void Ready();
  absl::StatusOr<RunMessage> NextRun();
  void Send(RunMessage run);
  bool WorthSending(const RunMessage& run) const;
  bool EndIfAsked();

  const EntryStreamOptions options_;
  const Parts parts_;
  const EntryFilter filter_;
  const bool follow_;
  std::atomic<int> refs_{1};  // the first is gRPC's, until OnDone
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> stopping_{false};
  TreeWait wait_;

  // Owned by the thread that runs Step.
  std::shared_ptr<const publish::PublishedTree> tree_;
  Beat::Clock::time_point next_tree_;  // not before
  uint64_t next_index_;
  uint64_t sent_index_;       // the last next_index that was sent
  int64_t sent_unix_ms_ = 0;  // and when
  bool exhausted_ = false;
  grpc::ByteBuffer message_;
};

}  // namespace sightline::services
