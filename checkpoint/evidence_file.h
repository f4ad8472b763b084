// What convicts a log before anybody: two checkpoints that it has signed and that
// cannot both be true, with what is needed to see it, in one text file
// (".evidence").
//
// Source:  docs/formats.md "Evidence"; RFC 6962 s2.1 for the hashes.
// Shapes:  "sightline.dev/evidence@v1\n", "log <vkey>\n" once, or twice when the log
//          has changed its key and signed one of them with each,
//          "older <bytes>\n" and so many bytes of a signed note, "newer <bytes>\n"
//          likewise. With sizes n < m then "left <base64 hash>\n" for each perfect
//          subtree of the first n leaves in the newer tree, at most one
//          "leaf <base64 hash>\n", of leaf n, and "right <base64 hash>\n" for those
//          of the rest (merkle/range_proof.h). At most kMaxEvidenceSize bytes.
// Errors:  kInvalidArgument: not such a file; it convicts nobody.
// Threads: pure; any thread.
//
// Two trees of one size with two roots speak for themselves. Of two sizes, the
// hashes lead to the newer root, so the newer tree has these first n leaves; their
// root is not the older one, so the older tree had others. A log that only grew
// cannot have signed both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "checkpoint/log_checkpoint.h"
#include "crypto/sha256.h"

namespace sightline::checkpoint {

inline constexpr size_t kMaxEvidenceSize = 200'000;
inline constexpr size_t kMaxEvidenceKeys = 2;

// How the first leaves of a tree lie in it.
struct PrefixProof {
  std::vector<crypto::Digest> left;
  std::vector<crypto::Digest> leaf;  // none or one
  std::vector<crypto::Digest> right;
};

struct EvidenceFile {
  std::vector<std::string> vkeys;  // the log keys that signed them; none twice
  std::string older;               // signed notes; tree sizes do not decrease
  std::string newer;
  PrefixProof proof;  // empty when the sizes are equal
};

// A file that parses formats to the very same bytes. Verifies nothing.
absl::StatusOr<EvidenceFile> ParseEvidenceFile(absl::string_view bytes);
std::string FormatEvidenceFile(const EvidenceFile& evidence);

// The two trees of a log that is convicted.
struct Conviction {
  Checkpoint older;
  Checkpoint newer;
};

// Checks signatures and hashes. Whether the keys are the log's, and for which sizes,
// the file cannot say: who reads it knows them.
absl::StatusOr<Conviction> VerifyEvidence(const EvidenceFile& evidence);

// The root of the first `size` leaves of the tree (tree_size, root), when the proof
// leads to that root. REQUIRES: 0 < size <= tree_size.
absl::StatusOr<crypto::Digest> PrefixRoot(const PrefixProof& proof,
                                          uint64_t size, uint64_t tree_size,
                                          const crypto::Digest& root);

}  // namespace sightline::checkpoint
