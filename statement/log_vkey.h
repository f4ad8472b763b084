// Verifier keys of logs, as far as statements hold them.
//
// Source:  c2sp.org/signed-note "Verifier keys".
// Shapes:  "<origin>+<key id, 8 hex digits>+<base64(0x01 || Ed25519 key)>", key
//          id = SHA-256(origin || "\n" || 0x01 || key)[:4].
// Errors:  kInvalidArgument: not such a text.
// Threads: pure; any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/signer.h"

namespace sightline::statement {

// REQUIRES: an Ed25519 key.
std::string LogVkey(absl::string_view origin, const crypto::PublicKey& key);

// The key of `vkey`, whose name must be `origin`.
absl::StatusOr<crypto::PublicKey> ParseLogVkey(absl::string_view vkey,
                                               absl::string_view origin);

}  // namespace sightline::statement
