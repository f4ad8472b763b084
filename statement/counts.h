// Counts of people and devices as they may be public: in buckets, and without
// the cells that are too small to hide anybody.
//
// Source:  docs/statements.md "Counts".
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::statement {

// Fewer people than this are a small cell.
inline constexpr uint64_t kSmallCellBelow = 5;

// Smallest and largest count, both included.
struct CountRange {
  uint64_t min = 0;
  uint64_t max = 0;

  friend bool operator==(const CountRange& a, const CountRange& b) {
    return a.min == b.min && a.max == b.max;
  }
};

// 0, 1-4, 5-19, 20-99, 100-499, 500+.
v1::CountBucket BucketOf(uint64_t count);

// What a bucket stands for. Everything is possible where none is given.
CountRange RangeOf(v1::CountBucket bucket);

// Of the sum of two counts; stops at the largest number there is.
CountRange Sum(const CountRange& a, const CountRange& b);

// A row of counts and their total; what must not be told is absent.
struct SuppressedCounts {
  std::vector<std::optional<uint64_t>> cells;
  std::optional<uint64_t> total;
};

// Leaves out every cell with 1 to `below` - 1 in it, and as many further cells,
// smallest first, as it takes so that the total does not give them back: at
// least two are absent, they hold `below` or more together, and could hold other
// numbers. The total is left out when it is small itself, or when no cell is left
// that could hide the others. Nobody is no small cell.
// REQUIRES: the sum of `cells` fits 64 bits.
SuppressedCounts SuppressSmallCells(absl::Span<const uint64_t> cells,
                                    uint64_t below = kSmallCellBelow);

}  // namespace sightline::statement
