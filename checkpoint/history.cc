#include "checkpoint/history.h"

#include <algorithm>

namespace sightline::checkpoint {
namespace {

constexpr int64_t kMinute = 60'000;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;

// Cuts a `step` apart, as long as they are younger than `age`.
struct Grid {
  int64_t step;
  int64_t age;
};
constexpr Grid kGrids[] = {
    {kMinute, kHour}, {kHour, 2 * kDay}, {kDay, 100 * kDay}};
constexpr int64_t kOldStep = 30 * kDay;

// The last multiple of `step` that is not after `time`.
int64_t Floor(int64_t time, int64_t step) { return time / step * step; }

}  // namespace

std::vector<int64_t> HistoryCuts(int64_t first_unix_ms,
                                 int64_t newest_unix_ms) {
  const int64_t first = std::max<int64_t>(first_unix_ms, 0);
  std::vector<int64_t> cuts;
  int64_t cut = newest_unix_ms;
  for (const Grid& grid : kGrids) {
    cut = Floor(cut, grid.step);
    for (; cut > first && cut > newest_unix_ms - grid.age; cut -= grid.step) {
      cuts.push_back(cut);
    }
  }
  for (cut = Floor(cut, kOldStep); cut > first; cut -= kOldStep) {
    cuts.push_back(cut);
  }
  std::reverse(cuts.begin(), cuts.end());
  return cuts;
}

}  // namespace sightline::checkpoint
