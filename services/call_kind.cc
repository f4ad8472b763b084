#include "services/call_kind.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "statement/kinds.h"
#include "statement/statement_codec.h"
#include "statement/violations.h"

namespace sightline::services {

absl::Status CheckKind(const v1::SignedStatement& signed_statement,
                       v1::StatementKind want) {
  ASSIGN_OR_RETURN(const v1::Statement statement,
                   statement::ParseStatement(signed_statement.payload()));
  const v1::StatementKind got = statement::KindOf(statement);
  if (got == want) return absl::OkStatus();
  statement::Violations violations;
  violations.Add("statement.payload",
                 absl::StrCat("a statement of kind ", statement::KindName(got),
                              ", want ", statement::KindName(want)));
  return violations.ToStatus();
}

}  // namespace sightline::services
