#include "checkpoint/verifier.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "base/status_macros.h"
#include "checkpoint/cosignature.h"

namespace sightline::checkpoint {
namespace {

absl::StatusOr<crypto::PublicKey> ReadPublicKey(const Vkey& vkey) {
  switch (vkey.type) {
    case KeyType::kEd25519:
    case KeyType::kCosignature:
      return crypto::PublicKey::FromEd25519(vkey.key);
    case KeyType::kEcdsa: {
      ASSIGN_OR_RETURN(crypto::PublicKey key,
                       crypto::PublicKey::FromSpkiDer(vkey.key));
      if (key.algorithm() == crypto::KeyAlgorithm::kEcdsaP256) return key;
      return absl::InvalidArgumentError("vkey: type 2 wants an ECDSA key");
    }
    case KeyType::kMlDsa44:
      break;
  }
  return absl::UnimplementedError(
      absl::StrCat("vkey ", vkey.name, ": signature type ",
                   static_cast<int>(vkey.type), " is not supported"));
}

bool Matches(const SignatureLine& line, const Verifier& verifier) {
  return line.key_id == verifier.key_id() && line.name == verifier.name();
}

absl::StatusOr<absl::optional<size_t>> FindVerifier(
    const SignatureLine& line, absl::Span<const Verifier> verifiers) {
  absl::optional<size_t> found;
  for (size_t i = 0; i < verifiers.size(); ++i) {
    if (!Matches(line, verifiers[i])) continue;
    if (!found.has_value()) {
      found = i;
    } else if (!(verifiers[*found].vkey() == verifiers[i].vkey())) {
      return absl::InvalidArgumentError(absl::StrCat(
          "note: two different keys have the name and ID of ", line.name));
    }
  }
  return found;
}

}  // namespace

struct Verifier::State {
  Vkey vkey;
  crypto::PublicKey public_key;
};

Verifier::Verifier(std::shared_ptr<const State> state)
    : state_(std::move(state)) {}

absl::StatusOr<Verifier> Verifier::Create(const Vkey& vkey) {
  ASSIGN_OR_RETURN(const Vkey checked,
                   MakeVkey(vkey.name, vkey.type, vkey.key));
  if (checked.key_id != vkey.key_id) {
    return absl::InvalidArgumentError("vkey: the key ID is not the key's");
  }
  ASSIGN_OR_RETURN(crypto::PublicKey key, ReadPublicKey(checked));
  return Verifier(
      std::make_shared<const State>(State{checked, std::move(key)}));
}

absl::StatusOr<Verifier> Verifier::FromVkey(absl::string_view text) {
  ASSIGN_OR_RETURN(const Vkey vkey, ParseVkey(text));
  return Create(vkey);
}

const Vkey& Verifier::vkey() const { return state_->vkey; }
const crypto::PublicKey& Verifier::public_key() const {
  return state_->public_key;
}

absl::StatusOr<uint64_t> Verifier::Verify(absl::string_view text,
                                          absl::string_view signature) const {
  uint64_t time_unix_s = 0;
  if (type() == KeyType::kCosignature) {
    ASSIGN_OR_RETURN(const Cosignature cosignature,
                     ParseCosignature(signature));
    time_unix_s = cosignature.time_unix_s;
    RETURN_IF_ERROR(public_key().Verify(CosignatureMessage(time_unix_s, text),
                                        cosignature.signature));
  } else if (type() == KeyType::kEcdsa) {
    ASSIGN_OR_RETURN(const std::string raw, crypto::EcdsaRawFromDer(signature));
    RETURN_IF_ERROR(public_key().Verify(text, raw));
  } else {
    RETURN_IF_ERROR(public_key().Verify(text, signature));
  }
  return time_unix_s;
}

absl::StatusOr<std::vector<VerifiedLine>> VerifyNote(
    const Note& note, absl::Span<const Verifier> verifiers) {
  std::vector<VerifiedLine> verified;
  for (size_t i = 0; i < note.signatures.size(); ++i) {
    const SignatureLine& line = note.signatures[i];
    ASSIGN_OR_RETURN(const absl::optional<size_t> known,
                     FindVerifier(line, verifiers));
    if (!known.has_value()) continue;
    auto time_unix_s = verifiers[*known].Verify(note.text, line.signature);
    if (!time_unix_s.ok()) {
      return base::Annotate(
          time_unix_s.status(),
          absl::StrCat("note: signature line ", i + 1, " (", line.name, ")"));
    }
    verified.push_back({i, *known, *time_unix_s});
  }
  if (verified.empty()) {
    return absl::InvalidArgumentError("note: no signature by a known key");
  }
  return verified;
}

}  // namespace sightline::checkpoint
