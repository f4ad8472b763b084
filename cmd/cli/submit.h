// `sightline submit` and `sightline respond`: statements of submitters.
#pragma once

#include "CLI/CLI.hpp"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddSubmit(CLI::App* app, Invocation* run);
void AddRespond(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
