#include "crypto/fixed_rng.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "crypto/sha256.h"

namespace sightline::crypto {

void FixedRng::Fill(void* out, size_t size) {
  base::MutexLock lock(&mutex_);
  while (rest_.size() < size) {
    const Digest block = Sha256(absl::StrCat(
        "sightline/fixed-rng", base::U64(seed_), base::U64(next_block_++)));
    rest_.append(AsBytes(block).data(), block.size());
  }
  std::memcpy(out, rest_.data(), size);
  rest_.erase(0, size);
}

}  // namespace sightline::crypto
