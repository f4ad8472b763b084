// How much a page holds, and how much is looked at for it.
#pragma once

#include <cstdint>

namespace sightline::records {

inline constexpr uint32_t kUsualPageSize = 50;
inline constexpr uint32_t kMaxPageSize = 200;
inline constexpr uint32_t kMaxExamined = 1000;

}  // namespace sightline::records
