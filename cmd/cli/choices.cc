#include "cmd/cli/choices.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "statement/kinds.h"

namespace sightline::cli {

// The name, which help does not show, has them as IsMember describes its own.
CLI::Validator Offer(absl::string_view choices) {
  return CLI::Validator(
      [](std::string&) { return std::string(); }, "",
      absl::StrCat("{", absl::StrReplaceAll(choices, {{" ", ""}}), "}"));
}

std::string KindChoices() {
  std::vector<absl::string_view> names;
  for (const auto kind : statement::AllKinds()) {
    // The log makes it itself.
    if (kind == v1::STATEMENT_KIND_SEALED_STATEMENT) continue;
    names.push_back(statement::KindName(kind));
  }
  return absl::StrJoin(names, ", ");
}

std::vector<std::string> Offered(CLI::Option* option) {
  std::string set;
  try {
    const CLI::Validator& check = *option->get_validator(0);
    set = check.get_name().empty() ? check.get_description() : check.get_name();
  } catch (const CLI::OptionNotFound&) {  // no check at all
  }
  absl::string_view choices = set;
  if (!absl::ConsumePrefix(&choices, "{") ||
      !absl::ConsumeSuffix(&choices, "}")) {
    return {};
  }
  return absl::StrSplit(choices, ',', absl::SkipEmpty());
}

}  // namespace sightline::cli
