// Answers of the record as text for people, as CSV and as JSON lines.
//
// Shapes:  JSON: the messages of record.proto, one row a line, fields named as
//          there. CSV: a header, one row a line, empty where nothing was said.
// Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/answer_check.h"
#include "cmd/cli/output.h"
#include "proto/sightline/v1/record_service.pb.h"

namespace sightline::cli {

// What a list of requests is shown for.
enum class Aspect {
  kRequest,
  kUnanswered,
  kResidents,
  kViolations,
  kCompelled,
  kEmergencies,
};

// Residents by county, five digits.
using Population = std::map<std::string, uint64_t>;
// The CSV file of docs/records.md "Population". kInvalidArgument, naming the line.
absl::StatusOr<Population> ParsePopulation(absl::string_view csv);

struct AnswerStyle {
  Aspect aspect = Aspect::kRequest;
  bool csv = false;
  Population population;  // for statistics
  // Of requests, by index: the answer that counts one resident. A column of CSV.
  std::optional<std::map<uint64_t, uint64_t>> counted_by;
};

absl::Status PrintAnswer(const v1::AnswerFile& file,
                         const client::AnswerVerdict& verdict,
                         const AnswerStyle& style, Output& out);

// One field of a CSV line.
std::string CsvField(absl::string_view text);

// "2 requests" or "1 request".
std::string Counted(uint64_t count, absl::string_view what);

// What the buckets of residents say: "20-99 asked, 1-4 shared, ...".
std::string ResidentsText(const v1::ResidentCounts& residents);

}  // namespace sightline::cli
