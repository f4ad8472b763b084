// The audit of a server's data folder: the log in it, and all that the store derives
// from the entries.
//
// Errors:  those of opening the folder (kDataLoss: it does not open as it must), and
//          of monitor::CheckLog.
// Threads: any thread; reads only, and takes no lock.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "admission/payload_sealer.h"
#include "checkpoint/log_keys.h"
#include "monitor/check_options.h"
#include "monitor/check_report.h"

namespace sightline::cli {

// `trusted`: as for CheckLog. With `sealer` sealed payloads are opened and held
// against their commitments; null: only their form is checked.
absl::StatusOr<monitor::CheckReport> CheckFolder(
    const std::string& data_dir, const checkpoint::LogKeySet* trusted,
    const admission::PayloadSealer* sealer,
    const monitor::CheckOptions& options);

}  // namespace sightline::cli
