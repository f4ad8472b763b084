// `sightline ask verify`: an answer that --proof wrote, checked without the log.
#pragma once

#include <memory>

#include "CLI/CLI.hpp"
#include "cmd/cli/ask_flags.h"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

// `run` outlives the command.
void AddVerify(CLI::App* ask, Invocation* run,
               const std::shared_ptr<AskFlags>& flags);

}  // namespace sightline::cli
