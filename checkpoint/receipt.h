// The offline check of a receipt: is this leaf in a tree that the log, and the
// witnesses that the reader's policy wants, have signed?
//
// Source:  c2sp.org/tlog-proof "Verifying proofs".
// Errors:  kInvalidArgument: the checkpoint is not of this log, not signed, not
//          cosigned as the policy wants, or the proof does not lead from the
//          leaf to its root hash. kOutOfRange: index >= tree size.
// Threads: pure; any thread.
// Cost:    one signature check per known signature, O(log tree_size) hashes.
#pragma once

#include "absl/status/statusor.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/policy.h"
#include "checkpoint/proof_file.h"
#include "crypto/sha256.h"

namespace sightline::checkpoint {

// The policy decides on the log and on the witnesses. Returns the checkpoint
// that now vouches for the leaf.
absl::StatusOr<OpenedCheckpoint> VerifyProof(const TlogProof& proof,
                                             const crypto::Digest& leaf_hash,
                                             const Policy& policy);

// `log_keys` decide on the log, `policy` on the witnesses alone; null means
// that no witness is asked for.
absl::StatusOr<OpenedCheckpoint> VerifyProof(const TlogProof& proof,
                                             const crypto::Digest& leaf_hash,
                                             const LogKeySet& log_keys,
                                             const Policy* policy = nullptr);

}  // namespace sightline::checkpoint
