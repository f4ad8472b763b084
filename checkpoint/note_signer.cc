#include "checkpoint/note_signer.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/cosignature.h"

namespace sightline::checkpoint {
namespace {

constexpr absl::string_view kPrivatePrefix = "PRIVATE+KEY+";

absl::Status MalformedPrivateText() {
  // Says nothing of the contents: they are secret.
  return absl::InvalidArgumentError(
      "private key text: want PRIVATE+KEY+<name>+<key ID>+<base64 of type 1 or "
      "4 and seed>");
}

}  // namespace

NoteSigner::NoteSigner(Verifier verifier, crypto::PrivateKey key)
    : verifier_(std::move(verifier)), key_(std::move(key)) {}

absl::StatusOr<NoteSigner> NoteSigner::Create(absl::string_view name,
                                              KeyType type,
                                              crypto::PrivateKey key) {
  const crypto::PublicKey& public_key = key.public_key();
  const absl::string_view bytes = type == KeyType::kEcdsa
                                      ? public_key.spki_der()
                                      : public_key.ed25519_bytes();
  ASSIGN_OR_RETURN(const Vkey vkey, MakeVkey(name, type, bytes));
  ASSIGN_OR_RETURN(Verifier verifier, Verifier::Create(vkey));
  return NoteSigner(std::move(verifier), std::move(key));
}

absl::StatusOr<NoteSigner> NoteSigner::FromPrivateText(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, kPrivatePrefix)) {
    return MalformedPrivateText();
  }
  const size_t first = text.find('+');
  if (first == absl::string_view::npos) return MalformedPrivateText();
  const size_t second = text.find('+', first + 1);
  if (second == absl::string_view::npos) return MalformedPrivateText();
  auto decoded = base::Base64Decode(text.substr(second + 1));
  if (!decoded.ok()) return MalformedPrivateText();
  const crypto::SecretString bytes(*std::move(decoded));
  if (bytes.size() != 1 + crypto::kEd25519KeySize) {
    return MalformedPrivateText();
  }
  const auto type = static_cast<KeyType>(bytes.view()[0]);
  if (type != KeyType::kEd25519 && type != KeyType::kCosignature) {
    return MalformedPrivateText();
  }
  ASSIGN_OR_RETURN(crypto::PrivateKey key,
                   crypto::PrivateKey::FromSeed(bytes.view().substr(1)));
  ASSIGN_OR_RETURN(NoteSigner signer,
                   Create(text.substr(0, first), type, std::move(key)));
  std::string id;
  base::AppendU32(signer.key_id(), &id);
  if (text.substr(first + 1, second - first - 1) != base::HexEncode(id)) {
    return absl::InvalidArgumentError(
        "private key text: the key ID is not the key's");
  }
  return signer;
}

SignatureLine NoteSigner::Line(std::string signature) const {
  SignatureLine line;
  line.name = name();
  line.key_id = key_id();
  line.signature = std::move(signature);
  return line;
}

absl::StatusOr<SignatureLine> NoteSigner::Sign(absl::string_view text) const {
  if (type() == KeyType::kCosignature) {
    return absl::FailedPreconditionError(
        absl::StrCat(name(), ": a cosignature key signs with a time only"));
  }
  ASSIGN_OR_RETURN(std::string signature, key_.Sign(text));
  if (type() == KeyType::kEcdsa) {
    ASSIGN_OR_RETURN(signature, crypto::EcdsaDerFromRaw(signature));
  }
  return Line(std::move(signature));
}

absl::StatusOr<SignatureLine> NoteSigner::Cosign(absl::string_view text,
                                                 uint64_t time_unix_s) const {
  if (type() != KeyType::kCosignature) {
    return absl::FailedPreconditionError(
        absl::StrCat(name(), ": not a cosignature key"));
  }
  if (time_unix_s > kMaxTimestamp) {
    return absl::InvalidArgumentError("cosignature: timestamp above 2^63 - 1");
  }
  Cosignature cosignature;
  cosignature.time_unix_s = time_unix_s;
  ASSIGN_OR_RETURN(cosignature.signature,
                   key_.Sign(CosignatureMessage(time_unix_s, text)));
  return Line(FormatCosignature(cosignature));
}

absl::StatusOr<crypto::SecretString> NoteSigner::PrivateText() const {
  ASSIGN_OR_RETURN(const crypto::SecretString seed, key_.Ed25519Seed());
  const char type_byte = static_cast<char>(type());
  const crypto::SecretString bytes(
      absl::StrCat(absl::string_view(&type_byte, 1), seed.view()));
  std::string id;
  base::AppendU32(key_id(), &id);
  const crypto::SecretString base64(base::Base64Encode(bytes.view()));
  return crypto::SecretString(absl::StrCat(
      kPrivatePrefix, name(), "+", base::HexEncode(id), "+", base64.view()));
}

}  // namespace sightline::checkpoint
