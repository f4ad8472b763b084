#include "statement/statement_codec.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "statement/canonical.h"

namespace sightline::statement {
namespace {

absl::Status CheckSize(absl::string_view bytes, size_t max,
                       absl::string_view what) {
  if (!bytes.empty() && bytes.size() <= max) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(what, ": ", bytes.size(), " bytes, want 1 to ", max));
}

}  // namespace

absl::Status ParseStatement(absl::string_view bytes, v1::Statement* out) {
  RETURN_IF_ERROR(CheckSize(bytes, kMaxStatementBytes, "statement"));
  return ParseCanonical(bytes, "statement", out);
}

absl::StatusOr<v1::Statement> ParseStatement(absl::string_view bytes) {
  v1::Statement statement;
  RETURN_IF_ERROR(ParseStatement(bytes, &statement));
  return statement;
}

absl::Status ParseSignedStatement(absl::string_view bytes,
                                  v1::SignedStatement* out) {
  RETURN_IF_ERROR(
      CheckSize(bytes, kMaxSignedStatementBytes, "signed statement"));
  return ParseCanonical(bytes, "signed statement", out);
}

absl::StatusOr<v1::SignedStatement> ParseSignedStatement(
    absl::string_view bytes) {
  v1::SignedStatement signed_statement;
  RETURN_IF_ERROR(ParseSignedStatement(bytes, &signed_statement));
  return signed_statement;
}

std::string SerialiseStatement(const v1::Statement& statement) {
  // There are no maps in it, so the order of fields is the only freedom, and
  // C++ writes them ascending.
  return statement.SerializeAsString();
}

}  // namespace sightline::statement
