// `sightline review`: whether an emergency request was one, said afterwards by the
// platform that was asked, a court, or the registrars together.
#pragma once

#include "CLI/CLI.hpp"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

void AddReview(CLI::App* app, Invocation* run);

}  // namespace sightline::cli
