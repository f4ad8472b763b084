// A public file of warrants and emergency demands, read row by row into footage
// requests, and the agencies that made them.
//
// Source:  the shape of California's notices of electronic search warrants.
// Columns: source_file, source_row (where the row stands in the original),
//          agency_name, submitted; and where the file has them: ori9,
//          court_county, primary_nature, served_on, provider, items, info_start,
//          info_end, grounds, delay_reasons, emergency.
// Errors:  as ReadCsv. Rows that cannot be taken are in the notes.
// Threads: pure but for the stream.
// Memory:  every row, about 1 KiB each.
//
// What is made of the faults of such files:
//   one agency, many spellings    one agency by its ORI; without one, spellings
//                                 that differ in case and punctuation are one
//   agency "OTHER"                a provisional agency that stands for those
//                                 whom the source does not name
//   period that ends after the    taken as it is: warrants may reach ahead
//   submission
//   period that ends before it    taken without a period, and said so
//   begins
//   several providers             taken with none: a request has one custodian
//   the same notice twice         two statements, since the source counts two
//   the same source row twice     the second is not taken
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cmd/cli/import/import_notes.h"
#include "cmd/cli/import/imported_agency.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::cli {

struct RequestFileOptions {
  // Of the agencies in the file.
  std::string state = "CA";
  // Of times that say none.
  absl::TimeZone zone;
};

// A request that was delayed notice: what is sealed, and why.
struct ImportedSeal {
  v1::SealGround ground = v1::SEAL_GROUND_UNSPECIFIED;
  std::string narrative;
};

struct ImportedRequest {
  uint64_t line = 0;
  std::string submitter;
  int64_t submitted_unix_ms = 0;
  v1::FootageRequest request;
  ImportedSeal seal;  // ground unspecified: nothing is sealed
};

struct RequestFile {
  std::vector<ImportedAgency> agencies;  // in the order of the file
  std::vector<ImportedRequest> requests;
  ImportNotes notes;
};

absl::StatusOr<RequestFile> ReadRequestFile(std::istream& in,
                                            const RequestFileOptions& options);

// The statement of a request with the openings of what it seals, ready to be
// signed. The same arguments give the same bytes: salts follow from `secret`.
struct ImportedStatement {
  v1::Statement statement;
  std::vector<v1::SealOpening> openings;
};
absl::StatusOr<ImportedStatement> StatementOf(const ImportedRequest& request,
                                              absl::string_view origin,
                                              absl::string_view secret);

}  // namespace sightline::cli
