// `sightline report`: a year of one agency in one step.
#pragma once

#include "CLI/CLI.hpp"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddReport(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
