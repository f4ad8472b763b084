// The bodies of a witness's add-checkpoint call: what a log sends, and the size
// that a witness answers when the log's idea of it was another.
//
// Source:  c2sp.org/tlog-witness v1.0.0 "add-checkpoint".
// Shapes:  request: "old <size>\n", 0..63 lines of base64 of 32 bytes, "\n", a
//          signed note. Size answer: "<size>\n". The answer that carries
//          cosignatures is signature lines alone (note.h).
// Errors:  kInvalidArgument: malformed.
// Threads: pure; any thread.
//
// Whether the note is a checkpoint, and whose, is not looked at here: a witness
// answers those questions with statuses of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "checkpoint/note.h"
#include "crypto/sha256.h"

namespace sightline::checkpoint {

inline constexpr size_t kMaxConsistencyHashes = 63;
inline constexpr char kSizeContentType[] = "text/x.tlog.size";

struct AddCheckpoint {
  uint64_t old_size = 0;              // of the tree that the proof begins at
  std::vector<crypto::Digest> proof;  // consistency, old_size to the note's
  Note note;
};

// A request that parses formats to the very same bytes.
absl::StatusOr<AddCheckpoint> ParseAddCheckpoint(absl::string_view body);

// REQUIRES: `note_bytes` is a signed note; at most kMaxConsistencyHashes.
std::string FormatAddCheckpoint(uint64_t old_size,
                                const std::vector<crypto::Digest>& proof,
                                absl::string_view note_bytes);

absl::StatusOr<uint64_t> ParseSizeAnswer(absl::string_view body);
std::string FormatSizeAnswer(uint64_t tree_size);

}  // namespace sightline::checkpoint
