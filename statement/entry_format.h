// The version of the entry format that this code writes and reads.
//
// Source:  docs/formats.md "Entry".
#pragma once

#include <cstddef>
#include <cstdint>

namespace sightline::statement {

inline constexpr size_t kMaxEntryBytes = 65535;
inline constexpr uint32_t kEntryFormatVersion = 1;
inline constexpr int kMaxEntryFindings = 64;

}  // namespace sightline::statement
