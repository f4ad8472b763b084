// `sightline keygen`: keys for submitters, registrars, the log, and seals.
#pragma once

#include "CLI/CLI.hpp"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddKeygen(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
