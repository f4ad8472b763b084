// How the calls of a Connect handler have ended.
//
// Threads: thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sightline::web {

struct ConnectCounts {
  static constexpr size_t kCodes = 17;  // gRPC's
  static constexpr size_t kUnknown = 2;

  void CountEnd(int code) {
    const auto known = static_cast<size_t>(code);
    ended[known < kCodes ? known : kUnknown].fetch_add(
        1, std::memory_order_relaxed);
  }

  std::array<std::atomic<uint64_t>, kCodes> ended{};
  std::atomic<uint64_t> streams{0};  // that go on
};

}  // namespace sightline::web
