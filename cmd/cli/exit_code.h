// What `sightline` ends with, and what it says when that is not 0.
//
//   0  done; the receipt, proof or log is valid
//   1  not valid: a receipt, proof, answer or log does not hold
//   2  usage, files or configuration: nothing was asked of the log
//   3  the log refused
//   4  the log could not be reached, or did not answer in time
// 141  whoever read the results has left: what a shell reports of SIGPIPE
//
// Threads: pure; any thread.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace sightline::cli {

enum ExitCode : int {
  kExitOk = 0,
  kExitNotValid = 1,
  kExitUsage = 2,
  kExitRefused = 3,
  kExitUnreachable = 4,
  kExitReaderLeft = 128 + 13,
};

// The table above, as `--help` shows it.
inline constexpr char kExitCodesHelp[] =
    "Exit codes: 0 done, valid; 1 not valid (a receipt, proof, answer or log "
    "does not hold);\n2 usage, files or configuration; 3 the log refused; 4 "
    "the "
    "log could not be reached.";

int ExitCodeFor(const absl::Status& status);

// What the reader may do about it; "" when there is nothing to say.
std::string HintFor(const absl::Status& status);

}  // namespace sightline::cli
