// One SubmitStream call: reads ahead, admits in parallel, sequences and answers
// in order.
//
//   read -> admit (worker pool) -> sequence (in order) -> answer (in order)
//
//        answered_   sequenced_          read_
//   ........|------------|-----------------|......
//     free   in the sequencer,  being admitted
//            or answered        or admitted
//
// Statements live in a ring of slots, each with a state of its own; the three
// counters only grow. A full sequencer holds the stream up (the statement at
// sequenced_ is tried again), a full ring stops the reading, and that stops the
// client: back-pressure by flow control.
//
// Threads: one mutex; gRPC's, the pool's, the sequencer's and the publisher's
//          threads come and go. Each holds a reference, so the last of them
//          deletes the stream. gRPC is never called under the mutex: Finish is
//          decided once, and only while no write is out (`writing_`) and no
//          slot is in use, so nobody else can be about to call gRPC.
// Shutdown: BeginShutdown stops reading, answers everything read, then ends the
//          stream with kUnavailable.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "admission/admission.h"
#include "admission/admitted_entry.h"
#include "base/mutex.h"
#include "grpcpp/alarm.h"
#include "grpcpp/support/server_callback.h"
#include "proto/sightline/v1/submission_service.pb.h"
#include "sequencer/integrated_batch.h"
#include "sequencer/sequencer.h"
#include "services/log_instance.h"
#include "services/worker_pool.h"

namespace sightline::services {

struct SubmitStreamOptions {
  // Statements that are read ahead, and their bytes (one is always read).
  size_t read_ahead = 1024;
  size_t read_ahead_bytes = size_t{1} << 20;
  // How long a statement is held while the sequencer's queue is full; after
  // that it is refused with kUnavailable.
  absl::Duration max_hold = absl::Seconds(10);
};

class SubmitStream final
    : public grpc::ServerBidiReactor<v1::SubmitStreamRequest,
                                     v1::SubmitStreamResponse> {
 public:
  struct Parts {
    LogInstance* log = nullptr;
    WorkerPool* admitters = nullptr;
    WorkerPool* readers = nullptr;
    // Called once, when gRPC is done with the call.
    std::function<void(SubmitStream*)> on_done;
  };

  // Begins to read. The stream deletes itself after on_done.
  static SubmitStream* Start(const SubmitStreamOptions& options, Parts parts,
                             admission::Peer peer);

  void BeginShutdown() ABSL_LOCKS_EXCLUDED(mutex_);

  const std::string& submitter() const { return peer_.submitter; }

  // Whoever calls the stream from outside holds a reference.
  void Ref() { refs_.fetch_add(1, std::memory_order_relaxed); }
  void Unref();

  // grpc::ServerBidiReactor.
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  enum class SlotState : uint8_t {
    kFree,
    kAdmitting,
    kAdmitted,    // `entry`, `refusal` or `placement` is set
    kSequencing,  // the sequencer or the publisher has it
    kAnswered,    // `refusal` or `placement` is set
  };
  struct Slot {
    v1::SubmitStreamRequest request;
    SlotState state = SlotState::kFree;
    size_t bytes = 0;
    sequencer::Sequencer::Announcement announcement;  // while kAdmitting
    absl::Status refusal;
    std::optional<admission::AdmittedEntry> entry;
    sequencer::Placement placement;
  };
  // What Advance has decided to do once it has let go of the mutex.
  struct Step {
    Slot* answer = nullptr;
    bool more = false;  // the next answer is there as well
    bool on_reader = false;
    bool set_alarm = false;
    bool finish = false;
    absl::Status final_status;
  };
  // Where Advance is called: the publisher's thread must not read the store.
  enum class Caller { kPublisher, kOther };

  SubmitStream(const SubmitStreamOptions& options, Parts parts,
               admission::Peer peer);

  Slot* SlotAt(uint64_t position) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Where the next message goes; null when none may be read now.
  v1::SubmitStreamRequest* TakeRead() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Free(Slot* slot) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void Admit(Slot* slot) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status TryAdmit(Slot* slot);
  void SequenceAdmitted() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool Sequence(Slot* slot) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Placed(Slot* slot, absl::StatusOr<sequencer::Placement> placed)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void Answered(Slot* slot, absl::StatusOr<sequencer::Placement> placed)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void SetAlarm();
  void TryHeldAgain() ABSL_LOCKS_EXCLUDED(mutex_);

  // Does whatever is possible now: writes the next answer, reads, ends.
  void Advance(Caller caller) ABSL_LOCKS_EXCLUDED(mutex_);
  Step NextStep(Caller caller) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DiscardAnswers() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool CanFinish() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status FinalStatus() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Write(Slot* slot, bool more) ABSL_LOCKS_EXCLUDED(mutex_);
  void Encode(const Slot& slot);
  absl::Status FillAccepted(const Slot& slot, v1::SubmitResponse* out) const;

  const SubmitStreamOptions options_;
  const Parts parts_;
  const admission::Peer peer_;
  std::atomic<int> refs_{1};  // the first is gRPC's, until OnDone
  std::atomic<bool> cancelled_{false};

  // Owned by whoever has set writing_.
  v1::SubmitStreamResponse response_;
  bool wrote_before_ = false;
  // Owned by whoever has set alarm_set_. Made anew for each use: an alarm must
  // not be set again from its own callback.
  std::unique_ptr<grpc::Alarm> alarm_;

  base::Mutex mutex_;
  std::vector<std::unique_ptr<Slot>> slots_ ABSL_GUARDED_BY(mutex_);
  uint64_t read_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t sequenced_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t answered_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool reads_done_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  // The statement at sequenced_ waits for room in the sequencer.
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  bool alarm_set_ ABSL_GUARDED_BY(mutex_) = false;
  int hold_rounds_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sightline::services
