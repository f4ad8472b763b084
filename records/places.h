// States of counties.
//
// Source:  FIPS 5-2 state codes.
// Threads: pure; any thread.
#pragma once

#include "absl/strings/string_view.h"

namespace sightline::records {

// "CA" for "06037"; "" when the first two digits are no state's.
absl::string_view StateOfCounty(absl::string_view county_fips);

}  // namespace sightline::records
