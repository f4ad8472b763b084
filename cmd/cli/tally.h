// `sightline tally build|verify|open`: a tree of residents' answers, made by the
// platform; one resident's receipt, checked by anybody; the whole, checked by an
// auditor.
//
// `sightline respond --tally FILE` puts the root into the response.
#pragma once

#include "CLI/CLI.hpp"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddTally(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
