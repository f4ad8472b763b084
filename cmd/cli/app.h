// The whole `sightline` command: reads the command line, runs the subcommand.
//
// Threads: one.
#pragma once

#include <string>
#include <vector>

#include "cmd/cli/invocation.h"

namespace sightline::cli {

// Runs `sightline ARGS...` (without the program's name) and returns its exit
// code (exit_code.h).
int Run(std::vector<std::string> args, Surroundings surroundings);

// Standard streams, the process's environment, the machine's clock. Handles
// SIGPIPE: writing to a pipe that nobody reads fails instead.
Surroundings ProcessSurroundings();

}  // namespace sightline::cli
