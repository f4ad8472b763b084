// The questions of `sightline ask` that list something else than a search does:
// request, complete, seals, changes, disagreements, compare.
#pragma once

#include <memory>

#include "CLI/CLI.hpp"
#include "cmd/cli/ask_flags.h"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

// `run` outlives the command.
void AddLists(CLI::App* ask, Invocation* run,
              const std::shared_ptr<AskFlags>& flags);
void AddCounts(CLI::App* ask, Invocation* run,
               const std::shared_ptr<AskFlags>& flags);

}  // namespace sightline::cli
