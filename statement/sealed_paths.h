// Which fields a statement may seal: a closed list for each kind.
//
// Source:  docs/statements.md "Sealed fields".
// Threads: pure; any thread.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::statement {

// Ascending; empty for kinds that seal nothing.
absl::Span<const absl::string_view> SealedPaths(v1::StatementKind kind);

bool IsSealedPath(v1::StatementKind kind, absl::string_view path);

// Of any kind.
bool IsSealedPath(absl::string_view path);

// Whether the field is there for personal data: names, places, accounts. What
// looks like personal data elsewhere is worth a warning, even sealed.
bool HoldsPersonalData(absl::string_view path);

}  // namespace sightline::statement
