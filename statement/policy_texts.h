// The files of policies/, as the build puts them into the program.
//
// Threads: pure; any thread.
#pragma once

#include <vector>

#include "absl/strings/string_view.h"

namespace sightline::statement {

// Each a text proto of sightline.v1.Statement, in the order of policies/BUILD.
std::vector<absl::string_view> PolicyTexts();

}  // namespace sightline::statement
