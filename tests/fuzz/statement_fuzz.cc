// A statement that parses serialises to the same bytes, and everything that
// people are shown of it is plain text; a fault that is found is named.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/describe.h"
#include "statement/links.h"
#include "statement/statement_codec.h"
#include "statement/text.h"
#include "statement/validate.h"

namespace {

namespace statement = ::sightline::statement;

void Check(bool ok) {
  if (!ok) std::abort();
}

void ReadAsStatement(absl::string_view bytes) {
  const auto parsed = statement::ParseStatement(bytes);
  if (!parsed.ok()) return;
  Check(statement::SerialiseStatement(*parsed) == bytes);
  const statement::Violations violations = statement::Validate(*parsed);
  Check(violations.ToStatus().ok() == violations.empty());
  for (const statement::Violation& v : violations.kept()) {
    Check(!v.field.empty() && !v.description.empty());
  }
  Check(statement::IsPlainText(statement::DescribeStatement(*parsed)));
  Check(!statement::DescribeStatementAtLength(*parsed).empty());
  for (const statement::Link& link : statement::LinksOf(*parsed)) {
    Check(!statement::CheckLink(*parsed, link, bytes).empty());
  }
}

void ReadAsEnvelope(absl::string_view bytes) {
  const auto parsed = statement::ParseSignedStatement(bytes);
  if (!parsed.ok()) return;
  Check(parsed->SerializeAsString() == bytes);
  if (statement::ValidateEnvelope(*parsed).empty()) {
    ReadAsStatement(parsed->payload());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  ReadAsStatement(bytes);
  ReadAsEnvelope(bytes);
  return 0;
}
