// Timestamped Ed25519 cosignatures (type 0x04): what is signed, and how the
// signature line carries it. Making and checking them: note_signer.h,
// verifier.h.
//
// Source:  c2sp.org/tlog-cosignature v1.0.1.
// Shapes:  72 bytes: u64 timestamp || Ed25519 signature.
// Units:   POSIX seconds, at most 2^63 - 1.
// Errors:  kInvalidArgument: not 72 bytes, or the timestamp is too large.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::checkpoint {

inline constexpr uint64_t kMaxTimestamp = (uint64_t{1} << 63) - 1;

struct Cosignature {
  uint64_t time_unix_s = 0;
  std::string signature;  // 64 bytes
};

absl::StatusOr<Cosignature> ParseCosignature(absl::string_view bytes);
std::string FormatCosignature(const Cosignature& cosignature);

// The bytes that the cosigner signs for the note text `text`.
std::string CosignatureMessage(uint64_t time_unix_s, absl::string_view text);

}  // namespace sightline::checkpoint
