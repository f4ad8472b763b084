// The functions of <openssl/sha.h> count as deprecated since OpenSSL 3.0. What
// replaces them (EVP_Digest...) allocates and frees a context for every hash in
// Debian 12's version, and takes a quarter longer for a node of the tree.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/sha256.h"

#include <endian.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

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

  // The digest, when all that came were whole blocks ending with the padding.
  Digest State() const {
    Digest out;
    for (size_t word = 0; word < kDigestSize / 4; ++word) {
      const uint32_t big_endian = htobe32(ctx_.h[word]);
      std::memcpy(out.data() + 4 * word, &big_endian, 4);
    }
    return out;
  }

 private:
  SHA256_CTX ctx_;
};

// Data of so many bytes is put behind its prefix and padded here (FIPS 180-4
// s5.1.1), so that OpenSSL gets whole blocks at once: in parts, with its own
// padding, the hash of 300 bytes takes a twentieth longer.
constexpr size_t kMostPadded = 2048;

Digest HashPadded(uint8_t prefix, absl::string_view data) {
  constexpr size_t kLengthBytes = 8;
  constexpr size_t kMostBlocks =
      (1 + kMostPadded + 1 + kLengthBytes) / SHA256_CBLOCK + 1;
  const size_t size = 1 + data.size();
  const size_t padded = (size + 1 + kLengthBytes + SHA256_CBLOCK - 1) /
                        SHA256_CBLOCK * SHA256_CBLOCK;
  alignas(64) std::array<uint8_t, kMostBlocks * SHA256_CBLOCK> blocks;
  blocks[0] = prefix;
  if (!data.empty()) std::memcpy(blocks.data() + 1, data.data(), data.size());
  blocks[size] = 0x80;
  const size_t length_at = padded - kLengthBytes;
  std::fill(blocks.begin() + size + 1, blocks.begin() + length_at, uint8_t{0});
  const uint64_t bits = htobe64(8 * uint64_t{size});
  std::memcpy(blocks.data() + length_at, &bits, kLengthBytes);
  Context context;
  context.Update(blocks.data(), padded);
  return context.State();
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
  Context context;
  context.Update(data.data(), data.size());
  return context.Finish();
}

Digest HashPrefixed(uint8_t prefix, absl::string_view data) {
  if (data.size() <= kMostPadded) return HashPadded(prefix, data);
  Context context;
  context.Update(&prefix, 1);
  context.Update(data.data(), data.size());
  return context.Finish();
}

Digest HashNode(uint8_t prefix, const Digest& left, const Digest& right) {
  // Always two blocks, padded here: OpenSSL's own padding costs a tenth of the hash.
  constexpr size_t kSize = 1 + 2 * kDigestSize;
  constexpr uint64_t kBits = 8 * kSize;
  alignas(64) std::array<uint8_t, 2 * SHA256_CBLOCK> blocks;
  blocks[0] = prefix;
  std::copy(left.begin(), left.end(), blocks.begin() + 1);
  std::copy(right.begin(), right.end(), blocks.begin() + 1 + kDigestSize);
  blocks[kSize] = 0x80;
  std::fill(blocks.begin() + kSize + 1, blocks.end(), uint8_t{0});
  blocks[blocks.size() - 2] = kBits >> 8;
  blocks[blocks.size() - 1] = kBits & 0xff;
  Context context;
  context.Update(blocks.data(), blocks.size());
  return context.State();
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
