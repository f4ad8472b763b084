// Whether the requests of a period are all that its agency had logged: search and
// feed, both proven, held against each other.
//
// Source:  docs/records.md "Yearly report".
// Errors:  kDataLoss: one has a request that the other lacks, or an entry that does
//          not read back.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/sightline/v1/record_service.pb.h"

namespace sightline::cli {

struct Period {
  int64_t from_unix_ms = 0;
  int64_t before_unix_ms = 0;
};

// What a complete feed leaves open all the same.
struct Gaps {
  // Requests of the period's months that are sealed as a whole still, whoever's, as
  // the log says; "2 in 2026-03, 1 in 2026-11".
  uint64_t sealed = 0;
  std::string sealed_months;
  // Entries of the feed that bring a request which an earlier entry has brought, as
  // the log says: they are no requests of their own.
  std::vector<uint64_t> opened_again;
};

// `feed`: a checked answer that is complete for the period. `rows`: those of a
// checked search, of no more entries than the feed's answer.
absl::StatusOr<Gaps> CheckAllThere(const std::vector<v1::RequestRow>& rows,
                                   const v1::AnswerFile& feed,
                                   const Period& period);

}  // namespace sightline::cli
