#include "cmd/cli/ask_seal_rates.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "cmd/cli/ask_text.h"
#include "records/entry_facts.h"
#include "statement/seal_rates.h"

namespace sightline::cli {
namespace {

absl::StatusOr<statement::SealRates> CountRates(const v1::AnswerFile& file) {
  statement::SealRates rates;
  uint64_t index = 0;
  for (const std::string& bytes : file.entries()) {
    ASSIGN_OR_RETURN(const records::RecordEntry entry,
                     records::ReadRecordEntry(index++, bytes));
    rates.Next(entry.statement);
  }
  return rates;
}

std::string Percent(uint64_t part, uint64_t whole) {
  if (whole == 0) return "";
  return absl::StrFormat(
      "%.1f", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string ShareText(uint64_t part, uint64_t whole, const char* what) {
  return absl::StrCat(
      part, " of ", Counted(whole, what),
      whole == 0 ? "" : absl::StrCat(" (", Percent(part, whole), "%)"));
}

std::string LineText(const std::string& submitter,
                     const statement::SealRate& rate) {
  return absl::StrCat(
      submitter, "  sealed ",
      ShareText(rate.sealed_requests, rate.requests, "request"), ", ",
      ShareText(rate.sealed_entries, rate.entries, "entry"),
      "; by own decision ", rate.own_decision, ", by court or statute ",
      rate.granted(), "; ", Counted(rate.renewals, "renewal"));
}

std::string CsvText(const std::string& submitter,
                    const statement::SealRate& rate) {
  return absl::StrCat(
      CsvField(submitter), ",", rate.requests, ",", rate.sealed_requests, ",",
      rate.entries, ",", rate.sealed_entries, ",",
      Percent(rate.sealed_entries, rate.entries), ",", rate.own_decision, ",",
      rate.granted(), ",", rate.renewals);
}

Json JsonOf(const std::string& submitter, const statement::SealRate& rate) {
  return {{"submitter", submitter},
          {"requests", rate.requests},
          {"sealed_requests", rate.sealed_requests},
          {"entries", rate.entries},
          {"sealed_entries", rate.sealed_entries},
          {"own_decision", rate.own_decision},
          {"court_or_statute", rate.granted()},
          {"renewals", rate.renewals}};
}

constexpr char kCsvHeader[] =
    "submitter,requests,sealed_requests,entries,sealed_entries,"
    "sealed_percent,own_decision,court_or_statute,renewals";

}  // namespace

v1::AnswerFile SealRatesQuestion() {
  v1::AnswerFile question;
  v1::GetStatisticsRequest& statistics = *question.mutable_statistics();
  statistics.set_group_by(v1::STATISTICS_GROUPING_AGENCY);
  statistics.set_page_size(200);
  return question;
}

absl::Status PrintSealRates(const v1::AnswerFile& file,
                            const client::AnswerVerdict& verdict,
                            absl::string_view submitter, bool csv,
                            Output& out) {
  if (!file.has_statistics() || !verdict.is_complete) {
    return absl::InvalidArgumentError(
        "--rates: wants an answer of `ask seals --rates` or `ask compare`: "
        "others do not bring every entry");
  }
  ASSIGN_OR_RETURN(const statement::SealRates rates, CountRates(file));
  const bool json = out.json();
  if (csv && !json) out.Line(kCsvHeader);
  uint64_t rows = 0;
  for (const auto& [who, rate] : rates.rates()) {
    if (!submitter.empty() && who != submitter) continue;
    ++rows;
    if (json) {
      out.JsonLine(JsonOf(who, rate));
    } else {
      out.Line(csv ? CsvText(who, rate) : LineText(who, rate));
    }
  }
  if (json || csv) return absl::OkStatus();
  out.Line(absl::StrCat(
      Counted(rows, "submitter"), ", counted from every entry of the log of ",
      verdict.tree_size, " entries. Seals of personal data are left out."));
  return absl::OkStatus();
}

}  // namespace sightline::cli
