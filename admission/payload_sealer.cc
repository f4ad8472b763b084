#include "admission/payload_sealer.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/aead.h"

namespace sightline::admission {
namespace {

constexpr absl::string_view kMagic = "SLP1";
constexpr size_t kKeyIdSize = 8;
constexpr size_t kWrappedSize = crypto::kAeadKeySize + crypto::kAeadOverhead;

std::string KeyId(const crypto::SecretString& key) {
  crypto::SecretString text(
      absl::StrCat("sightline/kek/v1", absl::string_view("\0", 1), key.view()));
  const crypto::Digest digest = crypto::Sha256(text.view());
  return std::string(crypto::AsBytes(digest).substr(0, kKeyIdSize));
}

}  // namespace

absl::Status CheckPayloadForm(absl::string_view ciphertext) {
  if (absl::StartsWith(ciphertext, kMagic) &&
      ciphertext.size() >=
          kMagic.size() + kKeyIdSize + kWrappedSize + crypto::kAeadOverhead) {
    return absl::OkStatus();
  }
  return absl::DataLossError("sealed payload: not of the stored form");
}

PayloadSealer::PayloadSealer(crypto::SecretString key, std::string key_id,
                             crypto::Rng* rng)
    : key_(std::move(key)), key_id_(std::move(key_id)), rng_(rng) {}

absl::StatusOr<std::unique_ptr<PayloadSealer>> PayloadSealer::Create(
    crypto::SecretString key_encryption_key, crypto::Rng* rng) {
  if (key_encryption_key.size() != crypto::kAeadKeySize) {
    return absl::InvalidArgumentError(
        absl::StrCat("key-encryption key: ", key_encryption_key.size(),
                     " bytes, want ", crypto::kAeadKeySize));
  }
  std::string key_id = KeyId(key_encryption_key);
  return std::unique_ptr<PayloadSealer>(
      new PayloadSealer(std::move(key_encryption_key), std::move(key_id), rng));
}

absl::StatusOr<std::string> PayloadSealer::Seal(
    const crypto::Digest& identity_hash,
    const google::protobuf::RepeatedPtrField<v1::SealOpening>& openings) const {
  v1::SealOpenings all;
  *all.mutable_openings() = openings;
  const crypto::SecretString plain(all.SerializeAsString());
  const crypto::SecretString data_key = rng_->Secret(crypto::kAeadKeySize);
  const absl::string_view owner = crypto::AsBytes(identity_hash);
  ASSIGN_OR_RETURN(const std::string wrapped,
                   crypto::Seal(key_, owner, data_key.view(), *rng_));
  ASSIGN_OR_RETURN(const std::string sealed,
                   crypto::Seal(data_key, owner, plain.view(), *rng_));
  return absl::StrCat(kMagic, key_id_, wrapped, sealed);
}

absl::StatusOr<std::vector<v1::SealOpening>> PayloadSealer::Open(
    const crypto::Digest& identity_hash, absl::string_view ciphertext) const {
  RETURN_IF_ERROR(CheckPayloadForm(ciphertext));
  ciphertext.remove_prefix(kMagic.size());
  if (ciphertext.substr(0, kKeyIdSize) != key_id_) {
    return absl::FailedPreconditionError(
        "sealed payload: wrapped by another key-encryption key");
  }
  ciphertext.remove_prefix(kKeyIdSize);
  const absl::string_view owner = crypto::AsBytes(identity_hash);
  const auto data_key =
      crypto::Open(key_, owner, ciphertext.substr(0, kWrappedSize));
  if (!data_key.ok()) {
    return absl::DataLossError("sealed payload: its data key does not open");
  }
  const auto plain =
      crypto::Open(*data_key, owner, ciphertext.substr(kWrappedSize));
  v1::SealOpenings all;
  if (!plain.ok() || !all.ParseFromArray(plain->view().data(),
                                         static_cast<int>(plain->size()))) {
    return absl::DataLossError("sealed payload: does not open");
  }
  return std::vector<v1::SealOpening>(all.openings().begin(),
                                      all.openings().end());
}

}  // namespace sightline::admission
