// `sightline ask verify --report FILE`: both halves of a report's proof, FILE and
// FILE.feed, checked and held against each other without the log.
//
// Source:  docs/records.md "Yearly report".
// Errors:  kDataLoss: a half does not hold, or the two are not of one agency and
//          year, or one has a request that the other lacks. kNotFound,
//          kInvalidArgument: no such file, or no answer file.
// Threads: any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "checkpoint/log_keys.h"
#include "cmd/cli/report_check.h"
#include "proto/sightline/v1/record_service.pb.h"

namespace sightline::cli {

struct ProvenYear {
  std::string agency;
  int year = 0;
  std::vector<v1::RequestRow> rows;
  Gaps gaps;
};

absl::StatusOr<ProvenYear> VerifyReport(const std::string& path,
                                        const checkpoint::LogKeySet& keys);

// A file that --proof wrote; not checked.
absl::StatusOr<v1::AnswerFile> ReadAnswerFile(const std::string& path);

}  // namespace sightline::cli
