// Where a request may say it is about: states, counties and coarse S2 cells.
//
// Source:  USPS state codes; FIPS county codes; S2 cells, by Google's library
//          (docs/adr/0042), which this header keeps to itself. A token is a
//          cell's id in hexadecimal without trailing zeros, in lower case.
// Shapes:  level 0 is a sixth of the Earth, level 12 about 5 km2, level 30 1
//          cm2.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace sightline::statement {

// The finest level that may be public.
inline constexpr int kMaxS2Level = 12;

// "CA": a state, the federal district or a territory.
bool IsState(absl::string_view text);

// "06037": five digits, two of the state and three of the county.
bool IsCountyFips(absl::string_view text);

// The id of the cell that `token` names; nothing when it names none, or not in
// the one spelling that a cell has.
std::optional<uint64_t> S2Id(absl::string_view token);

// Level of the cell that `token` names, 0 to 30; nothing when it names none.
std::optional<int> S2Level(absl::string_view token);

// Whether one of the cells lies in the other; not when one is no cell.
bool S2CellsOverlap(absl::string_view token, absl::string_view other);
bool S2CellsOverlap(uint64_t id, uint64_t other);

}  // namespace sightline::statement
