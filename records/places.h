// Where rows are: states of counties, and S2 cells that touch.
//
// Source:  FIPS 5-2 state codes; S2 cell ids (statement/geography.h).
// Threads: pure; any thread.
#pragma once

#include "absl/strings/string_view.h"

namespace sightline::records {

// "CA" for "06037"; "" when the first two digits are no state's.
absl::string_view StateOfCounty(absl::string_view county_fips);

// Whether one of the two cells lies in the other; not when one is no token.
bool CellsTouch(absl::string_view token, absl::string_view other);

}  // namespace sightline::records
