// `sightline mirror-server`: a C2SP mirror, to which logs upload.
#pragma once

#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddMirrorServer(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
