#include "crypto/aead.h"

#include <climits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crypto/openssl_ptr.h"

namespace sightline::crypto {
namespace {

constexpr size_t kNonceSize = 12;
constexpr size_t kTagSize = 16;
static_assert(kNonceSize + kTagSize == kAeadOverhead);
// OpenSSL counts in int.
constexpr size_t kMaxSize = INT_MAX / 2;

absl::Status CheckSizes(const SecretString& key,
                        absl::string_view associated_data,
                        absl::string_view text) {
  if (key.size() != kAeadKeySize) {
    return absl::InvalidArgumentError(
        absl::StrCat("aead key: ", key.size(), " bytes, want ", kAeadKeySize));
  }
  if (associated_data.size() > kMaxSize || text.size() > kMaxSize) {
    return absl::InvalidArgumentError("aead: more than 1 GiB");
  }
  return absl::OkStatus();
}

// A GCM context with key and nonce set and the associated data taken in, or
// null.
CipherCtxPtr Begin(bool encrypt, const SecretString& key,
                   absl::string_view nonce, absl::string_view associated_data) {
  CipherCtxPtr ctx(EVP_CIPHER_CTX_new());
  int n = 0;
  // 96 bits is GCM's default nonce size.
  if (ctx == nullptr ||
      EVP_CipherInit_ex(ctx.get(), EVP_aes_256_gcm(), nullptr, Data(key.view()),
                        Data(nonce), encrypt ? 1 : 0) != 1 ||
      EVP_CipherUpdate(ctx.get(), nullptr, &n, Data(associated_data),
                       static_cast<int>(associated_data.size())) != 1) {
    return nullptr;
  }
  return ctx;
}

absl::Status DoesNotOpen() {
  return absl::InvalidArgumentError(
      "aead: sealed bytes do not open with this key");
}

}  // namespace

absl::StatusOr<std::string> Seal(const SecretString& key,
                                 absl::string_view associated_data,
                                 absl::string_view plaintext, Rng& rng) {
  RETURN_IF_ERROR(CheckSizes(key, associated_data, plaintext));
  ErrorQueueGuard guard;
  std::string out = rng.Bytes(kNonceSize);
  CipherCtxPtr ctx = Begin(true, key, out, associated_data);
  if (ctx == nullptr) return OpenSslFailure("aes-256-gcm");
  out.resize(plaintext.size() + kAeadOverhead);
  unsigned char* const text = MutableData(&out) + kNonceSize;
  unsigned char* const tag = text + plaintext.size();
  int n = 0;
  if (EVP_CipherUpdate(ctx.get(), text, &n, Data(plaintext),
                       static_cast<int>(plaintext.size())) != 1 ||
      EVP_CipherFinal_ex(ctx.get(), tag, &n) != 1 ||
      EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, tag) !=
          1) {
    return OpenSslFailure("aes-256-gcm");
  }
  return out;
}

absl::StatusOr<SecretString> Open(const SecretString& key,
                                  absl::string_view associated_data,
                                  absl::string_view sealed) {
  RETURN_IF_ERROR(CheckSizes(key, associated_data, sealed));
  if (sealed.size() < kAeadOverhead) return DoesNotOpen();
  ErrorQueueGuard guard;
  const absl::string_view ciphertext =
      sealed.substr(kNonceSize, sealed.size() - kAeadOverhead);
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  CipherCtxPtr ctx =
      Begin(false, key, sealed.substr(0, kNonceSize), associated_data);
  if (ctx == nullptr) return OpenSslFailure("aes-256-gcm");
  std::string plaintext(ciphertext.size(), '\0');
  int n = 0;
  const bool opened =
      EVP_CipherUpdate(ctx.get(), MutableData(&plaintext), &n, Data(ciphertext),
                       static_cast<int>(ciphertext.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, &tag[0]) ==
          1 &&
      EVP_CipherFinal_ex(ctx.get(), nullptr, &n) == 1;
  SecretString out(std::move(plaintext));  // wiped also when it did not open
  if (!opened) return DoesNotOpen();
  return out;
}

}  // namespace sightline::crypto
