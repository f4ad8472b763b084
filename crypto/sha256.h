// SHA-256, as the tree, the key ids and the identity hashes use it.
//
// Source:  FIPS 180-4; prefixes 0x00 (leaf) and 0x01 (node) are RFC 6962 s2.1
//          and belong to merkle/, which passes them in.
// Shapes:  a Digest is 32 bytes.
// Errors:  only DigestFromBytes can fail (kInvalidArgument: not 32 bytes).
// Threads: the functions may be called from any thread; a Sha256Hasher is
//          thread-compatible.
// Cost:    the functions allocate nothing and run at the speed of the hash.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::crypto {

inline constexpr size_t kDigestSize = 32;

using Digest = std::array<uint8_t, kDigestSize>;

// Views the 32 bytes. The view is valid as long as `digest` is: of a temporary,
// to the end of the full expression.
inline absl::string_view AsBytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

absl::StatusOr<Digest> DigestFromBytes(absl::string_view bytes);

Digest Sha256(absl::string_view data);

// SHA-256(prefix || data).
Digest HashPrefixed(uint8_t prefix, absl::string_view data);

// SHA-256(prefix || left || right).
Digest HashNode(uint8_t prefix, const Digest& left, const Digest& right);

// SHA-256(prefix || a || b), for parts of any length.
Digest Sha256Concat(uint8_t prefix, absl::string_view a, absl::string_view b);

// Hashes what arrives in parts.
//
//   Sha256Hasher hasher;
//   while (ReadSome(&part)) hasher.Update(part);
//   const Digest digest = hasher.Finish();
class Sha256Hasher {
 public:
  Sha256Hasher();
  ~Sha256Hasher();
  Sha256Hasher(const Sha256Hasher&) = delete;
  Sha256Hasher& operator=(const Sha256Hasher&) = delete;

  void Update(absl::string_view data);

  // Returns the digest of everything since construction or the last Finish, and
  // starts anew.
  Digest Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sightline::crypto
