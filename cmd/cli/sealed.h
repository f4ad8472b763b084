// `sightline sealed read|unseal|erase|rotate-key`: what is sealed, read by those who
// may, made public, destroyed, and kept under another key.
#pragma once

#include "CLI/CLI.hpp"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddSealed(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
