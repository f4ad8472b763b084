// Geofence warrants in the public records: what one provider counted of
// California's, and which of the state's own notices clearly are such.
//
// Source:  google_geofence_warrants_by_jurisdiction_2018-2020.csv, of years.
// Threads: pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::tests {

// The file's row of California as period reports, one a year under its last month.
// kNotFound: no such row. kInvalidArgument: a count that is no number.
absl::StatusOr<std::vector<v1::PeriodReport>> GeofenceReportsOfCalifornia(
    const std::string& path);

// Location alone, of a day at most: nobody is named, everybody near is.
bool IsClearlyGeofence(const v1::FootageRequest& request);

}  // namespace sightline::tests
