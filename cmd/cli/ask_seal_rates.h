// How much each submitter seals, counted from the entries that a proven answer
// brings.
//
// Shapes:  JSON: one line for each submitter. CSV: a header, then the same.
// Threads: one.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/answer_check.h"
#include "cmd/cli/output.h"
#include "proto/sightline/v1/record_service.pb.h"

namespace sightline::cli {

// The question whose answer brings every entry of the log.
v1::AnswerFile SealRatesQuestion();

// `file` holds, as `verdict` says. Of "" every submitter. kInvalidArgument: it is of
// another question, and does not bring every entry.
absl::Status PrintSealRates(const v1::AnswerFile& file,
                            const client::AnswerVerdict& verdict,
                            absl::string_view submitter, bool csv, Output& out);

}  // namespace sightline::cli
