// The functions of <openssl/sha.h> count as deprecated since OpenSSL 3.0. What
// replaces them (EVP_Digest...) allocates and frees a context for every hash in
// Debian 12's version, and takes a quarter longer for a node of the tree.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/sha256.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace sightline::crypto {
namespace {

// Hashing fails only when the library was not built right: there is no caller
// who could do better than stop.
void CheckOpenSsl(int result) {
  if (result != 1) std::abort();
}

class Context {
 public:
  Context() { Start(); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  void Start() { CheckOpenSsl(SHA256_Init(&ctx_)); }

  void Update(const void* data, size_t size) {
    CheckOpenSsl(SHA256_Update(&ctx_, data, size));
  }

  Digest Finish() {
    Digest out;
    CheckOpenSsl(SHA256_Final(out.data(), &ctx_));
    return out;
  }

 private:
  SHA256_CTX ctx_;
};

}  // namespace

absl::StatusOr<Digest> DigestFromBytes(absl::string_view bytes) {
  if (bytes.size() != kDigestSize) {
    return absl::InvalidArgumentError(
        absl::StrCat("digest: ", bytes.size(), " bytes, want ", kDigestSize));
  }
  Digest out;
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

Digest Sha256(absl::string_view data) {
  Context context;
  context.Update(data.data(), data.size());
  return context.Finish();
}

Digest HashPrefixed(uint8_t prefix, absl::string_view data) {
  Context context;
  context.Update(&prefix, 1);
  context.Update(data.data(), data.size());
  return context.Finish();
}

Digest HashNode(uint8_t prefix, const Digest& left, const Digest& right) {
  // One contiguous buffer: three short updates cost more than the copy.
  std::array<uint8_t, 1 + 2 * kDigestSize> buffer;
  buffer[0] = prefix;
  std::copy(left.begin(), left.end(), buffer.begin() + 1);
  std::copy(right.begin(), right.end(), buffer.begin() + 1 + kDigestSize);
  Context context;
  context.Update(buffer.data(), buffer.size());
  return context.Finish();
}

Digest Sha256Concat(uint8_t prefix, absl::string_view a, absl::string_view b) {
  Context context;
  context.Update(&prefix, 1);
  context.Update(a.data(), a.size());
  context.Update(b.data(), b.size());
  return context.Finish();
}

struct Sha256Hasher::State {
  Context context;
};

Sha256Hasher::Sha256Hasher() : state_(std::make_unique<State>()) {}
Sha256Hasher::~Sha256Hasher() = default;

void Sha256Hasher::Update(absl::string_view data) {
  state_->context.Update(data.data(), data.size());
}

Digest Sha256Hasher::Finish() {
  const Digest digest = state_->context.Finish();
  state_->context.Start();
  return digest;
}

}  // namespace sightline::crypto
