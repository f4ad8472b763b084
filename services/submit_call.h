// One signed statement on its way to an answer: admit, submit, fill in.
//
// Errors:  those of Admission::Admit and Sequencer::Submit; kFailedPrecondition
//          when the caller would wait for witnesses that do not exist.
// Threads: any thread.
// Cost:    Start verifies on the calling thread: a lone call has no hand-off
//          before the sequencer, and its answer leaves from the publisher.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "admission/admission.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/submission_service.pb.h"
#include "sequencer/integrated_batch.h"
#include "services/grpc_status.h"
#include "services/log_instance.h"
#include "services/receipt_message.h"
#include "services/worker_pool.h"

namespace sightline::services {

absl::Status CheckWaitFor(v1::WaitFor wait_for);

// Where a statement stands that admission has refused with `refusal` because it
// is in the log already: who enrols somebody twice with the same statement gets
// the same receipt. Null when that is not why.
absl::optional<sequencer::Placement> LoggedBefore(
    const LogInstance& log, const v1::SignedStatement& statement,
    const absl::Status& refusal);

// Admits the statement and hands it to the sequencer. When OK, `done` will be
// called; otherwise it never is.
absl::Status StartSubmission(LogInstance* log,
                             const grpc::CallbackServerContext& context,
                             const v1::SignedStatement& statement,
                             const admission::SealOpenings& openings,
                             sequencer::Completion done);

// Fills in `receipt` and `duplicate` and finishes the call. `Response` is
// SubmitResponse or one of its likes in admin_service.proto.
template <typename Response>
void FinishSubmission(const LogInstance& log, uint64_t published_size,
                      const absl::StatusOr<sequencer::Placement>& placed,
                      Response* response, grpc::ServerUnaryReactor* reactor) {
  absl::Status status = placed.status();
  if (status.ok()) {
    response->set_duplicate(placed->duplicate);
    status = FillReceipt(*placed, log.store(), published_size,
                         response->mutable_receipt());
  }
  reactor->Finish(ToGrpcStatus(status));
}

// The whole unary call. `readers` run what has to read the store.
template <typename Response>
void AnswerSubmission(LogInstance* log, WorkerPool* readers,
                      const grpc::CallbackServerContext& context,
                      const v1::SignedStatement& statement,
                      const admission::SealOpenings& openings,
                      Response* response, grpc::ServerUnaryReactor* reactor) {
  const absl::Status started = StartSubmission(
      log, context, statement, openings,
      [=](absl::StatusOr<sequencer::Placement> placed) {
        const uint64_t size = log->publisher().current()->tree_size;
        if (!placed.ok() || placed->batch != nullptr) {
          FinishSubmission(*log, size, placed, response, reactor);
          return;
        }
        readers->Run([=, placed = std::move(placed)] {
          FinishSubmission(*log, size, placed, response, reactor);
        });
      });
  if (!started.ok()) reactor->Finish(ToGrpcStatus(started));
}

}  // namespace sightline::services
