// What a running log tells its operator as metrics. Tests only.
#pragma once

#include <string>

#include "tests/support/test_log.h"

namespace sightline::tests {

// The text of /metrics, as it is now.
std::string ScrapeMetrics(TestLog& log);

}  // namespace sightline::tests
