#include "services/submit_stream.h"

#include <utility>

#include "base/status_macros.h"
#include "grpcpp/support/status.h"
#include "grpcpp/support/time.h"
#include "services/grpc_status.h"
#include "services/receipt_message.h"
#include "services/submit_call.h"

namespace sightline::services {
namespace {

constexpr absl::Duration kHoldRound = absl::Milliseconds(5);
// Requests larger than this are not kept for the next one.
constexpr size_t kKeptRequestBytes = 8192;

size_t BytesOf(const v1::SubmitRequest& request) {
  size_t bytes = request.statement().payload().size();
  for (const v1::SealOpening& opening : request.openings()) {
    bytes += opening.value().size();
  }
  return bytes;
}

}  // namespace

SubmitStream::SubmitStream(const SubmitStreamOptions& options, Parts parts,
                           admission::Peer peer)
    : options_(options),
      parts_(std::move(parts)),
      peer_(std::move(peer)),
      slots_(options.read_ahead) {}

SubmitStream* SubmitStream::Start(const SubmitStreamOptions& options,
                                  Parts parts, admission::Peer peer) {
  auto* const stream =
      new SubmitStream(options, std::move(parts), std::move(peer));
  v1::SubmitStreamRequest* target;
  {
    base::MutexLock lock(&stream->mutex_);
    target = stream->TakeRead();
  }
  stream->StartRead(target);
  return stream;
}

void SubmitStream::Unref() {
  if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

void SubmitStream::BeginShutdown() {
  {
    base::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  Advance(Caller::kOther);
}

// --- Slots --------------------------------------------------------------------

SubmitStream::Slot* SubmitStream::SlotAt(uint64_t position) {
  std::unique_ptr<Slot>& slot = slots_[position % slots_.size()];
  if (slot == nullptr) slot = std::make_unique<Slot>();
  return slot.get();
}

v1::SubmitStreamRequest* SubmitStream::TakeRead() {
  const uint64_t in_use = read_ - answered_;
  if (reading_ || reads_done_ || stopping_ || finished_ || cancelled_ ||
      in_use >= slots_.size() ||
      (in_use > 0 && bytes_ >= options_.read_ahead_bytes)) {
    return nullptr;
  }
  reading_ = true;
  return &SlotAt(read_)->request;
}

void SubmitStream::Free(Slot* slot) {
  bytes_ -= slot->bytes;
  if (slot->bytes > kKeptRequestBytes) slot->request = {};
  slot->bytes = 0;
  slot->refusal = absl::OkStatus();
  slot->placement = {};
  slot->state = SlotState::kFree;
}

// --- Read and admit -------------------------------------------------------------

void SubmitStream::OnReadDone(bool ok) {
  Slot* slot = nullptr;
  bool alone = false;
  v1::SubmitStreamRequest* target = nullptr;
  {
    base::MutexLock lock(&mutex_);
    reading_ = false;
    if (!ok) reads_done_ = true;
    if (ok && !finished_) {
      slot = SlotAt(read_);
      slot->state = SlotState::kAdmitting;
      slot->announcement = parts_.log->sequencer().Announce();
      slot->bytes = BytesOf(slot->request.submit());
      bytes_ += slot->bytes;
      ++read_;
      alone = read_ - answered_ == 1;
      target = TakeRead();
    }
  }
  if (slot == nullptr) {
    Advance(Caller::kOther);
    return;
  }
  if (target != nullptr) StartRead(target);
  Ref();
  if (alone) {
    // Nothing to share the cores with: saves a lone statement the hand-off.
    Admit(slot);
  } else {
    parts_.admitters->Run([this, slot] { Admit(slot); });
  }
}

void SubmitStream::Admit(Slot* slot) {
  absl::Status refusal = TryAdmit(slot);
  {
    base::MutexLock lock(&mutex_);
    slot->refusal = std::move(refusal);
    slot->state = SlotState::kAdmitted;
    SequenceAdmitted();
    slot->announcement = nullptr;
  }
  Advance(Caller::kOther);
  Unref();
}

absl::Status SubmitStream::TryAdmit(Slot* slot) {
  if (cancelled_) return absl::CancelledError("the stream was cancelled");
  const v1::SubmitRequest& submit = slot->request.submit();
  RETURN_IF_ERROR(CheckWaitFor(*parts_.log, submit.wait_for()));
  absl::StatusOr<admission::AdmittedEntry> entry =
      parts_.log->admission().Admit(peer_, submit.statement(),
                                    submit.openings());
  if (entry.ok()) {
    slot->entry = *std::move(entry);
    return absl::OkStatus();
  }
  absl::optional<sequencer::Placement> before =
      LoggedBefore(*parts_.log, submit.statement(), entry.status());
  if (!before.has_value()) return entry.status();
  slot->placement = *std::move(before);
  return absl::OkStatus();
}

// --- Sequence -------------------------------------------------------------------

// Hands over what is admitted, in the order in which it was read.
void SubmitStream::SequenceAdmitted() {
  while (sequenced_ < read_) {
    Slot* const slot = SlotAt(sequenced_);
    if (slot->state != SlotState::kAdmitted || !Sequence(slot)) return;
    held_ = false;
    hold_rounds_ = 0;
    ++sequenced_;
  }
}

// False: the sequencer is full, the statement stays where it is.
bool SubmitStream::Sequence(Slot* slot) {
  if (slot->refusal.ok() && cancelled_) {
    slot->refusal = absl::CancelledError("the stream was cancelled");
  }
  if (slot->refusal.ok() && slot->entry.has_value()) {
    slot->state = SlotState::kSequencing;
    Ref();
    slot->refusal = parts_.log->sequencer().Submit(
        *std::move(slot->entry),
        [this, slot](absl::StatusOr<sequencer::Placement> placed) {
          Placed(slot, std::move(placed));
        });
    if (slot->refusal.ok()) return true;
    Unref();  // the caller has another
    if (absl::IsUnavailable(slot->refusal) && !stopping_ &&
        hold_rounds_ * kHoldRound < options_.max_hold) {
      slot->refusal = absl::OkStatus();
      slot->state = SlotState::kAdmitted;
      held_ = true;
      return false;
    }
  }
  slot->entry.reset();
  slot->state = SlotState::kAnswered;
  return true;
}

// Called by the sequencer or the publisher, with a reference.
void SubmitStream::Placed(Slot* slot,
                          absl::StatusOr<sequencer::Placement> placed) {
  if (!placed.ok() ||
      slot->request.submit().wait_for() != v1::WAIT_FOR_COSIGNED) {
    return Answered(slot, std::move(placed));
  }
  // The receipt will be read from the store, in another tree.
  placed->batch = nullptr;
  const auto watching = parts_.log->publisher().WatchCosigned(
      placed->index + 1,
      [this, slot, found = *placed] { Answered(slot, found); });
  if (!watching.ok()) Answered(slot, watching.status());
}

// By whoever has come to know the answer, with Placed's reference.
void SubmitStream::Answered(Slot* slot,
                            absl::StatusOr<sequencer::Placement> placed) {
  {
    base::MutexLock lock(&mutex_);
    slot->entry.reset();
    if (placed.ok()) {
      slot->placement = *std::move(placed);
    } else {
      slot->refusal = placed.status();
    }
    slot->state = SlotState::kAnswered;
    if (held_) SequenceAdmitted();
  }
  Advance(Caller::kPublisher);
  Unref();
}

void SubmitStream::SetAlarm() {
  Ref();
  alarm_ = std::make_unique<grpc::Alarm>();
  alarm_->Set(absl::ToChronoTime(absl::Now() + kHoldRound),
              [this](bool) { TryHeldAgain(); });
}

void SubmitStream::TryHeldAgain() {
  {
    base::MutexLock lock(&mutex_);
    alarm_set_ = false;
    ++hold_rounds_;
    SequenceAdmitted();
  }
  Advance(Caller::kOther);
  Unref();
}

// --- Answer and end -------------------------------------------------------------

void SubmitStream::OnWriteDone(bool ok) {
  {
    base::MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok) cancelled_ = true;
  }
  Advance(Caller::kOther);
}

void SubmitStream::OnCancel() {
  cancelled_ = true;
  Advance(Caller::kOther);
}

void SubmitStream::OnDone() {
  parts_.on_done(this);
  Unref();
}

void SubmitStream::Advance(Caller caller) {
  Step step;
  {
    base::MutexLock lock(&mutex_);
    step = NextStep(caller);
  }
  if (step.on_reader) {
    Ref();
    parts_.readers->Run([this] {
      Advance(Caller::kOther);
      Unref();
    });
  }
  if (step.answer != nullptr) Write(step.answer, step.more);
  if (step.set_alarm) SetAlarm();
  if (step.finish) Finish(ToGrpcStatus(step.final_status));
}

SubmitStream::Step SubmitStream::NextStep(Caller caller) {
  Step step;
  if (cancelled_) DiscardAnswers();
  if (!writing_ && answered_ < sequenced_) {
    Slot* const head = SlotAt(answered_);
    if (head->state == SlotState::kAnswered) {
      const bool reads_store =
          head->refusal.ok() && head->placement.batch == nullptr;
      if (reads_store && caller == Caller::kPublisher) {
        step.on_reader = true;
      } else {
        writing_ = true;
        step.answer = head;
        step.more = answered_ + 1 < sequenced_ &&
                    SlotAt(answered_ + 1)->state == SlotState::kAnswered;
      }
    }
  }
  if (held_ && !alarm_set_) {
    alarm_set_ = true;
    step.set_alarm = true;
  }
  if (CanFinish()) {
    finished_ = true;
    step.finish = true;
    step.final_status = FinalStatus();
  }
  return step;
}

// Nobody reads answers any more.
void SubmitStream::DiscardAnswers() {
  while (!writing_ && answered_ < sequenced_ &&
         SlotAt(answered_)->state == SlotState::kAnswered) {
    Free(SlotAt(answered_));
    ++answered_;
  }
}

bool SubmitStream::CanFinish() const {
  return !finished_ && !writing_ && answered_ == read_ &&
         (reads_done_ || stopping_ || cancelled_);
}

absl::Status SubmitStream::FinalStatus() const {
  if (cancelled_) return absl::CancelledError("the stream was cancelled");
  if (reads_done_) return absl::OkStatus();
  return absl::UnavailableError(
      "the log is shutting down; every statement that was read is answered");
}

void SubmitStream::Write(Slot* slot, bool more) {
  Encode(*slot);
  v1::SubmitStreamRequest* target;
  {
    base::MutexLock lock(&mutex_);
    Free(slot);
    ++answered_;
    target = TakeRead();
  }
  // In this order: while a write is to come, nobody finishes the call.
  if (target != nullptr) StartRead(target);
  grpc::WriteOptions options;
  // gRPC 1.51 never ends a first write that is only buffered: it waits for the
  // initial metadata to leave, which waits for the buffer.
  if (more && wrote_before_) options.set_buffer_hint();
  wrote_before_ = true;
  StartWrite(&response_, options);
}

absl::Status SubmitStream::FillAccepted(const Slot& slot,
                                        v1::SubmitResponse* out) const {
  if (slot.request.submit().wait_for() == v1::WAIT_FOR_COSIGNED) {
    out->set_duplicate(slot.placement.duplicate);
    return FillCosignedReceipt(*parts_.log, slot.placement.index,
                               out->mutable_receipt());
  }
  return FillAnswer(slot.placement, parts_.log->store(),
                    parts_.log->publisher().integrated()->tree_size, out);
}

void SubmitStream::Encode(const Slot& slot) {
  absl::Status refusal = slot.refusal;
  if (refusal.ok()) {
    refusal = FillAccepted(slot, response_.mutable_accepted());
  }
  if (!refusal.ok()) *response_.mutable_refused() = ToRpcStatus(refusal);
}

}  // namespace sightline::services
