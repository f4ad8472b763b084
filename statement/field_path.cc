#include "statement/field_path.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/kinds.h"
#include "statement/sealed_paths.h"

namespace sightline::statement {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr size_t kMaxPathBytes = 200;

// Takes "[12]" off the end of `part`. False when there is none.
bool ConsumeIndex(absl::string_view* part) {
  if (!absl::ConsumeSuffix(part, "]")) return false;
  const absl::string_view::size_type open = part->rfind('[');
  if (open == absl::string_view::npos) return false;
  const absl::string_view digits = part->substr(open + 1);
  *part = part->substr(0, open);
  return !digits.empty() && digits.size() <= 5 &&
         std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit);
}

// Whether `parts[i...]` lead to a field below `type`.
bool Leads(const Descriptor* type, const std::vector<absl::string_view>& parts,
           size_t i) {
  absl::string_view name = parts[i];
  const bool indexed = absl::EndsWith(name, "]");
  if (indexed && !ConsumeIndex(&name)) return false;
  const FieldDescriptor* field = type->FindFieldByName(std::string(name));
  if (field == nullptr || (indexed && !field->is_repeated())) return false;
  if (i + 1 == parts.size()) return true;
  if (field->is_repeated() && !indexed) return false;
  return field->message_type() != nullptr &&
         Leads(field->message_type(), parts, i + 1);
}

}  // namespace

bool IsFieldPathOf(v1::StatementKind kind, absl::string_view path) {
  if (path.size() > kMaxPathBytes) return false;
  const std::vector<absl::string_view> parts = absl::StrSplit(path, '.');
  if (parts.size() < 2) return false;
  if (parts[0] != "header" && parts[0] != KindName(kind)) return false;
  if (parts.size() == 2 && parts[0] != "header" &&
      IsSealedPath(kind, parts[1])) {
    return true;
  }
  return Leads(v1::Statement::descriptor(), parts, 0);
}

bool IsFieldPath(absl::string_view path) {
  for (v1::StatementKind kind : AllKinds()) {
    if (IsFieldPathOf(kind, path)) return true;
  }
  return false;
}

}  // namespace sightline::statement
