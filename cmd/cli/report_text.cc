#include "cmd/cli/report_text.h"

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "cmd/cli/ask_text.h"
#include "statement/timestamps.h"

namespace sightline::cli {

google::protobuf::Timestamp StartOfYear(int year) {
  return statement::FromUnixMs(absl::ToUnixMillis(
      absl::FromCivil(absl::CivilSecond(year, 1, 1), absl::UTCTimeZone())));
}

std::string ApartFrom(const Gaps& gaps) {
  if (gaps.sealed == 0) return "";
  return absl::StrCat(", apart from ", Counted(gaps.sealed, "request"),
                      " sealed as a whole, whoever's, as the log says (",
                      gaps.sealed_months, ")");
}

void ShowReport(const std::string& heading,
                const std::vector<std::string>& notes,
                const std::vector<ReportTable>& tables, Output& out) {
  if (out.json()) {
    Json json = Json::array();
    for (const ReportTable& table : tables) {
      json.push_back({{"table", table.title},
                      {"columns", table.columns},
                      {"rows", table.rows}});
    }
    out.Document({{"heading", heading}, {"notes", notes}, {"tables", json}});
    return;
  }
  out.Line(heading);
  for (const std::string& note : notes) out.Line(note);
  for (const ReportTable& table : tables) {
    if (table.rows.empty()) continue;
    out.Line("");
    out.Line(table.title);
    for (const auto& row : table.rows) {
      std::string text;
      for (size_t i = 1; i < row.size(); ++i) {
        if (row[i].empty()) continue;
        absl::StrAppend(
            &text, i == 1 ? "" : ", ", row[i],
            row.size() == 2 ? "" : absl::StrCat(" ", table.columns[i]));
      }
      out.Line(absl::StrCat("  ", row[0], ": ", text));
    }
  }
}

}  // namespace sightline::cli
