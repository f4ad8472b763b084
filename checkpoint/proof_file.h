// Offline proofs: a leaf index, its inclusion proof and the checkpoint, in one
// text file (".tlog-proof").
//
// Source:  c2sp.org/tlog-proof (head of July 2026).
// Shapes:  "c2sp.org/tlog-proof@v1\n", "extra <base64>\n" if there is extra
//          data, "index <decimal>\n", 0..63 lines "<base64 hash>\n" from the
//          leaf's sibling to the root's child, "\n", the checkpoint as a signed
//          note, verbatim. At most 2,000,000 bytes.
// Units:   indices count from 0.
// Errors:  kInvalidArgument: not such a file.
// Threads: pure; any thread.
//
// Parsing verifies nothing: receipt.h does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "crypto/sha256.h"

namespace sightline::checkpoint {

inline constexpr size_t kMaxProofFileSize = 2'000'000;
inline constexpr size_t kMaxProofHashes = 63;

struct TlogProof {
  absl::optional<std::string> extra;  // NOT authenticated by anything
  uint64_t index = 0;
  std::vector<crypto::Digest> hashes;
  std::string checkpoint;  // the signed note's bytes
};

// A file that parses formats to the very same bytes. The checkpoint must parse
// as a signed note that holds a checkpoint.
absl::StatusOr<TlogProof> ParseTlogProof(absl::string_view bytes);
std::string FormatTlogProof(const TlogProof& proof);

}  // namespace sightline::checkpoint
