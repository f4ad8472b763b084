// How much a page holds, and how much is looked at for it.
#pragma once

#include <cstdint>

namespace sightline::records {

inline constexpr uint32_t kUsualPageSize = 50;
inline constexpr uint32_t kMaxPageSize = 200;
// Rows read.
inline constexpr uint32_t kMaxExamined = 400;
// Months of a submitter reconciled.
inline constexpr uint32_t kMaxReconciled = 200;
// Rows passed over by what their list says of them.
inline constexpr uint32_t kMaxPassed = 20000;

}  // namespace sightline::records
