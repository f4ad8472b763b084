// Where a request may say it is about: states, counties and coarse S2 cells.
//
// Source:  USPS state codes; FIPS county codes; S2 cell ids (a token is the id
//          in hexadecimal without trailing zeros).
// Shapes:  level 0 is a sixth of the Earth, level 12 about 5 km2, level 30 1
//          cm2.
// Threads: pure; any thread.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"

namespace sightline::statement {

// The finest level that may be public.
inline constexpr int kMaxS2Level = 12;

// "CA": a state, the federal district or a territory.
bool IsState(absl::string_view text);

// "06037": five digits, two of the state and three of the county.
bool IsCountyFips(absl::string_view text);

// Level of the cell that `token` names, 0 to 30; nothing when it names none.
std::optional<int> S2Level(absl::string_view token);

// Whether one of the cells lies in the other. REQUIRES: both have a level.
bool S2CellsOverlap(absl::string_view a, absl::string_view b);

}  // namespace sightline::statement
