#include "client/connection.h"

#include <cstdint>

#include "base/status_macros.h"
#include "client/proof_bytes.h"

namespace sightline::client {

bool IsTransient(const absl::Status& status) {
  return absl::IsUnavailable(status) ||
         (absl::IsResourceExhausted(status) && RetryDelay(status).has_value());
}

Connection::Connection(std::shared_ptr<grpc::Channel> channel,
                       checkpoint::LogKeySet log_keys, const Options& options)
    : options_(options),
      log_(v1::LogService::NewStub(channel)),
      submission_(v1::SubmissionService::NewStub(channel)),
      registry_(v1::RegistryService::NewStub(channel)),
      record_(v1::RecordService::NewStub(channel)),
      admin_(v1::AdminService::NewStub(channel)),
      disclosure_(v1::DisclosureService::NewStub(channel)),
      tracker_(std::move(log_keys),
               [this](uint64_t old_size, uint64_t new_size) {
                 return FetchConsistency(old_size, new_size);
               }) {}

absl::StatusOr<std::vector<merkle::Hash>> Connection::FetchConsistency(
    uint64_t old_size, uint64_t new_size) {
  v1::GetConsistencyProofRequest request;
  request.set_first_tree_size(old_size);
  request.set_second_tree_size(new_size);
  ASSIGN_OR_RETURN(const v1::GetConsistencyProofResponse response,
                   Call(*log_, &v1::LogService::Stub::GetConsistencyProof,
                        "GetConsistencyProof", request));
  // The caller holds signed roots for both sizes; those of the answer, and its
  // checkpoint, would add nothing.
  return ReadHashes(response.hashes());
}

}  // namespace sightline::client
