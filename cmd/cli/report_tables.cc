#include "cmd/cli/report_tables.h"

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "cmd/cli/ask_text.h"
#include "records/entry_facts.h"
#include "records/request_row.h"
#include "records/statistics.h"
#include "statement/offences.h"
#include "statement/text.h"
#include "statement/vocabulary_text.h"

namespace sightline::cli {
namespace {

using Requests = absl::Span<const v1::RequestRow>;
using statement::Text;

std::string Number(uint64_t value) { return absl::StrCat(value); }

// How requests with one value in common ended.
struct Ending {
  uint64_t requests = 0;
  uint64_t fulfilled = 0;
  uint64_t not_fulfilled = 0;
  uint64_t unanswered = 0;
  uint64_t answer_ms = 0;

  void Add(const v1::RequestRow& row) {
    ++requests;
    if (row.carried_out()) {
      ++fulfilled;
    } else if (row.answered_index() != 0) {
      ++not_fulfilled;
    }
    if (row.answered_index() == 0) {
      ++unanswered;
    } else {
      answer_ms += static_cast<uint64_t>(row.answered_unix_ms() -
                                         row.facts().admitted_unix_ms());
    }
  }
  std::string MeanHours() const {
    const uint64_t answered = requests - unanswered;
    if (answered == 0) return "";
    return absl::StrFormat("%.1f", static_cast<double>(answer_ms) / 3'600'000 /
                                       static_cast<double>(answered));
  }
};

// A request may count under several values, or none.
using ValuesOf =
    std::function<std::vector<std::string>(const v1::RequestRow& row)>;

ReportTable EndingsBy(const char* title, const char* what, Requests requests,
                      const ValuesOf& values_of) {
  std::map<std::string, Ending> endings;
  for (const v1::RequestRow& row : requests) {
    for (const std::string& value : values_of(row)) endings[value].Add(row);
  }
  ReportTable table;
  table.title = title;
  table.columns = {what,
                   "requests",
                   "fulfilled",
                   "not fulfilled",
                   "without answer",
                   "mean hours to answer"};
  for (const auto& [value, ending] : endings) {
    table.rows.push_back({value, Number(ending.requests),
                          Number(ending.fulfilled),
                          Number(ending.not_fulfilled),
                          Number(ending.unanswered), ending.MeanHours()});
  }
  return table;
}

std::string OffenceName(const std::string& code) {
  const statement::Offence* const offence = statement::FindOffence(code);
  if (code.empty()) return "none given";
  return offence == nullptr ? code : absl::StrCat(code, " ", offence->name);
}

std::string Addressee(const v1::RequestRow& row) {
  const std::string& custodian = row.facts().request().custodian();
  return absl::StrCat(
      custodian.empty() ? "owners directly" : custodian,
      records::IsEmergency(row.facts().request()) ? ", emergency" : "");
}

std::vector<std::string> DataTypes(const v1::RequestRow& row) {
  std::vector<std::string> out;
  for (const int category : row.facts().request().data_categories()) {
    out.push_back(Text(static_cast<v1::DataCategory>(category)));
  }
  return out;
}

ReportTable CountsOf(const char* title, const char* what,
                     const std::map<std::string, uint64_t>& counts) {
  ReportTable table;
  table.title = title;
  table.columns = {what, "count"};
  for (const auto& [value, count] : counts) {
    table.rows.push_back({value, Number(count)});
  }
  return table;
}

ReportTable RefusalGrounds(Requests requests) {
  std::map<std::string, uint64_t> counts;
  for (const v1::RequestRow& row : requests) {
    for (const v1::TimelineEvent& event : row.events()) {
      if (event.has_response() && event.response().refusal_ground() != 0) {
        ++counts[Text(event.response().refusal_ground())];
      }
    }
  }
  return CountsOf("Grounds of refusal", "ground", counts);
}

ReportTable OnwardSharing(Requests requests) {
  std::map<std::string, uint64_t> counts;
  for (const v1::RequestRow& row : requests) {
    for (const v1::TimelineEvent& event : row.events()) {
      if (!event.amendment().has_onward_sharing()) continue;
      const v1::OnwardSharing& sharing = event.amendment().onward_sharing();
      ++counts[absl::StrCat(statement::Printable(sharing.recipient()), ", ",
                            Text(sharing.basis()))];
    }
  }
  return CountsOf("Shared with others", "recipient and legal basis", counts);
}

ReportTable EmergencyNotice(Requests requests) {
  std::map<std::string, uint64_t> counts;
  for (const v1::RequestRow& row : requests) {
    if (!records::IsEmergency(row.facts().request())) continue;
    ++counts[statement::Text(v1::NoticeState_descriptor(), row.notice())];
  }
  return CountsOf("Emergencies: notice to the user", "notice", counts);
}

ReportTable EmergencyReview(Requests requests) {
  std::map<std::string, uint64_t> counts;
  for (const v1::RequestRow& row : requests) {
    if (!records::IsEmergency(row.facts().request())) continue;
    const std::string state =
        statement::Text(v1::ReviewState_descriptor(), row.review());
    ++counts[row.review_verdict() == 0
                 ? state
                 : absl::StrCat(state, ", ", Text(row.review_verdict()))];
  }
  return CountsOf("Emergencies: review", "review", counts);
}

std::string Range(const v1::ResidentRange& range) {
  return absl::StrCat(range.least(), " to ",
                      range.open() > 0 ? "more than " : "", range.most());
}

ReportTable Totals(Requests requests) {
  v1::Statistics sum;
  for (const v1::RequestRow& row : requests) {
    records::Add(records::StatisticsOf(row), &sum);
  }
  ReportTable table;
  table.title = "In all";
  table.columns = {"what", "count"};
  table.rows = {
      {"requests", Number(sum.requests())},
      {"answered", Number(sum.answered())},
      {"against the policy in force", Number(sum.violations())},
      {"against it and carried out", Number(sum.violations_carried_out())},
      {"emergencies", Number(sum.emergencies())},
      {"declared assembly-related", Number(sum.assembly_related())},
      {"include indoor cameras", Number(sum.indoor())},
      {"sealed when submitted", Number(sum.with_seals())},
      {"declined, then compelled", Number(sum.compelled_after_decline())},
      {"camera-hours asked", Number(sum.camera_hours_asked())},
      {"camera-hours given", Number(sum.camera_hours_given())},
      {"clips given", Number(sum.clips())},
      {"residents asked", Range(sum.notified())},
      {"residents who shared", Range(sum.shared())},
      {"residents who declined", Range(sum.declined())},
      {"residents who did nothing", Range(sum.no_action())},
      {"residents who opted out", Range(sum.opted_out())}};
  return table;
}

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

constexpr char kStyle[] =
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;"
    "padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;margin:.5rem 0 2rem}"
    "th,td{border:1px solid #bbb;padding:.3rem .7rem;text-align:left}"
    "td+td{text-align:right}caption{text-align:left;font-weight:bold;"
    "padding:.3rem 0}";

void AppendTable(const ReportTable& table, std::string* html) {
  absl::StrAppend(html, "<table><caption>", Escaped(table.title),
                  "</caption>\n<thead><tr>");
  for (const std::string& column : table.columns) {
    absl::StrAppend(html, "<th scope=\"col\">", Escaped(column), "</th>");
  }
  absl::StrAppend(html, "</tr></thead>\n<tbody>\n");
  for (const auto& row : table.rows) {
    absl::StrAppend(html, "<tr>");
    for (const std::string& cell : row) {
      absl::StrAppend(html, "<td>", Escaped(cell), "</td>");
    }
    absl::StrAppend(html, "</tr>\n");
  }
  absl::StrAppend(html, "</tbody></table>\n");
}

}  // namespace

std::vector<ReportTable> MakeReport(Requests requests) {
  const auto one = [](std::string value) {
    return std::vector<std::string>{std::move(value)};
  };
  return {
      Totals(requests),
      EndingsBy("By legal standard", "legal process", requests,
                [&](const auto& row) {
                  return one(Text(row.facts().request().legal_process()));
                }),
      EndingsBy("By addressee", "addressee", requests,
                [&](const auto& row) { return one(Addressee(row)); }),
      EndingsBy("By type of data", "data", requests, DataTypes),
      EndingsBy("By channel", "channel", requests,
                [&](const auto& row) {
                  return one(Text(row.facts().request().channel()));
                }),
      EndingsBy("By justification: purpose", "purpose", requests,
                [&](const auto& row) {
                  return one(row.facts().request().purpose() == 0
                                 ? "none given"
                                 : Text(row.facts().request().purpose()));
                }),
      EndingsBy("By justification: offence", "offence", requests,
                [&](const auto& row) {
                  return one(OffenceName(row.facts().request().offence_code()));
                }),
      RefusalGrounds(requests),
      OnwardSharing(requests),
      EmergencyNotice(requests),
      EmergencyReview(requests),
  };
}

std::string ReportCsv(absl::Span<const ReportTable> tables) {
  std::string csv = "table,row,column,value\n";
  for (const ReportTable& table : tables) {
    for (const auto& row : table.rows) {
      for (size_t i = 1; i < row.size(); ++i) {
        absl::StrAppend(&csv, CsvField(table.title), ",", CsvField(row[0]), ",",
                        CsvField(table.columns[i]), ",", CsvField(row[i]),
                        "\n");
      }
    }
  }
  return csv;
}

std::string ReportHtml(absl::string_view heading,
                       absl::Span<const std::string> notes,
                       absl::Span<const ReportTable> tables) {
  std::string html = absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<title>",
      Escaped(heading), "</title>\n<style>", kStyle,
      "</style></head>\n<body>\n", "<h1>", Escaped(heading), "</h1>\n");
  for (const std::string& note : notes) {
    absl::StrAppend(&html, "<p>", Escaped(note), "</p>\n");
  }
  for (const ReportTable& table : tables) {
    if (!table.rows.empty()) AppendTable(table, &html);
  }
  absl::StrAppend(&html, "</body></html>\n");
  return html;
}

}  // namespace sightline::cli
