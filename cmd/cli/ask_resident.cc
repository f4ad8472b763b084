#include "cmd/cli/ask_resident.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cmd/cli/ask_answer.h"
#include "cmd/cli/ask_text.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "statement/tally.h"
#include "statement/tally_file.h"
#include "statement/timestamps.h"

namespace sightline::cli {
namespace {

// What `tally build` wrote for this resident.
absl::StatusOr<statement::TallyReceipt> ReadTallyReceipt(
    const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  auto receipt = statement::ParseTallyReceipt(text);
  if (!receipt.ok()) {
    return base::Annotate(receipt.status(),
                          absl::StrCat(path, ": not a tally receipt"));
  }
  return receipt;
}

// Of requests, by index: the answer that counts this resident.
using CountedBy = std::map<uint64_t, uint64_t>;

CountedBy FindCounted(const statement::TallyReceipt& receipt,
                      const v1::AnswerFile& file) {
  CountedBy found;
  for (const v1::AnswerFile::Page& page : file.pages()) {
    for (const v1::RequestRow& row : page.search().rows()) {
      for (const v1::TimelineEvent& event : row.events()) {
        if (event.has_response() &&
            statement::VerifyTallyReceipt(receipt, event.response()).ok()) {
          found.emplace(row.facts().index(), event.index());
        }
      }
    }
  }
  return found;
}

// The second half of the question. In CSV it is a column.
void ShowCounted(const statement::TallyReceipt& receipt,
                 const CountedBy& counted, bool csv, Output& out) {
  const std::string answer(statement::TallyAnswerName(receipt.leaf.answer));
  if (out.json()) {
    Json json = {{"valid", !counted.empty()}, {"answer", answer}};
    if (!counted.empty()) {
      json["index"] = counted.begin()->second;
      json["request"] = counted.begin()->first;
    }
    out.JsonLine({{"counted", json}});
  } else if (csv) {
    return;
  } else if (counted.empty()) {
    out.Line("NOT COUNTED: no answer to these requests holds yours as given.");
  } else {
    out.Line(absl::StrCat("COUNTED: entry ", counted.begin()->second,
                          ", the answer to request ", counted.begin()->first,
                          ", counts yours as \"", answer, "\"."));
  }
}

// A search without a place: of the time that the options name.
absl::StatusOr<v1::AnswerFile> TimeQuestion(const AskFlags& flags) {
  ASSIGN_OR_RETURN(v1::AnswerFile question, SearchFor(flags));
  v1::RequestFilter& filter = *question.mutable_search()->mutable_filter();
  filter.clear_s2_cell();
  filter.clear_county_fips();
  if (!flags.at.empty()) {
    RETURN_IF_ERROR(FillTime("--at", flags.at, filter.mutable_touches_from()));
    *filter.mutable_touches_before() = filter.touches_from();
    filter.mutable_touches_before()->set_seconds(
        filter.touches_from().seconds() + 60);
  }
  return question;
}

// The rows of both, by index. A request for a cell is one by cell alone: by county
// it would be its agency's.
void Merge(const client::ProvenAnswer& by_county, client::ProvenAnswer* out) {
  std::map<uint64_t, v1::RequestRow> rows;
  for (const v1::AnswerFile::Page& page : out->file.pages()) {
    for (const v1::RequestRow& row : page.search().rows()) {
      rows[row.facts().index()] = row;
    }
  }
  for (const v1::AnswerFile::Page& page : by_county.file.pages()) {
    for (const v1::RequestRow& row : page.search().rows()) {
      if (!row.facts().request().area().s2_cell().empty()) continue;
      rows[row.facts().index()] = row;
    }
  }
  out->file.clear_pages();
  v1::SearchRequestsResponse& page = *out->file.add_pages()->mutable_search();
  for (auto& [index, row] : rows) *page.add_rows() = std::move(row);
  out->verdict.rows = rows.size();
  out->has_more = out->has_more || by_county.has_more;
}

// Whoever was in a cell was in its county, too: two questions, each proven.
absl::StatusOr<client::ProvenAnswer> AskWithin(const AskFlags& flags,
                                               Invocation& run) {
  ASSIGN_OR_RETURN(v1::AnswerFile question, TimeQuestion(flags));
  v1::SearchRequestsRequest& search = *question.mutable_search();
  search.mutable_filter()->set_s2_cell(flags.cell);
  if (flags.cell.empty()) {
    search.mutable_filter()->set_county_fips(flags.county);
  }
  if (flags.cell.empty() || flags.county.empty()) {
    return Ask(flags, question, run);
  }
  AskFlags of_county = flags;
  if (!flags.proof.empty()) {
    of_county.proof = absl::StrCat(flags.proof, ".county");
    RETURN_IF_ERROR(CheckAbsent(of_county.proof));
  }
  ASSIGN_OR_RETURN(client::ProvenAnswer within, Ask(flags, question, run));
  search.mutable_filter()->clear_s2_cell();
  search.mutable_filter()->set_county_fips(flags.county);
  *search.mutable_as_of() = statement::FromUnixMs(within.verdict.as_of_unix_ms);
  ASSIGN_OR_RETURN(const client::ProvenAnswer by_county,
                   Ask(of_county, question, run));
  Merge(by_county, &within);
  return within;
}

// What half a question does not find.
void ShowNotAsked(const AskFlags& flags, Output& out) {
  std::string text;
  if (flags.county.empty()) {
    text =
        "Requests for a county or a state were not looked at, all legal "
        "process and emergencies among them: give --county as well.";
  } else if (flags.cell.empty()) {
    text =
        "Requests for an area within a county were looked at by their agency's "
        "county: give --cell as well.";
  } else {
    return;
  }
  if (out.json() || flags.csv) {
    out.Warn(text);
  } else {
    out.Line(text);
  }
}

absl::StatusOr<int> Me(const AskFlags& flags, Invocation& run) {
  if (flags.cell.empty() && flags.county.empty()) {
    return absl::InvalidArgumentError(
        "want --cell and --county, or one of them: where you were");
  }
  statement::TallyReceipt receipt;
  if (!flags.tally.empty()) {
    ASSIGN_OR_RETURN(receipt, ReadTallyReceipt(flags.tally));
  }
  ASSIGN_OR_RETURN(const client::ProvenAnswer answer, AskWithin(flags, run));
  Output out = run.MakeOutput();
  AnswerStyle style;
  style.csv = flags.csv;
  if (!flags.tally.empty()) {
    style.counted_by = FindCounted(receipt, answer.file);
  }
  RETURN_IF_ERROR(PrintAnswer(answer.file, answer.verdict, style, out));
  if (answer.has_more) out.Note("there is more: --max-rows ended it");
  ShowNotAsked(flags, out);
  if (!style.counted_by.has_value()) return kExitOk;
  ShowCounted(receipt, *style.counted_by, flags.csv, out);
  return style.counted_by->empty() ? kExitNotValid : kExitOk;
}

}  // namespace

void AddMe(CLI::App* ask, Invocation* run,
           const std::shared_ptr<AskFlags>& flags) {
  CLI::App* const me = ask->add_subcommand(
      "me", "Was I within a request, and was my answer counted (5)");
  me->add_option("--cell", flags->cell,
                 "The S2 cell you were in: requests for an area that holds it "
                 "or lies in it");
  me->add_option("--county", flags->county,
                 "The county you were in, 06037: requests for it or its state, "
                 "as all legal process and emergencies are. Give both: either "
                 "will do for a request to be found");
  me->add_option("--at", flags->at, "When; else any time");
  me->add_option("--tally", flags->tally,
                 "Your tally receipt, as `tally verify` takes it");
  AddResidentFilters(me, flags.get());
  AddAnswerOptions(me, flags.get());
  me->get_option("--proof")
      ->description(
          "Also write a file that `ask verify` checks without the log; of "
          "--county beside --cell, a second one: FILE.county")
      ->type_name("FILE");
  SetAction(me, run, [flags, run] { return Me(*flags, *run); });
}

}  // namespace sightline::cli
