// A blocked Bloom filter over fingerprints: answers "not there" without a read.
//
// Shapes:  lines of 64 bytes; each fingerprint sets seven bits in one of them,
//          at 16 bits per fingerprint. About one in 900 of those that are not
//          there is answered "maybe".
// Threads: thread-compatible: readers may share it once it is filled.
// Cost:    one cache line per query; 2 bytes of memory per fingerprint.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace sightline::storage {

class HashFilter {
 public:
  // Room for `fingerprints`; more make it say "maybe" more often.
  explicit HashFilter(uint64_t fingerprints);

  void Add(uint64_t fingerprint);

  // False only when `fingerprint` was not added.
  bool MayHold(uint64_t fingerprint) const;

  // Fetches what MayHold will look at.
  void Prefetch(uint64_t fingerprint) const {
    __builtin_prefetch(&lines_[LineOf(fingerprint)]);
  }

  // The filter as it is stored; data() is for reading it back.
  absl::string_view bytes() const {
    return {reinterpret_cast<const char*>(lines_.data()), size_bytes()};
  }
  char* data() { return reinterpret_cast<char*>(lines_.data()); }
  size_t size_bytes() const { return lines_.size() * sizeof(Line); }

 private:
  struct alignas(64) Line {
    std::array<uint8_t, 64> bytes{};
  };

  // Ascends with the fingerprint, so that a sorted run is added in order.
  size_t LineOf(uint64_t fingerprint) const;

  std::vector<Line> lines_;
};

}  // namespace sightline::storage
