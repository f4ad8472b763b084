#include "crypto/sha256.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace sightline::crypto {
namespace {

// Hashing fails only when the library has no SHA-256 or no memory is left:
// there is no caller who could do better than stop.
void CheckOpenSsl(int result) {
  if (result != 1) std::abort();
}

// Looked up once; lives as long as the process.
const EVP_MD* Algorithm() {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (md == nullptr) std::abort();
  return md;
}

// A context that is always ready for Update.
class ReadyContext {
 public:
  ReadyContext() : ctx_(EVP_MD_CTX_new()) {
    if (ctx_ == nullptr) std::abort();
    CheckOpenSsl(EVP_DigestInit_ex(ctx_, Algorithm(), nullptr));
  }
  ~ReadyContext() { EVP_MD_CTX_free(ctx_); }
  ReadyContext(const ReadyContext&) = delete;
  ReadyContext& operator=(const ReadyContext&) = delete;

  void Update(const void* data, size_t size) {
    CheckOpenSsl(EVP_DigestUpdate(ctx_, data, size));
  }

  Digest Finish() {
    Digest out;
    CheckOpenSsl(EVP_DigestFinal_ex(ctx_, out.data(), nullptr));
    CheckOpenSsl(EVP_DigestInit_ex(ctx_, nullptr, nullptr));
    return out;
  }

 private:
  EVP_MD_CTX* const ctx_;
};

ReadyContext& ThreadContext() {
  thread_local ReadyContext context;
  return context;
}

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
  ReadyContext& context = ThreadContext();
  context.Update(data.data(), data.size());
  return context.Finish();
}

Digest HashPrefixed(uint8_t prefix, absl::string_view data) {
  ReadyContext& context = ThreadContext();
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
  ReadyContext& context = ThreadContext();
  context.Update(buffer.data(), buffer.size());
  return context.Finish();
}

Digest Sha256Concat(uint8_t prefix, absl::string_view a, absl::string_view b) {
  ReadyContext& context = ThreadContext();
  context.Update(&prefix, 1);
  context.Update(a.data(), a.size());
  context.Update(b.data(), b.size());
  return context.Finish();
}

struct Sha256Hasher::Context {
  ReadyContext ready;
};

Sha256Hasher::Sha256Hasher() : context_(std::make_unique<Context>()) {}
Sha256Hasher::~Sha256Hasher() = default;

void Sha256Hasher::Update(absl::string_view data) {
  context_->ready.Update(data.data(), data.size());
}

Digest Sha256Hasher::Finish() { return context_->ready.Finish(); }

}  // namespace sightline::crypto
