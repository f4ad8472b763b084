// What the tally commands read: a platform's table of answers, and tally files.
//
// Shapes:  a table is CSV with the columns "token" and "answer" (shared, declined,
//          no_action, opted_out); others are left alone. At most
//          statement::kMaxTallyAnswers rows.
// Errors:  kInvalidArgument, naming the lines, without quoting tokens.
//          kFailedPrecondition: a tally file that others may read.
// Threads: one.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "statement/tally.h"

namespace sightline::cli {

struct AnswerTable {
  std::vector<statement::ResidentAnswer> answers;
  std::vector<uint64_t> lines;  // where each stands
};

absl::StatusOr<AnswerTable> ReadAnswers(const std::string& name,
                                        std::istream& in);

// The leaves, in the order of the tree.
absl::StatusOr<std::vector<statement::TallyLeaf>> ReadTallyFile(
    const std::string& path);

}  // namespace sightline::cli
