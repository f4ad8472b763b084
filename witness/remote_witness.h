// A witness as the log meets it: asks it to cosign, follows it when it knows an
// older tree, and tells what it thinks of ours.
//
// Source:  c2sp.org/tlog-witness v1.0.0 "add-checkpoint", and how witnesses in
//          the field differ from it.
// Threads: owned by one thread.
// Cost:    one request; two when the witness knows another size than thought.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "checkpoint/note.h"
#include "checkpoint/verifier.h"
#include "crypto/sha256.h"
#include "witness/consistency_source.h"
#include "witness/transport.h"

namespace sightline::witness {

// A checkpoint of the log, with the log's own signatures.
struct SignedTree {
  uint64_t tree_size = 0;
  crypto::Digest root_hash{};
  std::string note;
};

// What a witness says of a tree.
struct Opinion {
  enum class Kind {
    kUnreachable,   // no answer, or none now: ask again later
    kRefused,       // it does not know this log, or what it says makes no sense
    kCosigned,      // `line` verifies
    kAhead,         // it has cosigned `witness_size`, more than the tree has
    kInconsistent,  // it has cosigned a tree that this one does not contain
  };
  Kind kind = Kind::kUnreachable;
  checkpoint::SignatureLine line;
  uint64_t witness_size = 0;
  int retry_after_s = 0;  // 0: not said
  std::string why;
};

absl::string_view KindName(Opinion::Kind kind);

class RemoteWitness {
 public:
  // `prefix` is the submission prefix; a slash at its end makes no difference.
  // Pointers outlive the object.
  RemoteWitness(checkpoint::Verifier key, absl::string_view prefix,
                Transport* transport, const ConsistencySource* proofs);

  Opinion Ask(const SignedTree& tree, absl::Duration timeout);

 private:
  // Ask once; true: the witness knows another size, ask again.
  bool AskOnce(const SignedTree& tree, absl::Duration timeout, Opinion* out);
  bool TakeConflict(const SignedTree& tree, const Reply& reply, Opinion* out);
  void TakeLines(const SignedTree& tree, const Reply& reply, Opinion* out);

  const checkpoint::Verifier key_;
  const std::string url_;
  Transport* const transport_;
  const ConsistencySource* const proofs_;
  uint64_t known_size_ = 0;  // what it cosigned last, as far as we know
};

}  // namespace sightline::witness
