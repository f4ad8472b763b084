// COSE receipts by a log's own keys: the Ed25519 keys that sign its checkpoints.
//
// Source:  cose_receipt.h; docs/formats.md "COSE receipts".
// Errors:  kInvalidArgument: a key that is no Ed25519 log key.
// Threads: thread-safe.
//
// A checkpoint's signature is over text that begins with the origin, a receipt's
// over CBOR that begins with 84 6a "Signature1": neither can pass for the other.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "checkpoint/cose_receipt.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/note_signer.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"

namespace sightline::checkpoint {

class CoseSigner {
 public:
  static absl::StatusOr<CoseSigner> Create(const NoteSigner& log_key);

  const std::string& vkey() const { return vkey_; }

  // That leaf `index` is in the tree with this root, by a proof of one hash at
  // least.
  absl::StatusOr<std::string> SignInclusion(
      uint64_t index, uint64_t tree_size,
      absl::Span<const crypto::Digest> proof, const crypto::Digest& root) const;

 private:
  CoseSigner(std::string vkey, crypto::PrivateKey key, std::string header)
      : vkey_(std::move(vkey)),
        key_(std::move(key)),
        header_(std::move(header)) {}

  std::string vkey_;
  crypto::PrivateKey key_;
  std::string header_;
};

// The Ed25519 key of a log's vkey.
absl::StatusOr<crypto::PublicKey> CosePublicKey(absl::string_view vkey);

// A log key as others look it up.
struct PublishedCoseKey {
  std::string key_id;  // the thumbprint
  std::string cose_key;
};
absl::StatusOr<PublishedCoseKey> PublishCoseKey(absl::string_view vkey);

// What an array of so many items begins with.
std::string CoseArrayHead(uint64_t items);

// {-1: title, -2: detail}, RFC 9290: how a service says what went wrong.
std::string CoseProblem(absl::string_view title, absl::string_view detail);

// Returns the root that a receipt of `leaf_hash` leads to, signed by a key that
// counts for its tree size.
absl::StatusOr<crypto::Digest> VerifyCoseReceipt(
    const CoseReceipt& receipt, const crypto::Digest& leaf_hash,
    const LogKeySet& keys);

}  // namespace sightline::checkpoint
