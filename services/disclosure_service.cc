#include "services/disclosure_service.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "admission/admission.h"
#include "base/status_macros.h"
#include "grpcpp/security/auth_context.h"
#include "services/call_kind.h"
#include "services/grpc_status.h"
#include "services/peer_identity.h"
#include "services/receipt_message.h"
#include "services/sealed_payloads.h"
#include "services/submit_call.h"
#include "statement/statement_codec.h"

namespace sightline::services {
namespace {

// Gives what the read at `placed` asked for.
absl::Status Disclose(const LogInstance& log, const v1::SealedRead& read,
                      const sequencer::Placement& placed,
                      v1::ReadSealedResponse* response) {
  if (placed.duplicate) {
    return absl::AlreadyExistsError(absl::StrCat(
        "this read is entry ", placed.index,
        " and was answered; make a statement of its own for another one"));
  }
  RETURN_IF_ERROR(FillReceipt(placed, log.store(),
                              log.publisher().integrated()->tree_size,
                              response->mutable_receipt()));
  const std::vector<std::string> paths(read.paths().begin(),
                                       read.paths().end());
  ASSIGN_OR_RETURN(std::vector<v1::SealOpening> openings,
                   OpenSealedPayload(log, read.target().index(), paths));
  for (v1::SealOpening& opening : openings) {
    *response->add_openings() = std::move(opening);
  }
  return absl::OkStatus();
}

// Admits the read, and submits it when there is something to be read: a read that
// gives nothing is not worth an entry.
absl::Status StartRead(LogInstance* log,
                       const grpc::CallbackServerContext& context,
                       const v1::SignedStatement& statement,
                       const v1::SealedRead& read, sequencer::Completion done) {
  ASSIGN_OR_RETURN(const admission::Peer peer, PeerOf(*context.auth_context()));
  ASSIGN_OR_RETURN(
      admission::AdmittedEntry entry,
      log->admission().Admit(peer, statement, admission::SealOpenings()));
  RETURN_IF_ERROR(CheckSealedPayload(*log, read.target().index()));
  return log->sequencer().Submit(std::move(entry), std::move(done));
}

}  // namespace

UnaryCall* DisclosureService::BeginCall(const v1::SignedStatement& statement,
                                        v1::StatementKind kind, bool* goes_on) {
  UnaryCall* const call = calls_->Begin();
  const absl::Status status =
      call->accepted() ? CheckKind(statement, kind) : ShuttingDown();
  *goes_on = status.ok();
  if (!status.ok()) call->Finish(ToGrpcStatus(status));
  return call;
}

grpc::ServerUnaryReactor* DisclosureService::ReadSealed(
    grpc::CallbackServerContext* context, const v1::ReadSealedRequest* request,
    v1::ReadSealedResponse* response) {
  bool goes_on = false;
  UnaryCall* const call =
      BeginCall(request->statement(), v1::STATEMENT_KIND_SEALED_READ, &goes_on);
  if (!goes_on) return call;
  // Parsed by BeginCall before.
  const v1::SealedRead read =
      statement::ParseStatement(request->statement().payload())->sealed_read();
  const absl::Status started =
      StartRead(log_, *context, request->statement(), read,
                [this, read, call,
                 response](absl::StatusOr<sequencer::Placement> placed) {
                  if (!placed.ok()) {
                    call->Finish(ToGrpcStatus(placed.status()));
                    return;
                  }
                  readers_->Run([this, read, call, response,
                                 placement = *std::move(placed)] {
                    const absl::Status status =
                        Disclose(*log_, read, placement, response);
                    if (!status.ok()) response->Clear();
                    call->Finish(ToGrpcStatus(status));
                  });
                });
  if (!started.ok()) call->Finish(ToGrpcStatus(started));
  return call;
}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* DisclosureService::Answer(
    grpc::CallbackServerContext* context, v1::StatementKind kind,
    const Request& request, Response* response) {
  bool goes_on = false;
  UnaryCall* const call = BeginCall(request.statement(), kind, &goes_on);
  if (!goes_on) return call;
  AnswerSubmission(log_, readers_, *context, request.statement(),
                   admission::SealOpenings(), v1::WAIT_FOR_INTEGRATED, response,
                   call);
  return call;
}

grpc::ServerUnaryReactor* DisclosureService::Unseal(
    grpc::CallbackServerContext* context, const v1::UnsealRequest* request,
    v1::UnsealResponse* response) {
  return Answer(context, v1::STATEMENT_KIND_UNSEALING, *request, response);
}

grpc::ServerUnaryReactor* DisclosureService::Erase(
    grpc::CallbackServerContext* context, const v1::EraseRequest* request,
    v1::EraseResponse* response) {
  return Answer(context, v1::STATEMENT_KIND_ERASURE, *request, response);
}

}  // namespace sightline::services
