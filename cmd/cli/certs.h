// `sightline certs`: a small certificate authority for trials and closed
// networks.
#pragma once

#include "CLI/CLI.hpp"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddCerts(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
