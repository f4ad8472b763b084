// 64 bits that stand for a hash in the hash index, different in every store.
//
// A submitter may grind statements until their hashes begin alike. With a salt
// that the store keeps to itself their fingerprints still spread evenly, and no
// bucket grows long.
//
// Threads: pure; any thread.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "crypto/sha256.h"

namespace sightline::storage {

// 16 random bytes, drawn when the store is made.
struct FingerprintSalt {
  uint64_t first = 0;
  uint64_t second = 0;
};

inline uint64_t Fingerprint(const crypto::Digest& hash,
                            const FingerprintSalt& salt) {
  uint64_t first, second;
  std::memcpy(&first, hash.data(), sizeof(first));
  std::memcpy(&second, hash.data() + sizeof(first), sizeof(second));
  if constexpr (std::endian::native == std::endian::big) {
    first = __builtin_bswap64(first);  // fingerprints are stored
    second = __builtin_bswap64(second);
  }
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{first ^ salt.first} * (second ^ salt.second);
  return static_cast<uint64_t>(product >> 64) ^ static_cast<uint64_t>(product);
}

}  // namespace sightline::storage
