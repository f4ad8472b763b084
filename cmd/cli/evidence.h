// `sightline evidence verify`: does a file convict a log?
#pragma once

#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddEvidence(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
