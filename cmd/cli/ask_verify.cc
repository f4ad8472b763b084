#include "cmd/cli/ask_verify.h"

#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/answer_check.h"
#include "client/answer_file.h"
#include "cmd/cli/ask_seal_rates.h"
#include "cmd/cli/ask_text.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/settings.h"

namespace sightline::cli {
namespace {

absl::StatusOr<int> Verify(const AskFlags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  ASSIGN_OR_RETURN(const checkpoint::LogKeySet keys, TrustedKeys(settings));
  std::ifstream in(flags.file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)),
                          std::istreambuf_iterator<char>());
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", flags.file));
  const auto file = client::ParseAnswerFile(bytes);
  if (!file.ok()) return base::Annotate(file.status(), flags.file);
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
  AddTrustOptions(verify, &flags->settings);
  SetAction(verify, run, [flags, run] { return Verify(*flags, *run); });
}

}  // namespace sightline::cli
