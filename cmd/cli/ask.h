// `sightline ask`: the questions of the record, each answer with its proof.
#pragma once

#include "CLI/CLI.hpp"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddAsk(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
