// Paths of fields in statements, as corrections name them:
// "footage_request.area.s2_cell", "footage_request.evidence_sources[1]",
// "footage_request.case_number" (sealed).
//
// Threads: pure; any thread.
#pragma once

#include "absl/strings/string_view.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::statement {

// Whether some statement can have a field at `path`: below its kind, or in the
// header.
bool IsFieldPath(absl::string_view path);

// Whether statements of `kind` can.
bool IsFieldPathOf(v1::StatementKind kind, absl::string_view path);

}  // namespace sightline::statement
