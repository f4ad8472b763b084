// Encrypts the openings of sealed fields before they reach the store.
//
// Source:  docs/formats.md "Sealed payload": AES-256-GCM under a fresh data key per
//          entry, the data key wrapped (AES-256-GCM) by a key-encryption key.
// Shapes:  the payload's associated data is the statement's identity hash, so a
//          ciphertext cannot be moved to another entry.
// Errors:  Open: kDataLoss when the ciphertext does not authenticate;
//          kFailedPrecondition when its key-encryption key is not at hand.
// Threads: thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "crypto/secret.h"
#include "crypto/sha256.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::admission {

class PayloadSealer {
 public:
  // `key_encryption_key` is 32 bytes.
  static absl::StatusOr<std::unique_ptr<PayloadSealer>> Create(
      crypto::SecretString key_encryption_key);

  absl::StatusOr<std::string> Seal(
      const crypto::Digest& identity_hash,
      absl::Span<const v1::SealOpening* const> openings) const;

  absl::StatusOr<std::vector<v1::SealOpening>> Open(
      const crypto::Digest& identity_hash, absl::string_view ciphertext) const;

 private:
  explicit PayloadSealer(crypto::SecretString key) : key_(std::move(key)) {}
  const crypto::SecretString key_;
};

}  // namespace sightline::admission
