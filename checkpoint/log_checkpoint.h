// Checkpoints: what a log says of its tree, as the text of a signed note.
//
// Source:  c2sp.org/tlog-checkpoint v1.0.0.
// Shapes:  "<origin>\n<tree size>\n<base64 root hash>\n", then extension lines.
//          We never write extension lines; we keep those that others wrote.
// Errors:  kInvalidArgument: not a checkpoint, another origin, or a signature
//          that does not verify.
// Threads: pure; any thread.
// Cost:    signing and opening are one signature each, everything else is
//          small beside it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "checkpoint/note.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/verifier.h"
#include "crypto/sha256.h"

namespace sightline::checkpoint {

struct Checkpoint {
  std::string origin;  // not empty
  uint64_t tree_size = 0;
  crypto::Digest root_hash = {};
  std::string extensions;  // as read: whole lines, each with its newline

  friend bool operator==(const Checkpoint& a, const Checkpoint& b) {
    return a.tree_size == b.tree_size && a.root_hash == b.root_hash &&
           a.origin == b.origin && a.extensions == b.extensions;
  }
};

// Parses a note's text (not the whole note).
absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text);

// The three lines. Leaves `extensions` out.
std::string FormatCheckpoint(const Checkpoint& checkpoint);

// The whole note, one line per signer in their order. Signers are log keys.
absl::StatusOr<std::string> SignCheckpoint(
    const Checkpoint& checkpoint, absl::Span<const NoteSigner> signers);

struct OpenedCheckpoint {
  Checkpoint checkpoint;
  Note note;
  std::vector<VerifiedLine> verified;  // at least one
};

// Parses a note and returns its checkpoint when it is of `origin` and at least
// one of `log_keys` signed it; a line of one of them that fails refuses it.
absl::StatusOr<OpenedCheckpoint> OpenCheckpoint(
    absl::string_view note_bytes, absl::string_view origin,
    absl::Span<const Verifier> log_keys);

}  // namespace sightline::checkpoint
