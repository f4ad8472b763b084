#include "crypto/secret.h"

#include <openssl/crypto.h>

namespace sightline::crypto {

void Wipe(std::string* bytes) {
  // The whole capacity: a string that shrank still holds its old tail.
  bytes->resize(bytes->capacity());
  OPENSSL_cleanse(&(*bytes)[0], bytes->size());
  bytes->clear();
}

bool ConstantTimeEquals(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() &&
         CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

SecretString& SecretString::operator=(SecretString&& other) noexcept {
  if (this == &other) return *this;
  // Swap, not move: moving a short string copies its bytes and leaves them.
  bytes_.swap(other.bytes_);
  Wipe(&other.bytes_);
  return *this;
}

}  // namespace sightline::crypto
