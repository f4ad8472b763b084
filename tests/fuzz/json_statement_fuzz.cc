// A statement read from JSON or from text proto can be written, and reads back to
// the same statement.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/json.h"
#include "statement/statement_codec.h"
#include "statement/validate.h"

namespace {

namespace statement = ::sightline::statement;
namespace v1 = ::sightline::v1;

void Check(bool ok) {
  if (!ok) std::abort();
}

// Whether the canonical bytes are those of a statement at all: text can spell
// statements that are too long, or empty.
bool IsWritable(const v1::Statement& parsed) {
  return statement::ParseStatement(statement::SerialiseStatement(parsed)).ok();
}

void ReadAsJson(absl::string_view text) {
  const auto parsed = statement::StatementFromJson(text);
  if (!parsed.ok()) return;
  (void)statement::Validate(*parsed);
  const auto written = statement::StatementToJson(*parsed);
  // A timestamp out of its range has no JSON; nothing else fails.
  if (!written.ok() || !IsWritable(*parsed)) return;
  const auto back = statement::StatementFromJson(*written);
  Check(back.ok());
  Check(statement::SerialiseStatement(*back) ==
        statement::SerialiseStatement(*parsed));
}

void ReadAsText(absl::string_view text) {
  const auto parsed = statement::StatementFromText(text);
  if (!parsed.ok() || !IsWritable(*parsed)) return;
  const auto back =
      statement::StatementFromText(statement::StatementToText(*parsed));
  Check(back.ok());
  Check(statement::SerialiseStatement(*back) ==
        statement::SerialiseStatement(*parsed));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  ReadAsJson(text);
  ReadAsText(text);
  return 0;
}
