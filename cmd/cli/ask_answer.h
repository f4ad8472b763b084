// Asks the log a question of the record, and shows the answer that was proven.
//
// Threads: any; it waits for the network.
#pragma once

#include "absl/status/statusor.h"
#include "client/record_client.h"
#include "cmd/cli/ask_flags.h"
#include "cmd/cli/ask_text.h"
#include "cmd/cli/invocation.h"
#include "proto/sightline/v1/record_service.pb.h"

namespace sightline::cli {

// Every entry that the answer rests on has been led to a signed root, and its rows
// made again from them. Writes the file of --proof.
absl::StatusOr<client::ProvenAnswer> Ask(const AskFlags& flags,
                                         const v1::AnswerFile& question,
                                         Invocation& run);

// The same, printed.
absl::StatusOr<int> Answer(const AskFlags& flags,
                           const v1::AnswerFile& question, AnswerStyle style,
                           Invocation& run);

}  // namespace sightline::cli
