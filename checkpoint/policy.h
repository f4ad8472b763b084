// Trust policies: which logs are accepted, and which witnesses must have
// cosigned.
//
// Source:  c2sp.org/tlog-policy (head of July 2026).
// Shapes:  lines of fields separated by spaces or tabs:
//            log <vkey> [<url>]
//            witness <name> <vkey> [<url>]
//            group <name> all|any|<k> <name>...
//            quorum <name>|none
//          At most 1 MiB.
// Errors:  kInvalidArgument: malformed (with the line number), or a checkpoint
//          that the policy does not accept.
// Threads: immutable; any thread.
//
// A witness whose key type cannot be verified here (ML-DSA) is kept and never
// counts. One key in two places is refused, also as log and witness: a log that
// witnesses itself proves nothing.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/verifier.h"
#include "checkpoint/vkey.h"

namespace sightline::checkpoint {

class Policy {
 public:
  struct Log {
    Verifier verifier;  // its name is the origin
    std::string url;    // empty when not given
  };
  struct Witness {
    std::string name;  // in this file; the key has its own
    Vkey vkey;
    absl::optional<Verifier> verifier;  // nothing: type not supported here
    std::string url;  // submission prefix; empty when not given
  };

  static absl::StatusOr<Policy> Parse(absl::string_view text);

  // Opens a checkpoint that one of the listed logs signed and for which the
  // quorum holds.
  absl::StatusOr<OpenedCheckpoint> OpenCheckpoint(
      absl::string_view note_bytes) const;

  // Whether the witnesses given, by index into witnesses(), satisfy the quorum.
  // Unknown indices and repetitions count for nothing.
  absl::Status CheckQuorum(absl::Span<const size_t> witnesses) const;

  // Whether the lines of `note` by these witnesses verify and make up the
  // quorum; who else signed it, the log even, is not looked at.
  absl::Status CheckCosigned(const Note& note) const;

  const std::vector<Log>& logs() const { return logs_; }
  const std::vector<Witness>& witnesses() const { return witnesses_; }

  // The keys of the witnesses that can be verified; `indices` receives, for
  // each, its index into witnesses().
  std::vector<Verifier> WitnessKeys(std::vector<size_t>* indices) const;

 private:
  class Parser;

  // Nodes of the quorum: witnesses and groups in one namespace, in the order of
  // their definition, so that members come before their group.
  struct Node {
    std::string name;
    absl::optional<size_t> witness;  // index into witnesses_; else a group
    size_t threshold = 0;
    std::vector<size_t> members;  // indices into nodes_
  };

  Policy() = default;

  std::vector<Log> logs_;
  std::vector<Witness> witnesses_;
  std::vector<Node> nodes_;
  absl::optional<size_t> quorum_;  // index into nodes_; nothing: "none"
};

}  // namespace sightline::checkpoint
