#include "checkpoint/cose_receipt.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "checkpoint/cbor.h"
#include "merkle/hash.h"
#include "merkle/proof.h"

namespace sightline::checkpoint {
namespace {

constexpr uint64_t kSign1Tag = 18;
constexpr int64_t kAlgorithm = 1;
constexpr int64_t kKeyId = 4;
constexpr int64_t kClaims = 15;
constexpr int64_t kIssuer = 1;
constexpr int64_t kStructure = 395;
constexpr int64_t kRfc9162Sha256 = 1;
constexpr int64_t kProofs = 396;
constexpr int64_t kInclusionProofs = -1;
constexpr int64_t kConsistencyProofs = -2;
constexpr int64_t kEdDsa = -8;
constexpr int64_t kEs256 = -7;
constexpr uint64_t kMaxPairs = 64;
constexpr uint64_t kMaxHashes = 128;
constexpr size_t kCoordinateBytes = 32;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("COSE receipt: ", what));
}

int64_t AlgorithmOf(const crypto::PublicKey& key) {
  return key.algorithm() == crypto::KeyAlgorithm::kEd25519 ? kEdDsa : kEs256;
}

// Calls `take` for each key of a map of at most kMaxPairs, whose value it reads.
template <typename Take>
absl::Status ReadMap(CborReader* reader, Take take) {
  ASSIGN_OR_RETURN(const uint64_t pairs, reader->Map());
  if (pairs > kMaxPairs) return Malformed("too many headers");
  std::set<int64_t> seen;
  for (uint64_t i = 0; i < pairs; ++i) {
    ASSIGN_OR_RETURN(const int64_t key, reader->Int());
    if (!seen.insert(key).second) return Malformed("a header is there twice");
    RETURN_IF_ERROR(take(key));
  }
  return absl::OkStatus();
}

absl::Status ReadClaims(CborReader* reader, CoseReceipt* out) {
  return ReadMap(reader, [&](int64_t claim) -> absl::Status {
    if (claim != kIssuer) return reader->Skip();
    ASSIGN_OR_RETURN(const absl::string_view issuer, reader->Text());
    out->issuer = std::string(issuer);
    return absl::OkStatus();
  });
}

absl::Status ReadProtected(CoseReceipt* out) {
  CborReader reader(out->protected_bytes);
  int64_t structure = 0;
  RETURN_IF_ERROR(ReadMap(&reader, [&](int64_t header) -> absl::Status {
    switch (header) {
      case kAlgorithm: {
        ASSIGN_OR_RETURN(out->algorithm, reader.Int());
        return absl::OkStatus();
      }
      case kKeyId: {
        ASSIGN_OR_RETURN(const absl::string_view id, reader.Bytes());
        out->key_id = std::string(id);
        return absl::OkStatus();
      }
      case kClaims:
        return ReadClaims(&reader, out);
      case kStructure: {
        ASSIGN_OR_RETURN(structure, reader.Int());
        return absl::OkStatus();
      }
      default:
        return reader.Skip();
    }
  }));
  if (!reader.done()) return Malformed("more than a protected header");
  if (structure != kRfc9162Sha256) {
    return Malformed(absl::StrCat("verifiable data structure ", structure,
                                  ", want 1 (RFC9162_SHA256)"));
  }
  return absl::OkStatus();
}

absl::Status ReadProof(absl::string_view bytes, CoseReceipt* out) {
  CborReader reader(bytes);
  ASSIGN_OR_RETURN(const uint64_t items, reader.Array());
  if (items != 3) return Malformed("a proof that is no triple");
  ASSIGN_OR_RETURN(out->first, reader.Unsigned());
  ASSIGN_OR_RETURN(out->second, reader.Unsigned());
  ASSIGN_OR_RETURN(const uint64_t hashes, reader.Array());
  if (hashes == 0 || hashes > kMaxHashes) {
    return Malformed(absl::StrCat(hashes, " hashes"));
  }
  for (uint64_t i = 0; i < hashes; ++i) {
    ASSIGN_OR_RETURN(const absl::string_view hash, reader.Bytes());
    if (hash.size() != crypto::kDigestSize) return Malformed("no hash");
    ASSIGN_OR_RETURN(const crypto::Digest digest,
                     crypto::DigestFromBytes(hash));
    out->hashes.push_back(digest);
  }
  return reader.done() ? absl::OkStatus() : Malformed("more than a proof");
}

absl::Status ReadProofs(CborReader* reader, CoseReceipt* out) {
  bool found = false;
  RETURN_IF_ERROR(ReadMap(reader, [&](int64_t kind) -> absl::Status {
    if (kind != kInclusionProofs && kind != kConsistencyProofs) {
      return reader->Skip();
    }
    if (found) return Malformed("proofs of two kinds");
    found = true;
    out->kind = kind == kInclusionProofs ? CoseProofKind::kInclusion
                                         : CoseProofKind::kConsistency;
    ASSIGN_OR_RETURN(const uint64_t proofs, reader->Array());
    if (proofs != 1) return Malformed(absl::StrCat(proofs, " proofs, want 1"));
    ASSIGN_OR_RETURN(const absl::string_view proof, reader->Bytes());
    return ReadProof(proof, out);
  }));
  return found ? absl::OkStatus() : Malformed("no proof");
}

absl::Status VerifySignature(const CoseReceipt& receipt,
                             const crypto::Digest& root,
                             const crypto::PublicKey& key) {
  if (receipt.algorithm != AlgorithmOf(key)) {
    return Malformed(
        absl::StrCat("algorithm ", receipt.algorithm, " is not the key's"));
  }
  return key.Verify(CoseToBeSigned(receipt.protected_bytes, root),
                    receipt.signature);
}

// The required members of a COSE_Key, in deterministic order: kty, crv, x, y.
void AppendMembers(const crypto::PublicKey& key, CborWriter* out) {
  if (key.algorithm() == crypto::KeyAlgorithm::kEd25519) {
    out->Int(-1).Int(6).Int(-2).Bytes(key.ed25519_bytes());
    return;
  }
  // The point, uncompressed, ends the DER.
  const absl::string_view point =
      key.spki_der().substr(key.spki_der().size() - 2 * kCoordinateBytes);
  out->Int(-1)
      .Int(1)
      .Int(-2)
      .Bytes(point.substr(0, kCoordinateBytes))
      .Int(-3)
      .Bytes(point.substr(kCoordinateBytes));
}

bool IsOkp(const crypto::PublicKey& key) {
  return key.algorithm() == crypto::KeyAlgorithm::kEd25519;
}

}  // namespace

absl::StatusOr<std::string> CoseProtectedHeader(const crypto::PublicKey& key,
                                                absl::string_view key_id,
                                                absl::string_view issuer) {
  if (key_id.empty() || issuer.empty()) return Malformed("no key id or issuer");
  CborWriter out;
  out.Map(4)
      .Int(kAlgorithm)
      .Int(AlgorithmOf(key))
      .Int(kKeyId)
      .Bytes(key_id)
      .Int(kClaims)
      .Map(1)
      .Int(kIssuer)
      .Text(issuer)
      .Int(kStructure)
      .Int(kRfc9162Sha256);
  return out.bytes();
}

std::string CoseToBeSigned(absl::string_view protected_bytes,
                           const crypto::Digest& root) {
  CborWriter out;
  out.Array(4)
      .Text("Signature1")
      .Bytes(protected_bytes)
      .Bytes("")
      .Bytes(crypto::AsBytes(root));
  return out.bytes();
}

std::string FormatCoseReceipt(const CoseReceipt& receipt) {
  CborWriter proof;
  proof.Array(3)
      .Int(static_cast<int64_t>(receipt.first))
      .Int(static_cast<int64_t>(receipt.second))
      .Array(receipt.hashes.size());
  for (const crypto::Digest& hash : receipt.hashes) {
    proof.Bytes(crypto::AsBytes(hash));
  }
  CborWriter out;
  out.Tag(kSign1Tag)
      .Array(4)
      .Bytes(receipt.protected_bytes)
      .Map(1)
      .Int(kProofs)
      .Map(1)
      .Int(receipt.kind == CoseProofKind::kInclusion ? kInclusionProofs
                                                     : kConsistencyProofs)
      .Array(1)
      .Bytes(proof.bytes())
      .Null()
      .Bytes(receipt.signature);
  return out.bytes();
}

absl::StatusOr<CoseReceipt> ParseCoseReceipt(absl::string_view bytes) {
  if (bytes.size() > kMaxCoseReceiptSize) return Malformed("too large");
  CborReader reader(bytes);
  ASSIGN_OR_RETURN(const uint64_t tag, reader.Tag());
  if (tag != kSign1Tag) return Malformed(absl::StrCat("tag ", tag));
  ASSIGN_OR_RETURN(const uint64_t items, reader.Array());
  if (items != 4) return Malformed("not of four parts");
  CoseReceipt out;
  ASSIGN_OR_RETURN(const absl::string_view protected_bytes, reader.Bytes());
  out.protected_bytes = std::string(protected_bytes);
  RETURN_IF_ERROR(ReadProtected(&out));
  bool found = false;
  RETURN_IF_ERROR(ReadMap(&reader, [&](int64_t header) -> absl::Status {
    if (header != kProofs) return reader.Skip();
    found = true;
    return ReadProofs(&reader, &out);
  }));
  if (!found) return Malformed("no proofs");
  RETURN_IF_ERROR(reader.Null());
  ASSIGN_OR_RETURN(const absl::string_view signature, reader.Bytes());
  out.signature = std::string(signature);
  if (!reader.done()) return Malformed("more than a receipt");
  return out;
}

absl::StatusOr<crypto::Digest> VerifyCoseInclusion(
    const CoseReceipt& receipt, const crypto::Digest& leaf_hash,
    const crypto::PublicKey& key) {
  if (receipt.kind != CoseProofKind::kInclusion) {
    return Malformed("a proof of another kind");
  }
  ASSIGN_OR_RETURN(const crypto::Digest root,
                   merkle::RootFromInclusion(receipt.second, receipt.first,
                                             leaf_hash, receipt.hashes));
  RETURN_IF_ERROR(VerifySignature(receipt, root, key));
  return root;
}

absl::Status VerifyCoseConsistency(const CoseReceipt& receipt,
                                   const crypto::Digest& older_root,
                                   const crypto::Digest& newer_root,
                                   const crypto::PublicKey& key) {
  if (receipt.kind != CoseProofKind::kConsistency) {
    return Malformed("a proof of another kind");
  }
  RETURN_IF_ERROR(merkle::VerifyConsistency(
      receipt.first, receipt.second, receipt.hashes, older_root, newer_root));
  return VerifySignature(receipt, newer_root, key);
}

crypto::Digest CoseKeyThumbprint(const crypto::PublicKey& key) {
  CborWriter out;
  out.Map(IsOkp(key) ? 3 : 4).Int(1).Int(IsOkp(key) ? 1 : 2);
  AppendMembers(key, &out);
  return crypto::Sha256(out.bytes());
}

std::string CoseKey(const crypto::PublicKey& key) {
  CborWriter out;
  out.Map(IsOkp(key) ? 5 : 6)
      .Int(1)
      .Int(IsOkp(key) ? 1 : 2)
      .Int(2)
      .Bytes(crypto::AsBytes(CoseKeyThumbprint(key)))
      .Int(3)
      .Int(AlgorithmOf(key));
  AppendMembers(key, &out);
  return out.bytes();
}

std::string CoseKeySet(absl::Span<const crypto::PublicKey> keys) {
  CborWriter out;
  out.Array(keys.size());
  std::string set = out.bytes();
  for (const crypto::PublicKey& key : keys) absl::StrAppend(&set, CoseKey(key));
  return set;
}

}  // namespace sightline::checkpoint
