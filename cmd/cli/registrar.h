// What registrars do: `sightline enrol`, `rotate-keys`, `set-status`,
// `publish-policy`, `change-log-keys`, `countersign`.
#pragma once

#include "CLI/CLI.hpp"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddRegistrarCommands(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
