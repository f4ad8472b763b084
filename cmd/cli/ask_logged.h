// `sightline ask logged`: whether the log has a statement that somebody shows, as a
// platform asks before it gives footage out.
#pragma once

#include "CLI/CLI.hpp"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

// `run` outlives the command.
void AddLogged(CLI::App* ask, Invocation* run);

}  // namespace sightline::cli
