#include "statement/counts.h"

#include <cstddef>
#include <limits>

namespace sightline::statement {
namespace {

constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();

// What an outsider who sees the total knows of the cells that are absent.
class Absent {
 public:
  explicit Absent(uint64_t below) : below_(below) {}

  void Add(uint64_t count) {
    ++cells_;
    sum_ += count;
    // Only an originally small cell is known to be small.
    largest_ += count < below_ ? below_ - 1 : kMost / 2 / below_;
  }

  bool empty() const { return cells_ == 0; }
  bool IsHidden() const {
    return cells_ >= 2 && sum_ >= below_ && sum_ < largest_;
  }

 private:
  const uint64_t below_;
  size_t cells_ = 0;
  uint64_t sum_ = 0;
  uint64_t largest_ = 0;  // that the cells can hold together
};

// The smallest cell that is told and not zero, or cells.size().
size_t SmallestTold(const std::vector<std::optional<uint64_t>>& cells) {
  size_t out = cells.size();
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].value_or(0) == 0) continue;
    if (out == cells.size() || *cells[i] < *cells[out]) out = i;
  }
  return out;
}

}  // namespace

v1::CountBucket BucketOf(uint64_t count) {
  if (count == 0) return v1::COUNT_BUCKET_0;
  if (count < 5) return v1::COUNT_BUCKET_1_4;
  if (count < 20) return v1::COUNT_BUCKET_5_19;
  if (count < 100) return v1::COUNT_BUCKET_20_99;
  if (count < 500) return v1::COUNT_BUCKET_100_499;
  return v1::COUNT_BUCKET_500_PLUS;
}

CountRange RangeOf(v1::CountBucket bucket) {
  switch (bucket) {
    case v1::COUNT_BUCKET_0:
      return {0, 0};
    case v1::COUNT_BUCKET_1_4:
      return {1, 4};
    case v1::COUNT_BUCKET_5_19:
      return {5, 19};
    case v1::COUNT_BUCKET_20_99:
      return {20, 99};
    case v1::COUNT_BUCKET_100_499:
      return {100, 499};
    case v1::COUNT_BUCKET_500_PLUS:
      return {500, kMost};
    default:
      return {0, kMost};
  }
}

CountRange Sum(const CountRange& a, const CountRange& b) {
  const auto add = [](uint64_t x, uint64_t y) {
    return x > kMost - y ? kMost : x + y;
  };
  return {add(a.min, b.min), add(a.max, b.max)};
}

SuppressedCounts SuppressSmallCells(absl::Span<const uint64_t> cells,
                                    uint64_t below) {
  SuppressedCounts out;
  Absent absent(below);
  uint64_t total = 0;
  for (const uint64_t count : cells) {
    total += count;
    const bool small = count > 0 && count < below;
    if (small) absent.Add(count);
    out.cells.push_back(small ? std::nullopt : std::make_optional(count));
  }
  if (total > 0 && total < below) return out;
  while (!absent.empty() && !absent.IsHidden()) {
    const size_t next = SmallestTold(out.cells);
    if (next == out.cells.size()) return out;
    absent.Add(*out.cells[next]);
    out.cells[next].reset();
  }
  out.total = total;
  return out;
}

}  // namespace sightline::statement
