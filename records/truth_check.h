// Holds the answers of the views against the truth of a made-up year, and against
// the model. Tests only.
//
// Threads: one.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "records/model.h"
#include "records/year_maker.h"
#include "storage/view_store.h"

namespace sightline::records {

// What must hold, as gtest failures. `snapshot` is of all of the year's entries.
void CheckAgainstTruth(const YearMaker& year,
                       const storage::ViewSnapshot& snapshot,
                       int64_t as_of_unix_ms);
void CheckAgainstModel(const YearMaker& year, const Model& model,
                       const storage::ViewSnapshot& snapshot,
                       int64_t as_of_unix_ms);

// The same rows, keys and values.
void CheckSameViews(const storage::ViewSnapshot& a,
                    const storage::ViewSnapshot& b);

}  // namespace sightline::records
