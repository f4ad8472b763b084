#include "cmd/cli/report.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/answer_file.h"
#include "client/record_client.h"
#include "cmd/cli/ask_text.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/report_check.h"
#include "cmd/cli/report_tables.h"
#include "cmd/cli/report_text.h"
#include "cmd/cli/settings.h"
#include "statement/describe.h"
#include "statement/text.h"
#include "statement/timestamps.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  std::string agency;
  int year = 0;
  std::string csv;
  std::string html;
  std::string proof;
};

// Where the proof goes that there are no other requests.
std::string FeedPath(const Flags& flags) {
  return flags.proof.empty() ? "" : absl::StrCat(flags.proof, ".feed");
}

// Every request of the year, and the feed that shows that there are no others.
struct YearAnswers {
  client::ProvenAnswer requests;
  client::ProvenAnswer feed;
};

absl::StatusOr<YearAnswers> AskYear(const Flags& flags,
                                    client::RecordClient& records) {
  YearAnswers out;
  v1::AnswerFile feed;
  feed.mutable_feed()->set_submitter(flags.agency);
  *feed.mutable_feed()->mutable_admitted_from() = StartOfYear(flags.year);
  *feed.mutable_feed()->mutable_admitted_before() = StartOfYear(flags.year + 1);
  ASSIGN_OR_RETURN(out.feed, records.Ask(feed));
  v1::AnswerFile search;
  v1::RequestFilter& filter = *search.mutable_search()->mutable_filter();
  filter.add_submitters(flags.agency);
  *filter.mutable_admitted_from() = StartOfYear(flags.year);
  *filter.mutable_admitted_before() = StartOfYear(flags.year + 1);
  ASSIGN_OR_RETURN(out.requests, records.Ask(search));
  return out;
}

// The feed was asked for first: what came since is not held against it.
std::vector<v1::RequestRow> RowsOf(const YearAnswers& answers) {
  std::vector<v1::RequestRow> rows;
  for (const v1::AnswerFile::Page& page : answers.requests.file.pages()) {
    for (const v1::RequestRow& row : page.search().rows()) {
      if (row.facts().index() < answers.feed.verdict.tree_size) {
        rows.push_back(row);
      }
    }
  }
  return rows;
}

std::vector<std::string> NotesOf(const Flags& flags, const std::string& origin,
                                 const YearAnswers& answers, const Gaps& gaps) {
  std::vector<std::string> notes = {
      absl::StrCat("From the log ", origin, " of ",
                   answers.feed.verdict.tree_size, " entries, as of ",
                   statement::TimeText(answers.requests.verdict.as_of_unix_ms),
                   ". Every request was made again from its proven entries."),
      absl::StrCat(
          "These are all requests that ", flags.agency, " had logged in ",
          flags.year, " (UTC)", ApartFrom(gaps),
          ": its entries are numbered and linked, and none is missing.")};
  for (const uint64_t index : gaps.opened_again) {
    notes.push_back(absl::StrCat(
        "Entry ", index,
        " opens a request that was opened before, as the log says, and is not "
        "counted."));
  }
  notes.emplace_back(
      "Not in the log, and not here: complaints, audits and "
      "costs.");
  return notes;
}

absl::Status Write(const Flags& flags, const std::string& heading,
                   const std::vector<std::string>& notes,
                   const std::vector<ReportTable>& tables,
                   const YearAnswers& answers) {
  if (!flags.csv.empty()) {
    RETURN_IF_ERROR(WriteFile(flags.csv, ReportCsv(tables)));
  }
  if (!flags.html.empty()) {
    RETURN_IF_ERROR(WriteFile(flags.html, ReportHtml(heading, notes, tables)));
  }
  if (!flags.proof.empty()) {
    RETURN_IF_ERROR(WriteFile(flags.proof,
                              client::FormatAnswerFile(answers.requests.file)));
    RETURN_IF_ERROR(WriteFile(FeedPath(flags),
                              client::FormatAnswerFile(answers.feed.file)));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> Report(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  for (const std::string& path :
       {flags.csv, flags.html, flags.proof, FeedPath(flags)}) {
    if (!path.empty()) RETURN_IF_ERROR(CheckAbsent(path));
  }
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  client::RecordClient records(&session->log());
  ASSIGN_OR_RETURN(const YearAnswers answers, AskYear(flags, records));
  const std::vector<v1::RequestRow> rows = RowsOf(answers);
  if (!answers.feed.verdict.is_complete) {
    return absl::DataLossError(absl::StrCat("the feed of ", flags.agency,
                                            " is not shown to be complete"));
  }
  ASSIGN_OR_RETURN(
      const Gaps gaps,
      CheckAllThere(rows, answers.feed.file,
                    {statement::ToUnixMs(StartOfYear(flags.year)),
                     statement::ToUnixMs(StartOfYear(flags.year + 1))}));
  const std::string name = rows.empty() || rows[0].agency().name().empty()
                               ? flags.agency
                               : statement::Printable(rows[0].agency().name());
  const std::string heading =
      absl::StrCat("Requests for footage by ", name, ", ", flags.year);
  const std::vector<std::string> notes =
      NotesOf(flags, session->log().origin(), answers, gaps);
  const std::vector<ReportTable> tables = MakeReport(rows);
  RETURN_IF_ERROR(Write(flags, heading, notes, tables, answers));
  Output out = run.MakeOutput();
  if (flags.csv.empty() && flags.html.empty()) {
    ShowReport(heading, notes, tables, out);
  } else {
    out.Line(absl::StrCat(heading, ": ", Counted(rows.size(), "request"),
                          ", each proven, none missing", ApartFrom(gaps), "."));
  }
  return kExitOk;
}

}  // namespace

void AddReport(CLI::App* app, Invocation* run) {
  CLI::App* const report = app->add_subcommand(
      "report", "A year of one agency: text, CSV, or a page to publish");
  report->footer(
      "Example:\n"
      "  sightline report ori:CA0194200 --year 2020 --html report.html --csv "
      "report.csv");
  const auto flags = std::make_shared<Flags>();
  report->add_option("AGENCY", flags->agency, "Its id, ori:CA0194200")
      ->required();
  report->add_option("--year", flags->year, "Of admission, UTC")
      ->required()
      ->check(CLI::Range(1970, 9998));
  report->add_option("--csv", flags->csv, "Write the numbers to this file");
  report->add_option("--html", flags->html, "Write a page to this file");
  report
      ->add_option(
          "--proof", flags->proof,
          "Also write files that `ask verify --report` checks "
          "without the log: the requests, and in FILE.feed that there are no "
          "others")
      ->type_name("FILE");
  AddConnectionOptions(report, &flags->settings);
  SetAction(report, run, [flags, run] { return Report(*flags, *run); });
}

}  // namespace sightline::cli
