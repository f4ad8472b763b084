// `sightline ask me`: a resident's own question, and whether an answer to it has
// counted theirs.
#pragma once

#include <memory>

#include "CLI/CLI.hpp"
#include "cmd/cli/ask_flags.h"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

// `run` outlives the command.
void AddMe(CLI::App* ask, Invocation* run,
           const std::shared_ptr<AskFlags>& flags);

}  // namespace sightline::cli
