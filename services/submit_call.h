// One signed statement on its way to an answer: admit, submit, fill in.
//
// Errors:  those of Admission::Admit and Sequencer::Submit; kFailedPrecondition
//          when the caller would wait for witnesses that do not exist;
//          kUnavailable when it waited and the quorum did not come: the entry is
//          logged, and the same statement again gets its receipt.
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

absl::Status CheckWaitFor(const LogInstance& log, v1::WaitFor wait_for);

// Fills in the receipt of `index` in the newest cosigned tree; kUnavailable when
// that does not hold it yet.
absl::Status FillCosignedReceipt(const LogInstance& log, uint64_t index,
                                 v1::Receipt* out);

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
void FinishSubmission(const LogInstance& log, v1::WaitFor wait_for,
                      const absl::StatusOr<sequencer::Placement>& placed,
                      Response* response, grpc::ServerUnaryReactor* reactor) {
  absl::Status status = placed.status();
  if (status.ok()) {
    response->set_duplicate(placed->duplicate);
    v1::Receipt* const receipt = response->mutable_receipt();
    status =
        wait_for == v1::WAIT_FOR_COSIGNED
            ? FillCosignedReceipt(log, placed->index, receipt)
            : FillReceipt(*placed, log.store(),
                          log.publisher().integrated()->tree_size, receipt);
  }
  reactor->Finish(ToGrpcStatus(status));
}

// The whole unary call. `readers` run what has to read the store.
template <typename Response>
void AnswerSubmission(LogInstance* log, WorkerPool* readers,
                      const grpc::CallbackServerContext& context,
                      const v1::SignedStatement& statement,
                      const admission::SealOpenings& openings,
                      v1::WaitFor wait_for, Response* response,
                      grpc::ServerUnaryReactor* reactor) {
  const absl::Status started = StartSubmission(
      log, context, statement, openings,
      [=](absl::StatusOr<sequencer::Placement> placed) {
        const bool cosigned = placed.ok() && wait_for == v1::WAIT_FOR_COSIGNED;
        if (!cosigned && (!placed.ok() || placed->batch != nullptr)) {
          FinishSubmission(*log, wait_for, placed, response, reactor);
          return;
        }
        const auto finish = [=] {
          readers->Run([=] {
            FinishSubmission(*log, wait_for, placed, response, reactor);
          });
        };
        if (!cosigned) return finish();
        const auto watching =
            log->publisher().WatchCosigned(placed->index + 1, finish);
        if (!watching.ok()) reactor->Finish(ToGrpcStatus(watching.status()));
      });
  if (!started.ok()) reactor->Finish(ToGrpcStatus(started));
}

}  // namespace sightline::services
