#include "statement/timestamps.h"

#include <algorithm>

namespace sightline::statement {
namespace {

constexpr int64_t kMaxSeconds = 253402300799;  // 9999-12-31T23:59:59Z
constexpr int64_t kMaxUnixMs = kMaxSeconds * 1000 + 999;
constexpr int32_t kMaxNanos = 999999999;

}  // namespace

bool IsValidTimestamp(const google::protobuf::Timestamp& timestamp) {
  return timestamp.seconds() >= 0 && timestamp.seconds() <= kMaxSeconds &&
         timestamp.nanos() >= 0 && timestamp.nanos() <= kMaxNanos;
}

int64_t ToUnixMs(const google::protobuf::Timestamp& timestamp) {
  if (timestamp.seconds() < 0) return 0;
  if (timestamp.seconds() > kMaxSeconds) return kMaxUnixMs;
  return timestamp.seconds() * 1000 +
         std::clamp(timestamp.nanos(), 0, kMaxNanos) / 1000000;
}

google::protobuf::Timestamp FromUnixMs(int64_t unix_ms) {
  unix_ms = std::clamp<int64_t>(unix_ms, 0, kMaxUnixMs);
  google::protobuf::Timestamp out;
  out.set_seconds(unix_ms / 1000);
  out.set_nanos(static_cast<int32_t>(unix_ms % 1000) * 1000000);
  return out;
}

}  // namespace sightline::statement
