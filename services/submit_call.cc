#include "services/submit_call.h"

#include <memory>

#include "base/status_macros.h"
#include "grpcpp/security/auth_context.h"
#include "services/peer_identity.h"
#include "statement/violations.h"

namespace sightline::services {

absl::Status CheckWaitFor(v1::WaitFor wait_for) {
  switch (wait_for) {
    case v1::WAIT_FOR_UNSPECIFIED:
    case v1::WAIT_FOR_INTEGRATED:
      return absl::OkStatus();
    case v1::WAIT_FOR_COSIGNED:
      return absl::FailedPreconditionError("no witnesses are configured");
    default:
      statement::Violations violations;
      violations.Add("wait_for", "not a value of WaitFor");
      return violations.ToStatus();
  }
}

absl::Status StartSubmission(LogInstance* log,
                             const grpc::CallbackServerContext& context,
                             const v1::SignedStatement& statement,
                             const admission::SealOpenings& openings,
                             sequencer::Completion done) {
  if (context.IsCancelled()) {
    return absl::CancelledError("cancelled before it was admitted");
  }
  ASSIGN_OR_RETURN(const admission::Peer peer, PeerOf(*context.auth_context()));
  ASSIGN_OR_RETURN(admission::AdmittedEntry entry,
                   log->admission().Admit(peer, statement, openings));
  return log->sequencer().Submit(std::move(entry), std::move(done));
}

}  // namespace sightline::services
