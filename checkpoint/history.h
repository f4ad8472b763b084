// Which checkpoints of the past a log shows: many of today, few of long ago.
//
// Source:  docs/formats.md "Checkpoints in the past".
// Units:   Unix milliseconds UTC, of admission.
// Threads: pure; any thread.
//
// A cut is a moment. The history holds, for each cut, the checkpoint of the
// smallest signed tree that has every entry admitted before it, and the newest.
// Every coarser grid is part of the finer ones, so what is shown once it is old
// was shown while it was young.
#pragma once

#include <cstdint>
#include <vector>

namespace sightline::checkpoint {

// The cuts in (first, newest], ascending: every full minute of the hour before
// `newest`, every hour of the two days before it, every day of the hundred days
// before it, and every thirtieth day before. At most 60 + 48 + 100 and twelve or
// thirteen a year.
std::vector<int64_t> HistoryCuts(int64_t first_unix_ms, int64_t newest_unix_ms);

}  // namespace sightline::checkpoint
