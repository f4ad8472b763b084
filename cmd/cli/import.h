// `sightline import agencies|requests`: see --help.
#pragma once

#include "CLI/CLI.hpp"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddImport(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
