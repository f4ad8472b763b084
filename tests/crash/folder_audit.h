// What `sightline audit` says of a data folder at rest, with the log's vkey and the
// seal key of the test servers.
//
// Threads: any thread; reads only.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "monitor/check_options.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {

// kDataLoss, with every problem in its message, when the folder is not sound.
absl::Status AuditFolder(const std::string& data_dir,
                         const TestParties& parties, monitor::CheckDepth depth);

}  // namespace sightline::tests
