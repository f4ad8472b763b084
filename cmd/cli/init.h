// `sightline init`: the genesis of a new log.
#pragma once

#include "CLI/CLI.hpp"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddInit(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
