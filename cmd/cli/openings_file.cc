#include "cmd/cli/openings_file.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cmd/cli/files.h"
#include "cmd/cli/output.h"
#include "statement/json.h"

namespace sightline::cli {

absl::StatusOr<std::string> FormatOpeningsFile(
    absl::Span<const v1::SealOpening> openings) {
  Json list = Json::array();
  for (const v1::SealOpening& opening : openings) {
    ASSIGN_OR_RETURN(const std::string json, statement::OpeningToJson(opening));
    list.push_back(Json::parse(json, nullptr, /*allow_exceptions=*/false));
  }
  return absl::StrCat(list.dump(2), "\n");
}

absl::StatusOr<std::vector<v1::SealOpening>> ParseOpeningsFile(
    absl::string_view text) {
  const Json list = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!list.is_array()) {
    return absl::InvalidArgumentError("not a list of openings in JSON");
  }
  std::vector<v1::SealOpening> out;
  for (const Json& item : list) {
    ASSIGN_OR_RETURN(v1::SealOpening opening,
                     statement::OpeningFromJson(item.dump()));
    out.push_back(std::move(opening));
  }
  return out;
}

absl::StatusOr<std::vector<v1::SealOpening>> ReadOpeningsFile(
    const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  auto openings = ParseOpeningsFile(text);
  if (!openings.ok()) return base::Annotate(openings.status(), path);
  return openings;
}

}  // namespace sightline::cli
