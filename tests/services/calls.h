// Calling a log's services and checking what they answer. Tests only.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "grpcpp/client_context.h"
#include "proto/sightline/v1/entry.pb.h"
#include "services/grpc_status.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {

// Long enough for a busy machine; a test that gets there has failed.
inline void SetDeadline(grpc::ClientContext* context) {
  context->set_deadline(std::chrono::system_clock::now() +
                        std::chrono::minutes(10));
}

// One unary call: Call(stub, &v1::LogService::Stub::GetLog, request).
template <typename Stub, typename Base, typename Request, typename Response>
absl::StatusOr<Response> Call(Stub* stub,
                              grpc::Status (Base::*method)(grpc::ClientContext*,
                                                           const Request&,
                                                           Response*),
                              const Request& request) {
  grpc::ClientContext context;
  SetDeadline(&context);
  Response response;
  const grpc::Status status = (stub->*method)(&context, request, &response);
  if (!status.ok()) return services::FromGrpcStatus(status);
  return response;
}

// The fields that a BadRequest in `status` names, in its order.
std::vector<std::string> FaultyFields(const absl::Status& status);

// The tree of a checkpoint that the log of `parties` has signed.
struct SignedTree {
  uint64_t size = 0;
  crypto::Digest root{};
};
absl::StatusOr<SignedTree> OpenCheckpoint(const TestParties& parties,
                                          absl::string_view note);

// Whether `receipt` proves its entry in a tree signed by the log, and the entry
// holds `statement`.
absl::Status CheckReceipt(const TestParties& parties,
                          const v1::Receipt& receipt,
                          const v1::SignedStatement& statement);

// Whether `proof` puts `entry` at `index` of the tree.
absl::Status CheckEntry(
    const SignedTree& tree, uint64_t index, absl::string_view entry,
    const google::protobuf::RepeatedPtrField<std::string>& proof);

// 32 bytes each; aborts on others.
std::vector<crypto::Digest> Digests(
    const google::protobuf::RepeatedPtrField<std::string>& hashes);

}  // namespace sightline::tests
