// The questions of `sightline ask` that are a search for requests with one
// condition more: requests, unanswered, residents, violations, compelled,
// emergencies.
#pragma once

#include <memory>

#include "CLI/CLI.hpp"
#include "cmd/cli/ask_flags.h"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

// `run` outlives the command.
void AddSearches(CLI::App* ask, Invocation* run,
                 const std::shared_ptr<AskFlags>& flags);

}  // namespace sightline::cli
