// Whether a statement is well formed: every rule that can be told from its own
// bytes.
//
// Source:  the comments of proto/sightline/v1/statement.proto and
//          vocabulary.proto; docs/statements.md "Rules".
// Shapes:  rule-breaking requests are well formed: what departs from a policy
//          is logged with findings (policy.h), not refused here.
// Threads: pure; any thread.
// Cost:    under 1 us for a footage request without faults, nothing allocated.
//
// Not told here: who may sign (registry.h), whether links name what they should
// (links.h), whether openings fit (seal.h).
#pragma once

#include "proto/sightline/v1/statement.pb.h"
#include "statement/violations.h"

namespace sightline::statement {

// Every fault, not only the first. REQUIRES nothing of `statement`.
Violations Validate(const v1::Statement& statement);

// The envelope's own rules: payload type, sizes, number of signatures, distinct
// key ids.
// `min_signatures` is 0 for the log's own statements, which are not signed.
Violations ValidateEnvelope(const v1::SignedStatement& signed_statement,
                            int min_signatures = 1);

}  // namespace sightline::statement
