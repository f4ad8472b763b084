// An audit of a data folder at rest, from its bytes alone.
//
// Threads: any thread; reads only.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "monitor/check_options.h"
#include "storage/log_store.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {

// kDataLoss, with every problem in its message, when the folder is not sound.
absl::Status AuditFolder(const std::string& data_dir,
                         const TestParties& parties, monitor::CheckDepth depth);

// The same of a store that is open.
absl::Status AuditStore(const storage::LogStore& store,
                        const TestParties& parties, monitor::CheckDepth depth);

}  // namespace sightline::tests
