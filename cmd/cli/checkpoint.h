// `sightline checkpoint history`: what the log has signed, and when.
#pragma once

#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddCheckpoint(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
