// `sightline export --tiles`: see --help.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "cmd/cli/invocation.h"
#include "cmd/cli/settings.h"

namespace sightline::cli {

// Brings the files in `folder` to the newest tree of the log: that of the server
// that `settings` (resolved) name, or of `data_dir` if that is not empty. Gives the
// exit code.
absl::StatusOr<int> ExportTileFiles(const std::string& folder,
                                    const std::string& data_dir,
                                    const Settings& settings, Invocation& run);

}  // namespace sightline::cli
