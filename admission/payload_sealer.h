// Encrypts the openings of sealed fields before they reach the store.
//
// Source:  docs/formats.md "Sealed payload": AES-256-GCM under a fresh data key per
//          entry, the data key wrapped (AES-256-GCM) by a key-encryption key.
// Shapes:  "SLP1" || key id[8] || wrapped data key[60] || sealed SealOpenings; the key
//          id is the start of SHA-256("sightline/kek/v1" || 0x00 || key).
//          The payload's associated data is the statement's identity hash, so a
//          ciphertext cannot be moved to another entry.
// Errors:  Open: kDataLoss when the ciphertext does not authenticate;
//          kFailedPrecondition when its key-encryption key is not at hand.
// Threads: thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/sha256.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::admission {

// Whether `ciphertext` has the stored form, as far as it shows without a key.
// kDataLoss: it has not.
absl::Status CheckPayloadForm(absl::string_view ciphertext);

class PayloadSealer {
 public:
  // `key_encryption_key` is 32 bytes. `rng` outlives the sealer.
  static absl::StatusOr<std::unique_ptr<PayloadSealer>> Create(
      crypto::SecretString key_encryption_key, crypto::Rng* rng);

  // Opens what older keys have wrapped, too; seals under `key_encryption_key`.
  static absl::StatusOr<std::unique_ptr<PayloadSealer>> Create(
      crypto::SecretString key_encryption_key,
      std::vector<crypto::SecretString> older_keys, crypto::Rng* rng);

  absl::StatusOr<std::string> Seal(
      const crypto::Digest& identity_hash,
      const google::protobuf::RepeatedPtrField<v1::SealOpening>& openings)
      const;

  absl::StatusOr<std::vector<v1::SealOpening>> Open(
      const crypto::Digest& identity_hash, absl::string_view ciphertext) const;

  // The same payload, its data key wrapped by the newest key; as it is when that
  // has wrapped it. The payload itself is neither opened nor changed.
  absl::StatusOr<std::string> Rewrap(const crypto::Digest& identity_hash,
                                     absl::string_view ciphertext) const;

 private:
  struct Key {
    crypto::SecretString key;
    std::string id;
  };

  PayloadSealer(std::vector<Key> keys, crypto::Rng* rng);

  absl::StatusOr<crypto::SecretString> DataKey(
      const crypto::Digest& identity_hash, absl::string_view ciphertext) const;
  absl::StatusOr<std::string> Wrap(const crypto::Digest& identity_hash,
                                   const crypto::SecretString& data_key) const;

  const std::vector<Key> keys_;  // the newest first
  crypto::Rng* const rng_;
};

}  // namespace sightline::admission
