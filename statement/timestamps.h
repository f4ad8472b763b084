// Times of the protos as Unix milliseconds, and back.
//
// Shapes:  a timestamp is valid from 1970-01-01 to the end of the year 9999,
//          with 0 to 999,999,999 nanoseconds.
// Units:   Unix milliseconds UTC. What is finer than a millisecond is cut off.
// Threads: pure; any thread.
#pragma once

#include <cstdint>

#include "google/protobuf/timestamp.pb.h"

namespace sightline::statement {

bool IsValidTimestamp(const google::protobuf::Timestamp& timestamp);

// REQUIRES: IsValidTimestamp(timestamp); otherwise the nearest valid time.
int64_t ToUnixMs(const google::protobuf::Timestamp& timestamp);

// Times outside the valid range become its nearest end.
google::protobuf::Timestamp FromUnixMs(int64_t unix_ms);

}  // namespace sightline::statement
