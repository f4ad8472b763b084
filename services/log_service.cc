#include "services/log_service.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "services/entry_filter.h"
#include "services/entry_run.h"
#include "services/grpc_status.h"
#include "services/raw_message.h"
#include "services/refused_call.h"
#include "statement/violations.h"

namespace sightline::services {
namespace {

using StreamReactor = grpc::ServerWriteReactor<grpc::ByteBuffer>;

constexpr uint32_t kMaxPageEntries = 1000;

grpc::ServerUnaryReactor* Answer(UnaryCall* call, const absl::Status& status) {
  call->Finish(ToGrpcStatus(status));
  return call;
}

}  // namespace

LogService::LogService(const LogServiceOptions& options, LogInstance* log,
                       UnaryCalls* calls, WorkerPool* readers,
                       const base::Clock* clock)
    : options_(options),
      log_(log),
      calls_(calls),
      readers_(readers),
      clock_(clock),
      queries_(log),
      stream_limit_(options.max_streams, 0),
      beat_(options.beat) {}

grpc::ServerUnaryReactor* LogService::GetLog(grpc::CallbackServerContext*,
                                             const v1::GetLogRequest*,
                                             v1::GetLogResponse* response) {
  return Answer(calls_->Begin(), queries_.GetLog(response));
}

grpc::ServerUnaryReactor* LogService::GetCheckpoint(
    grpc::CallbackServerContext*, const v1::GetCheckpointRequest* request,
    v1::GetCheckpointResponse* response) {
  const std::shared_ptr<const publish::PublishedTree> tree =
      log_->publisher().current();
  if (tree->tree_size >= request->min_tree_size()) {
    response->set_checkpoint(tree->checkpoint);
    return Answer(calls_->Begin(), absl::OkStatus());
  }
  CheckpointWait* const wait = CheckpointWait::Start(
      &log_->publisher(), readers_, request->min_tree_size(), response,
      [this](CheckpointWait* done) { waits_.Remove(done); });
  waits_.Add(wait);
  return wait;
}

grpc::ServerUnaryReactor* LogService::GetInclusionProof(
    grpc::CallbackServerContext*, const v1::GetInclusionProofRequest* request,
    v1::GetInclusionProofResponse* response) {
  return Answer(calls_->Begin(),
                queries_.GetInclusionProof(*request, response));
}

grpc::ServerUnaryReactor* LogService::GetConsistencyProof(
    grpc::CallbackServerContext*, const v1::GetConsistencyProofRequest* request,
    v1::GetConsistencyProofResponse* response) {
  return Answer(calls_->Begin(),
                queries_.GetConsistencyProof(*request, response));
}

grpc::ServerUnaryReactor* LogService::GetEntry(
    grpc::CallbackServerContext*, const v1::GetEntryRequest* request,
    v1::GetEntryResponse* response) {
  return Answer(calls_->Begin(), queries_.GetEntry(*request, response));
}

grpc::ServerUnaryReactor* LogService::GetReceipt(
    grpc::CallbackServerContext*, const v1::GetReceiptRequest* request,
    v1::GetReceiptResponse* response) {
  return Answer(calls_->Begin(), queries_.GetReceipt(*request, response));
}

grpc::ServerUnaryReactor* LogService::ListCheckpoints(
    grpc::CallbackServerContext*, const v1::ListCheckpointsRequest* request,
    v1::ListCheckpointsResponse* response) {
  return Answer(calls_->Begin(), queries_.ListCheckpoints(*request, response));
}

grpc::ServerUnaryReactor* LogService::ListEntries(
    grpc::CallbackServerContext*, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Answer(calls_->Begin(), List(*request, response));
}

absl::Status LogService::List(const grpc::ByteBuffer& bytes,
                              grpc::ByteBuffer* response) const {
  v1::ListEntriesRequest request;
  RETURN_IF_ERROR(ParseMessage(bytes, &request));
  if (request.max_entries() > kMaxPageEntries) {
    statement::Violations violations;
    violations.Add("max_entries",
                   absl::StrCat(request.max_entries(), ", want at most ",
                                kMaxPageEntries));
    return violations.ToStatus();
  }
  ASSIGN_OR_RETURN(const EntryFilter filter,
                   EntryFilter::Create(request.filter()));
  RunLimits limits;
  limits.max_entries = request.max_entries() == 0 ? options_.usual_page_entries
                                                  : request.max_entries();
  limits.max_bytes = options_.max_page_bytes;
  ASSIGN_OR_RETURN(
      EncodedRun run,
      EncodeRun(log_->store(), log_->nodes(), *log_->publisher().current(),
                request.start_index(), filter, limits));
  *response = ToByteBuffer(std::move(run.buffer), run.offset);
  return absl::OkStatus();
}

StreamReactor* LogService::StreamEntries(grpc::CallbackServerContext*,
                                         const grpc::ByteBuffer* bytes) {
  v1::StreamEntriesRequest request;
  const absl::Status parsed = ParseMessage(*bytes, &request);
  if (!parsed.ok()) return RefuseCall<StreamReactor>(parsed);
  absl::StatusOr<EntryFilter> filter = EntryFilter::Create(request.filter());
  if (!filter.ok()) return RefuseCall<StreamReactor>(filter.status());
  const absl::Status room = stream_limit_.Enter("");
  if (!room.ok()) return RefuseCall<StreamReactor>(room);
  EntryStream::Parts parts;
  parts.store = &log_->store();
  parts.nodes = &log_->nodes();
  parts.publisher = &log_->publisher();
  parts.readers = readers_;
  parts.tail_runs = &tail_runs_;
  parts.beat = &beat_;
  parts.clock = clock_;
  parts.on_done = [this](EntryStream* done) {
    streams_.Remove(done);
    stream_limit_.Leave("");
  };
  EntryStream* const stream =
      EntryStream::Start(options_.stream, std::move(parts), *std::move(filter),
                         request.start_index(), request.follow());
  streams_.Add(stream);
  return stream;
}

void LogService::BeginShutdown() {
  waits_.BeginShutdown();
  streams_.BeginShutdown();
}

void LogService::AwaitEnd(absl::Time deadline) {
  waits_.AwaitNone(deadline);
  streams_.AwaitNone(deadline);
}

}  // namespace sightline::services
