#include "services/submission_service.h"

#include <utility>

#include "grpcpp/security/auth_context.h"
#include "services/grpc_status.h"
#include "services/peer_identity.h"
#include "services/refused_call.h"
#include "services/submit_call.h"

namespace sightline::services {
namespace {

using StreamReactor =
    grpc::ServerBidiReactor<v1::SubmitStreamRequest, v1::SubmitStreamResponse>;

}  // namespace

SubmissionService::SubmissionService(const SubmissionOptions& options,
                                     LogInstance* log, UnaryCalls* calls,
                                     WorkerPool* admitters, WorkerPool* readers)
    : options_(options),
      log_(log),
      calls_(calls),
      admitters_(admitters),
      readers_(readers),
      limit_(options.max_streams, options.max_streams_per_submitter) {}

grpc::ServerUnaryReactor* SubmissionService::Submit(
    grpc::CallbackServerContext* context, const v1::SubmitRequest* request,
    v1::SubmitResponse* response) {
  UnaryCall* const call = calls_->Begin();
  const absl::Status can_go_on = call->accepted()
                                     ? CheckWaitFor(*log_, request->wait_for())
                                     : ShuttingDown();
  if (!can_go_on.ok()) {
    call->Finish(ToGrpcStatus(can_go_on));
    return call;
  }
  AnswerSubmission(log_, readers_, *context, request->statement(),
                   request->openings(), request->wait_for(), response, call);
  return call;
}

StreamReactor* SubmissionService::SubmitStream(
    grpc::CallbackServerContext* context) {
  absl::StatusOr<admission::Peer> peer = PeerOf(*context->auth_context());
  if (peer.ok() && peer->submitter.empty()) {
    peer = absl::UnauthenticatedError(
        "submitting needs a client certificate that names a submitter");
  }
  if (!peer.ok()) return RefuseCall<StreamReactor>(peer.status());
  const absl::Status room = limit_.Enter(peer->submitter);
  if (!room.ok()) return RefuseCall<StreamReactor>(room);
  services::SubmitStream::Parts parts;
  parts.log = log_;
  parts.admitters = admitters_;
  parts.readers = readers_;
  parts.on_done = [this](services::SubmitStream* stream) {
    streams_.Remove(stream);
    limit_.Leave(stream->submitter());
  };
  auto* const stream = services::SubmitStream::Start(
      options_.stream, std::move(parts), *std::move(peer));
  streams_.Add(stream);
  return stream;
}

}  // namespace sightline::services
