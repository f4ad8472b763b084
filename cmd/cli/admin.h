// `sightline admin`: what registrars have the server do that is no statement.
#pragma once

#include "CLI/CLI.hpp"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddAdmin(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
