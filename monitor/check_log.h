// The full-log checker: reads a whole log from outside and says everything that
// is wrong with it. What `sightline audit` runs, and the oracle of the tests.
//
// Source:  docs/formats.md; RFC 6962; c2sp.org/tlog-tiles, tlog-checkpoint.
// Units:   indices count from 0; ranges are [begin, end).
// Errors:  a Status says that the check could not run (the log cannot be
//          reached, no temporary file); what is wrong with the log is in the
//          report, also when it is as little as its missing checkpoint.
// Threads: CheckLog starts its threads and joins them.
// Cost:    hashes: one SHA-256 of each entry, one node hash per leaf. Signatures:
//          one verification per signature, and about 15 us of everything else.
// Memory:  O(submitters + threads), and 16 bytes an entry up to
//          max_identities_in_memory to find statements that are there twice;
//          beyond that they go to a temporary file.
//
#pragma once

#include "absl/status/statusor.h"
#include "checkpoint/log_keys.h"
#include "monitor/check_options.h"
#include "monitor/check_report.h"
#include "tiles/log_reader.h"

namespace sightline::monitor {

// `trusted` are the log keys that the caller knows; null: those that the log
// itself names, from its genesis entry on (which somebody must then compare with
// what the operator has published).
absl::StatusOr<CheckReport> CheckLog(const CheckSources& sources,
                                     const checkpoint::LogKeySet* trusted,
                                     const CheckOptions& options);

// The same with everything read from one reader.
absl::StatusOr<CheckReport> CheckLog(tiles::LogReader* reader,
                                     const checkpoint::LogKeySet* trusted,
                                     const CheckOptions& options);

}  // namespace sightline::monitor
