#include "crypto/random.h"

#include <openssl/rand.h>

#include <climits>
#include <cstdlib>
#include <utility>

namespace sightline::crypto {
namespace {

class RealRng final : public Rng {
 public:
  void Fill(void* out, size_t size) override {
    if (size > INT_MAX) std::abort();
    if (RAND_bytes(static_cast<unsigned char*>(out), static_cast<int>(size)) !=
        1) {
      std::abort();
    }
  }
};

}  // namespace

std::string Rng::Bytes(size_t size) {
  std::string out(size, '\0');
  Fill(&out[0], size);
  return out;
}

SecretString Rng::Secret(size_t size) { return SecretString(Bytes(size)); }

Rng* Rng::Real() {
  static RealRng* const rng = new RealRng;
  return rng;
}

std::string RandomBytes(size_t size) { return Rng::Real()->Bytes(size); }

}  // namespace sightline::crypto
