// Text that may be public and printed: valid UTF-8 without anything that steers
// a terminal or reorders what a reader sees.
//
// Source:  RFC 3629 (UTF-8); Unicode: C0, DEL, C1, U+2028/2029, bidirectional
//          controls U+200E/200F, U+202A-202E, U+2066-2069, U+FEFF.
// Threads: pure; any thread.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace sightline::statement {

// Whether `text` is valid UTF-8 without those characters.
bool IsPlainText(absl::string_view text);

// Replaces each such character, and each invalid byte, by '?'.
std::string Printable(absl::string_view text);

}  // namespace sightline::statement
