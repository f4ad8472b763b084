#include "checkpoint/cose_signer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/cbor.h"
#include "checkpoint/verifier.h"
#include "checkpoint/vkey.h"
#include "crypto/secret.h"

namespace sightline::checkpoint {
namespace {

// The seed at the end of a private key's text.
absl::StatusOr<crypto::PrivateKey> KeyOf(const NoteSigner& log_key) {
  ASSIGN_OR_RETURN(const crypto::SecretString text, log_key.PrivateText());
  // Base64 may hold a plus sign: it is what follows the third one.
  absl::string_view rest = text.view();
  for (int i = 0; i < 4; ++i) rest.remove_prefix(rest.find('+') + 1);
  ASSIGN_OR_RETURN(std::string decoded, base::Base64Decode(rest));
  const crypto::SecretString bytes(std::move(decoded));
  return crypto::PrivateKey::FromSeed(bytes.view().substr(1));
}

}  // namespace

absl::StatusOr<crypto::PublicKey> CosePublicKey(absl::string_view text) {
  ASSIGN_OR_RETURN(const Vkey vkey, ParseVkey(text));
  if (vkey.type != KeyType::kEd25519) {
    return absl::InvalidArgumentError(
        absl::StrCat("no Ed25519 log key: ", text));
  }
  return crypto::PublicKey::FromEd25519(vkey.key);
}

absl::StatusOr<CoseSigner> CoseSigner::Create(const NoteSigner& log_key) {
  std::string vkey = log_key.vkey();
  ASSIGN_OR_RETURN(const crypto::PublicKey public_key, CosePublicKey(vkey));
  ASSIGN_OR_RETURN(crypto::PrivateKey key, KeyOf(log_key));
  const crypto::Digest id = CoseKeyThumbprint(public_key);
  ASSIGN_OR_RETURN(
      std::string header,
      CoseProtectedHeader(public_key, crypto::AsBytes(id), log_key.name()));
  return CoseSigner(std::move(vkey), std::move(key), std::move(header));
}

absl::StatusOr<std::string> CoseSigner::SignInclusion(
    uint64_t index, uint64_t tree_size, absl::Span<const crypto::Digest> proof,
    const crypto::Digest& root) const {
  if (proof.empty()) {
    return absl::InvalidArgumentError("the tree of one leaf has no receipt");
  }
  CoseReceipt receipt;
  receipt.protected_bytes = header_;
  receipt.first = tree_size;
  receipt.second = index;
  receipt.hashes.assign(proof.begin(), proof.end());
  ASSIGN_OR_RETURN(receipt.signature, key_.Sign(CoseToBeSigned(header_, root)));
  return FormatCoseReceipt(receipt);
}

absl::StatusOr<PublishedCoseKey> PublishCoseKey(absl::string_view vkey) {
  ASSIGN_OR_RETURN(const crypto::PublicKey key, CosePublicKey(vkey));
  return PublishedCoseKey{std::string(crypto::AsBytes(CoseKeyThumbprint(key))),
                          CoseKey(key)};
}

std::string CoseArrayHead(uint64_t items) {
  return CborWriter().Array(items).bytes();
}

std::string CoseProblem(absl::string_view title, absl::string_view detail) {
  CborWriter out;
  out.Map(2).Int(-1).Text(title).Int(-2).Text(detail);
  return out.bytes();
}

absl::StatusOr<crypto::Digest> VerifyCoseReceipt(
    const CoseReceipt& receipt, const crypto::Digest& leaf_hash,
    const LogKeySet& keys) {
  absl::Status why = absl::InvalidArgumentError(
      absl::StrCat("no key given counts for tree size ", receipt.first));
  for (const Verifier& verifier : keys.KeysFor(receipt.first)) {
    const auto key = CosePublicKey(FormatVkey(verifier.vkey()));
    if (!key.ok()) continue;
    if (receipt.key_id != crypto::AsBytes(CoseKeyThumbprint(*key))) {
      why = absl::InvalidArgumentError("it is by another key than those given");
      continue;
    }
    auto root = VerifyCoseInclusion(receipt, leaf_hash, *key);
    if (root.ok()) return root;
    why = root.status();
  }
  return why;
}

}  // namespace sightline::checkpoint
