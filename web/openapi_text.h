// The OpenAPI description of what a log serves over HTTP, made by openapi.py
// from proto/ when the program is built.
#pragma once

#include "absl/strings/string_view.h"

namespace sightline::web {

// JSON.
absl::string_view OpenApiText();

}  // namespace sightline::web
