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
constexpr size_t kHeadSize = kMagic.size() + kKeyIdSize + kWrappedSize;

std::string KeyId(const crypto::SecretString& key) {
  crypto::SecretString text(
      absl::StrCat("sightline/kek/v1", absl::string_view("\0", 1), key.view()));
  const crypto::Digest digest = crypto::Sha256(text.view());
  return std::string(crypto::AsBytes(digest).substr(0, kKeyIdSize));
}

}  // namespace

absl::Status CheckPayloadForm(absl::string_view ciphertext) {
  if (absl::StartsWith(ciphertext, kMagic) &&
      ciphertext.size() >= kHeadSize + crypto::kAeadOverhead) {
    return absl::OkStatus();
  }
  return absl::DataLossError("sealed payload: not of the stored form");
}

PayloadSealer::PayloadSealer(std::vector<Key> keys, crypto::Rng* rng)
    : keys_(std::move(keys)), rng_(rng) {}

absl::StatusOr<std::unique_ptr<PayloadSealer>> PayloadSealer::Create(
    crypto::SecretString key_encryption_key, crypto::Rng* rng) {
  return Create(std::move(key_encryption_key), {}, rng);
}

absl::StatusOr<std::unique_ptr<PayloadSealer>> PayloadSealer::Create(
    crypto::SecretString key_encryption_key,
    std::vector<crypto::SecretString> older_keys, crypto::Rng* rng) {
  older_keys.insert(older_keys.begin(), std::move(key_encryption_key));
  std::vector<Key> keys;
  for (crypto::SecretString& key : older_keys) {
    if (key.size() != crypto::kAeadKeySize) {
      return absl::InvalidArgumentError(
          absl::StrCat("key-encryption key: ", key.size(), " bytes, want ",
                       crypto::kAeadKeySize));
    }
    std::string id = KeyId(key);
    keys.push_back({std::move(key), std::move(id)});
  }
  return std::unique_ptr<PayloadSealer>(
      new PayloadSealer(std::move(keys), rng));
}

// Magic, key id and wrapped data key: what comes before the payload.
absl::StatusOr<std::string> PayloadSealer::Wrap(
    const crypto::Digest& identity_hash,
    const crypto::SecretString& data_key) const {
  ASSIGN_OR_RETURN(
      const std::string wrapped,
      crypto::Seal(keys_.front().key, crypto::AsBytes(identity_hash),
                   data_key.view(), *rng_));
  return absl::StrCat(kMagic, keys_.front().id, wrapped);
}

absl::StatusOr<std::string> PayloadSealer::Seal(
    const crypto::Digest& identity_hash,
    const google::protobuf::RepeatedPtrField<v1::SealOpening>& openings) const {
  v1::SealOpenings all;
  *all.mutable_openings() = openings;
  const crypto::SecretString plain(all.SerializeAsString());
  const crypto::SecretString data_key = rng_->Secret(crypto::kAeadKeySize);
  ASSIGN_OR_RETURN(const std::string head, Wrap(identity_hash, data_key));
  ASSIGN_OR_RETURN(const std::string sealed,
                   crypto::Seal(data_key, crypto::AsBytes(identity_hash),
                                plain.view(), *rng_));
  return absl::StrCat(head, sealed);
}

absl::StatusOr<crypto::SecretString> PayloadSealer::DataKey(
    const crypto::Digest& identity_hash, absl::string_view ciphertext) const {
  RETURN_IF_ERROR(CheckPayloadForm(ciphertext));
  const absl::string_view id = ciphertext.substr(kMagic.size(), kKeyIdSize);
  for (const Key& key : keys_) {
    if (key.id != id) continue;
    auto data_key = crypto::Open(
        key.key, crypto::AsBytes(identity_hash),
        ciphertext.substr(kMagic.size() + kKeyIdSize, kWrappedSize));
    if (data_key.ok()) return data_key;
    return absl::DataLossError("sealed payload: its data key does not open");
  }
  return absl::FailedPreconditionError(
      "sealed payload: wrapped by another key-encryption key");
}

absl::StatusOr<std::vector<v1::SealOpening>> PayloadSealer::Open(
    const crypto::Digest& identity_hash, absl::string_view ciphertext) const {
  ASSIGN_OR_RETURN(const crypto::SecretString data_key,
                   DataKey(identity_hash, ciphertext));
  const auto plain = crypto::Open(data_key, crypto::AsBytes(identity_hash),
                                  ciphertext.substr(kHeadSize));
  v1::SealOpenings all;
  if (!plain.ok() || !all.ParseFromArray(plain->view().data(),
                                         static_cast<int>(plain->size()))) {
    return absl::DataLossError("sealed payload: does not open");
  }
  return std::vector<v1::SealOpening>(all.openings().begin(),
                                      all.openings().end());
}

absl::StatusOr<std::string> PayloadSealer::Rewrap(
    const crypto::Digest& identity_hash, absl::string_view ciphertext) const {
  ASSIGN_OR_RETURN(const crypto::SecretString data_key,
                   DataKey(identity_hash, ciphertext));
  if (ciphertext.substr(kMagic.size(), kKeyIdSize) == keys_.front().id) {
    return std::string(ciphertext);
  }
  ASSIGN_OR_RETURN(const std::string head, Wrap(identity_hash, data_key));
  return absl::StrCat(head, ciphertext.substr(kHeadSize));
}

}  // namespace sightline::admission
