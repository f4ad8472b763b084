// `sightline mirror`: a copy of a log that proves itself, kept up to date and
// served.
#pragma once

#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddMirror(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
