// Authenticated encryption of sealed payloads and of the keys that encrypt
// them.
//
// Source:  AES-256-GCM, NIST SP 800-38D, with a random 96-bit nonce.
// Shapes:  key 32 bytes; sealed = nonce[12] || ciphertext || tag[16], 28 bytes
//          longer than the plaintext. The associated data is authenticated and
//          not stored: it says what the bytes belong to (entry, path), so that
//          sealed bytes moved elsewhere do not open.
// Errors:  kInvalidArgument: wrong key size, sealed bytes too short, or they do
//          not open (other key, other associated data, or altered; one message
//          for all, so that nothing is learnt from it).
// Threads: pure; any thread.
// Cost:    random nonces may collide after about 2^32 messages under one key;
//          the per-entry data keys stay far below.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace sightline::crypto {

inline constexpr size_t kAeadKeySize = 32;
inline constexpr size_t kAeadOverhead = 28;

absl::StatusOr<std::string> Seal(const SecretString& key,
                                 absl::string_view associated_data,
                                 absl::string_view plaintext, Rng& rng);

absl::StatusOr<SecretString> Open(const SecretString& key,
                                  absl::string_view associated_data,
                                  absl::string_view sealed);

}  // namespace sightline::crypto
