// Where the time comes from. main() alone picks the real one.
//
// Units:   Unix milliseconds UTC.
// Threads: thread-safe.
#pragma once

#include <cstdint>

namespace sightline::base {

class Clock {
 public:
  virtual ~Clock() = default;

  // Milliseconds since the Unix epoch, UTC. May step backwards when the machine's
  // clock is set; callers that need order keep their own maximum.
  virtual int64_t NowUnixMs() const = 0;

  // The machine's clock. Lives for ever.
  static const Clock* Real();
};

}  // namespace sightline::base
