// A public list of agencies, read row by row into agencies to enrol.
//
// Source:  the shape of lists of agencies that have joined a camera platform.
// Columns: agency, state (two letters); and where the file has them: ori9,
//          ori_match, lea_type, joined (2018-03-22), joined_text (July 2020),
//          county_fips (taken only beside an ORI, which it was found by).
// Errors:  as ReadCsv. Rows that cannot be taken are in the notes.
// Threads: pure but for the stream.
//
// What is made of the faults of such lists:
//   no ORI, or several possible ones    enrolled provisionally
//   one ORI, two rows of one name       one agency, joined on the earlier day
//   one ORI, two names                  one of them is wrong and nobody can tell
//                                       which: both provisional
//   only a month, or only a year        its first day
//   no date, no name, no such state     not taken
#pragma once

#include <istream>
#include <vector>

#include "absl/status/statusor.h"
#include "cmd/cli/import/import_notes.h"
#include "cmd/cli/import/imported_agency.h"

namespace sightline::cli {

struct AgencyFile {
  std::vector<ImportedAgency> agencies;  // in the order of the file
  ImportNotes notes;
};

absl::StatusOr<AgencyFile> ReadAgencyFile(std::istream& in);

}  // namespace sightline::cli
