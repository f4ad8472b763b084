// `sightline monitor`: follows a log and tells what its rules look for.
#pragma once

#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddMonitor(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
