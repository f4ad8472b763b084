// Whether a statement is of the kind that a call is for.
//
// Errors:  kInvalidArgument, naming the field.
// Threads: pure; any thread.
#pragma once

#include "absl/status/status.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::services {

absl::Status CheckKind(const v1::SignedStatement& signed_statement,
                       v1::StatementKind want);

}  // namespace sightline::services
