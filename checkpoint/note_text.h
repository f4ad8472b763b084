// Which bytes may stand in a signed note. Private to this room.
//
// Source:  c2sp.org/signed-note v1.0.0 "Format".
// Threads: pure; any thread.
#pragma once

#include "absl/strings/string_view.h"

namespace sightline::checkpoint {

// Valid UTF-8 (no surrogates, no overlong forms, at most U+10FFFF) without
// bytes below 0x20, other than newlines.
bool IsNoteText(absl::string_view bytes);

// Not empty, valid as above, no newline, no Unicode space, no plus sign.
bool IsKeyName(absl::string_view name);

}  // namespace sightline::checkpoint
