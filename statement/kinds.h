// The kinds of statement: their numbers, names, and who may say which.
//
// Source:  docs/statements.md "Kinds";
//          proto/sightline/v1/statement.proto.
// Shapes:  a kind's name is the field name of Statement.kind
//          ("footage_request").
// Errors:  kInvalidArgument: no such name.
// Threads: pure; any thread.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::statement {

// STATEMENT_KIND_UNSPECIFIED when the statement says nothing.
v1::StatementKind KindOf(const v1::Statement& statement);

// Every kind but UNSPECIFIED, in ascending order.
absl::Span<const v1::StatementKind> AllKinds();

// "footage_request"; "unknown" for a number without a kind.
absl::string_view KindName(v1::StatementKind kind);
absl::StatusOr<v1::StatementKind> ParseKind(absl::string_view name);

// Whether statements of this kind change who may submit what: genesis,
// enrolment, key rotation, status change, policy version, log key change,
// assembly calendar (it decides no less than a policy what is found).
bool IsControl(v1::StatementKind kind);

// Whether a submitter of this kind may make statements of that kind.
bool MaySay(v1::SubmitterKind submitter, v1::StatementKind kind);

}  // namespace sightline::statement
