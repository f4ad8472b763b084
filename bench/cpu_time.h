// How much processor time this process has used, in seconds.
//
// Two rates are only comparable when nothing else runs; the processor time of a
// call is the same on a busy machine, or nearly.
#pragma once

#include <sys/resource.h>

namespace sightline::bench {

inline double CpuSeconds() {
  struct rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const struct timeval& time) {
    return static_cast<double>(time.tv_sec) +
           1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace sightline::bench
