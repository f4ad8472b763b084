// `sightline registry`: see --help.
#pragma once

#include "CLI/CLI.hpp"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddRegistry(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
