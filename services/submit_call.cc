#include "services/submit_call.h"

#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "crypto/sha256.h"
#include "grpcpp/security/auth_context.h"
#include "services/peer_identity.h"
#include "statement/dsse.h"
#include "statement/violations.h"

namespace sightline::services {

absl::Status CheckWaitFor(const LogInstance& log, v1::WaitFor wait_for) {
  switch (wait_for) {
    case v1::WAIT_FOR_UNSPECIFIED:
    case v1::WAIT_FOR_INTEGRATED:
      return absl::OkStatus();
    case v1::WAIT_FOR_COSIGNED:
      if (log.publisher().has_witnesses()) return absl::OkStatus();
      return absl::FailedPreconditionError("no witnesses are configured");
    default:
      statement::Violations violations;
      violations.Add("wait_for", "not a value of WaitFor");
      return violations.ToStatus();
  }
}

absl::Status FillCosignedReceipt(const LogInstance& log, uint64_t index,
                                 v1::Receipt* out) {
  const auto tree = log.publisher().cosigned();
  if (index < tree->tree_size) {
    return FillReceiptInTree(log.store(), index, *tree, out);
  }
  return absl::UnavailableError(absl::StrCat(
      "the entry is logged as ", index,
      ", but the witness quorum has not cosigned it yet; submit the same "
      "statement again to get its receipt"));
}

absl::optional<sequencer::Placement> LoggedBefore(
    const LogInstance& log, const v1::SignedStatement& statement,
    const absl::Status& refusal) {
  if (!absl::IsAlreadyExists(refusal)) return absl::nullopt;
  const crypto::Digest identity = statement::IdentityHash(statement);
  std::vector<std::optional<uint64_t>> found;
  if (!log.store()
           .FindByIdentity(absl::MakeConstSpan(&identity, 1), &found)
           .ok() ||
      !found[0].has_value() ||
      *found[0] >= log.publisher().integrated()->tree_size) {
    return absl::nullopt;
  }
  return sequencer::Placement{*found[0], /*duplicate=*/true, nullptr};
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
  const auto announcement = log->sequencer().Announce();
  absl::StatusOr<admission::AdmittedEntry> entry =
      log->admission().Admit(peer, statement, openings);
  if (entry.ok()) {
    return log->sequencer().Submit(*std::move(entry), std::move(done));
  }
  absl::optional<sequencer::Placement> before =
      LoggedBefore(*log, statement, entry.status());
  if (!before.has_value()) return entry.status();
  done(*std::move(before));
  return absl::OkStatus();
}

}  // namespace sightline::services
