#include "checkpoint/receipt.h"

#include <vector>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "checkpoint/verifier.h"
#include "merkle/proof.h"

namespace sightline::checkpoint {
namespace {

absl::Status VerifyInclusion(const TlogProof& proof,
                             const crypto::Digest& leaf_hash,
                             const Checkpoint& checkpoint) {
  return merkle::VerifyInclusion(proof.index, checkpoint.tree_size, leaf_hash,
                                 proof.hashes, checkpoint.root_hash);
}

absl::StatusOr<OpenedCheckpoint> OpenWithWitnesses(const TlogProof& proof,
                                                   const LogKeySet& log_keys,
                                                   const Policy& policy) {
  std::vector<size_t> witness_of;
  const std::vector<Verifier> cosigners = policy.WitnessKeys(&witness_of);
  ASSIGN_OR_RETURN(const OpenedCheckpoint opened,
                   log_keys.OpenCheckpoint(proof.checkpoint, cosigners));
  std::vector<size_t> cosigned;
  for (const VerifiedLine& line : opened.verified) {
    if (line.verifier < witness_of.size()) {
      cosigned.push_back(witness_of[line.verifier]);
    }
  }
  RETURN_IF_ERROR(policy.CheckQuorum(cosigned));
  return opened;
}

}  // namespace

absl::StatusOr<OpenedCheckpoint> VerifyProof(const TlogProof& proof,
                                             const crypto::Digest& leaf_hash,
                                             const Policy& policy) {
  ASSIGN_OR_RETURN(const OpenedCheckpoint opened,
                   policy.OpenCheckpoint(proof.checkpoint));
  RETURN_IF_ERROR(VerifyInclusion(proof, leaf_hash, opened.checkpoint));
  return opened;
}

absl::StatusOr<OpenedCheckpoint> VerifyProof(const TlogProof& proof,
                                             const crypto::Digest& leaf_hash,
                                             const LogKeySet& log_keys,
                                             const Policy* policy) {
  ASSIGN_OR_RETURN(const OpenedCheckpoint opened,
                   policy == nullptr
                       ? log_keys.OpenCheckpoint(proof.checkpoint)
                       : OpenWithWitnesses(proof, log_keys, *policy));
  RETURN_IF_ERROR(VerifyInclusion(proof, leaf_hash, opened.checkpoint));
  return opened;
}

}  // namespace sightline::checkpoint
