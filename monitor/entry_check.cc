#include "monitor/entry_check.h"

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/statement_codec.h"
#include "statement/validate.h"
#include "statement/violations.h"

namespace sightline::monitor {
namespace {

// Returns whether there are none.
bool AddViolations(uint64_t index, const statement::Violations& violations,
                   ProblemLog* problems) {
  for (const statement::Violation& violation : violations.kept()) {
    problems->Add({.kind = ProblemKind::kStatementMalformed,
                   .index = index,
                   .where = violation.field,
                   .got = violation.description});
  }
  return violations.empty();
}

}  // namespace

void ReadEntryFully(absl::string_view bytes, CheckedEntry* entry,
                    ProblemLog* problems) {
  entry->readable = false;
  entry->valid = false;
  entry->trail.reset();
  absl::StatusOr<v1::Entry> parsed = statement::ParseEntry(bytes);
  if (!parsed.ok()) {
    problems->Add({.kind = ProblemKind::kEntryMalformed,
                   .index = entry->index,
                   .got = std::string(parsed.status().message())});
    return;
  }
  entry->entry = *std::move(parsed);
  const v1::SignedStatement& signed_statement = entry->entry.statement();
  const absl::Status status =
      statement::ParseStatement(signed_statement.payload(), &entry->statement);
  const bool is_face = status.ok() && entry->statement.has_sealed_statement();
  const bool envelope_is_valid = AddViolations(
      entry->index,
      statement::ValidateEnvelope(signed_statement, is_face ? 0 : 1), problems);
  if (!status.ok()) {
    problems->Add({.kind = ProblemKind::kStatementMalformed,
                   .index = entry->index,
                   .got = std::string(status.message())});
    return;
  }
  entry->valid =
      AddViolations(entry->index, statement::Validate(entry->statement),
                    problems) &&
      envelope_is_valid;
  entry->identity_hash = statement::IdentityHash(signed_statement);
  entry->readable = true;
}

}  // namespace sightline::monitor
