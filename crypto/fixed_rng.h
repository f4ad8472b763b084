// A generator whose bytes follow from its seed. Tests only.
//
// Source:  block i is SHA-256("sightline/fixed-rng" || u64be(seed) ||
//          u64be(i)).
// Threads: thread-safe, though threads share one sequence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "crypto/random.h"

namespace sightline::crypto {

class FixedRng final : public Rng {
 public:
  explicit FixedRng(uint64_t seed) : seed_(seed) {}

  void Fill(void* out, size_t size) override;

 private:
  const uint64_t seed_;
  base::Mutex mutex_;
  uint64_t next_block_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string rest_ ABSL_GUARDED_BY(mutex_);  // unused bytes of the last block
};

}  // namespace sightline::crypto
