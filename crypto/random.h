// Where unpredictable bytes come from. main() alone picks the real source.
//
// Errors:  none: a machine without randomness must not go on, the process
//          aborts.
// Threads: thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "crypto/secret.h"

namespace sightline::crypto {

class Rng {
 public:
  virtual ~Rng() = default;

  // Fills `out[0, size)`.
  virtual void Fill(void* out, size_t size) = 0;

  // Returns `size` fresh bytes.
  std::string Bytes(size_t size);
  SecretString Secret(size_t size);

  // OpenSSL's generator, seeded by the kernel. Lives for ever.
  static Rng* Real();
};

// Rng::Real()->Bytes(size).
std::string RandomBytes(size_t size);

}  // namespace sightline::crypto
