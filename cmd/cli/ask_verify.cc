#include "cmd/cli/ask_verify.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "checkpoint/log_keys.h"
#include "client/answer_check.h"
#include "cmd/cli/ask_seal_rates.h"
#include "cmd/cli/ask_text.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/report_tables.h"
#include "cmd/cli/report_text.h"
#include "cmd/cli/report_verify.h"
#include "cmd/cli/settings.h"

namespace sightline::cli {
namespace {

// Of a report: what its two files prove together.
absl::StatusOr<int> VerifyBoth(const AskFlags& flags,
                               const checkpoint::LogKeySet& keys,
                               Invocation& run) {
  const auto year = VerifyReport(flags.file, keys);
  Output out = run.MakeOutput();
  if (!year.ok()) {
    if (!absl::IsDataLoss(year.status())) return year.status();
    out.Line(absl::StrCat(out.Paint(Color::kRed, "NOT VALID"), "  ",
                          year.status().message()));
    return kExitNotValid;
  }
  const std::vector<ReportTable> tables = MakeReport(year->rows);
  if (flags.csv) {
    out.Raw(ReportCsv(tables));
    return kExitOk;
  }
  if (!out.json()) {
    out.Line(absl::StrCat(out.Paint(Color::kGreen, "VALID"), "  ", flags.file,
                          " and ", flags.file, ".feed, of ", keys.origin()));
  }
  ShowReport(
      absl::StrCat("Requests for footage by ", year->agency, ", ", year->year,
                   ": ", Counted(year->rows.size(), "request"),
                   ", each proven, none missing", ApartFrom(year->gaps), "."),
      {}, tables, out);
  return kExitOk;
}

absl::StatusOr<int> Verify(const AskFlags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  ASSIGN_OR_RETURN(const checkpoint::LogKeySet keys, TrustedKeys(settings));
  if (flags.report) return VerifyBoth(flags, keys, run);
  const auto file = ReadAnswerFile(flags.file);
  if (!file.ok()) return file.status();
  const auto verdict = client::CheckAnswer(*file, client::OpenWith(&keys));
  Output out = run.MakeOutput();
  if (!verdict.ok()) {
    if (!absl::IsDataLoss(verdict.status())) {
      return base::Annotate(verdict.status(), flags.file);
    }
    out.Line(absl::StrCat(out.Paint(Color::kRed, "NOT VALID"), "  ", flags.file,
                          ": ", verdict.status().message()));
    return kExitNotValid;
  }
  if (!out.json() && !flags.csv) {
    out.Line(absl::StrCat(out.Paint(Color::kGreen, "VALID"), "  ", flags.file,
                          ", of ", keys.origin()));
  }
  if (flags.rates) {
    RETURN_IF_ERROR(PrintSealRates(*file, *verdict, "", flags.csv, out));
    return kExitOk;
  }
  AnswerStyle style;
  style.csv = flags.csv;
  RETURN_IF_ERROR(PrintAnswer(*file, *verdict, style, out));
  return kExitOk;
}

}  // namespace

void AddVerify(CLI::App* ask, Invocation* run,
               const std::shared_ptr<AskFlags>& flags) {
  CLI::App* const verify = ask->add_subcommand(
      "verify", "Check an answer that --proof wrote, without the log");
  verify->add_option("FILE", flags->file, "The file")->required();
  verify->add_flag("--csv", flags->csv, "Rows as CSV, with a header");
  verify->add_flag("--rates", flags->rates,
                   "Of `seals --rates` or `compare`: how much each submitter "
                   "seals");
  verify->add_flag("--report", flags->report,
                   "Of `report --proof FILE`: FILE and FILE.feed together");
  AddTrustOptions(verify, &flags->settings);
  SetAction(verify, run, [flags, run] { return Verify(*flags, *run); });
}

}  // namespace sightline::cli
