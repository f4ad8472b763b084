// COSE receipts: that an entry is in the log's tree, or that the tree only grew, as
// tools of the SCITT world read it.
//
// Source:  RFC 9942 (COSE receipts, RFC9162_SHA256), RFC 9052 (COSE_Sign1), RFC 9679
//          (thumbprints); docs/formats.md "COSE receipts".
// Shapes:  18([protected, {396: {-1 or -2: [proof]}}, nil, signature]), the payload
//          detached: the root that the proof leads to. protected: {1: alg, 4: kid,
//          15: {1: issuer}, 395: 1}. One proof, with one hash at least: the tree of
//          one leaf has no receipt.
// Errors:  kInvalidArgument: not such a receipt; it does not hold.
// Threads: pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"

namespace sightline::checkpoint {

inline constexpr size_t kMaxCoseReceiptSize = 64 << 10;

// What the proof is about.
enum class CoseProofKind { kInclusion, kConsistency };

struct CoseReceipt {
  int64_t algorithm = 0;  // -8: EdDSA, -7: ES256
  std::string key_id;
  std::string issuer;           // "" when it names none
  std::string protected_bytes;  // as they were signed
  CoseProofKind kind = CoseProofKind::kInclusion;
  // Inclusion: tree size, leaf index. Consistency: older size, newer size.
  uint64_t first = 0;
  uint64_t second = 0;
  std::vector<crypto::Digest> hashes;
  std::string signature;
};

// The protected header of a key's receipts, deterministic.
absl::StatusOr<std::string> CoseProtectedHeader(const crypto::PublicKey& key,
                                                absl::string_view key_id,
                                                absl::string_view issuer);

// What a receipt's signature is over. `root`: of the tree, or of the newer tree.
std::string CoseToBeSigned(absl::string_view protected_bytes,
                           const crypto::Digest& root);

// Formats protected_bytes, proof and signature.
std::string FormatCoseReceipt(const CoseReceipt& receipt);
absl::StatusOr<CoseReceipt> ParseCoseReceipt(absl::string_view bytes);

// Returns the root that the key has signed, which has the leaf.
absl::StatusOr<crypto::Digest> VerifyCoseInclusion(
    const CoseReceipt& receipt, const crypto::Digest& leaf_hash,
    const crypto::PublicKey& key);

// Whether the key has signed `newer_root`, and its tree begins with that of
// `older_root`.
absl::Status VerifyCoseConsistency(const CoseReceipt& receipt,
                                   const crypto::Digest& older_root,
                                   const crypto::Digest& newer_root,
                                   const crypto::PublicKey& key);

// RFC 9679: SHA-256 of the key's required members. Our key ids.
crypto::Digest CoseKeyThumbprint(const crypto::PublicKey& key);
// A COSE_Key, its id being the thumbprint; and a set of them.
std::string CoseKey(const crypto::PublicKey& key);
std::string CoseKeySet(absl::Span<const crypto::PublicKey> keys);

}  // namespace sightline::checkpoint
