#include "cmd/cli/ask_resident.h"

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

// Whether some answer to one of the requests has counted it.
absl::StatusOr<int> ShowCounted(const statement::TallyReceipt& receipt,
                                const v1::AnswerFile& file, Output& out) {
  for (const v1::AnswerFile::Page& page : file.pages()) {
    for (const v1::RequestRow& row : page.search().rows()) {
      for (const v1::TimelineEvent& event : row.events()) {
        if (!event.has_response() ||
            !statement::VerifyTallyReceipt(receipt, event.response()).ok()) {
          continue;
        }
        out.Line(absl::StrCat(
            "COUNTED: entry ", event.index(), ", the answer to request ",
            row.facts().index(), ", counts yours as \"",
            statement::TallyAnswerName(receipt.leaf.answer), "\"."));
        return kExitOk;
      }
    }
  }
  out.Line("NOT COUNTED: no answer to these requests holds yours as given.");
  return kExitNotValid;
}

absl::StatusOr<int> Me(const AskFlags& flags, Invocation& run) {
  if (flags.cell.empty() && flags.county.empty()) {
    return absl::InvalidArgumentError(
        "want --cell or --county: where you were");
  }
  statement::TallyReceipt receipt;
  if (!flags.tally.empty()) {
    ASSIGN_OR_RETURN(receipt, ReadTallyReceipt(flags.tally));
  }
  ASSIGN_OR_RETURN(v1::AnswerFile question, SearchFor(flags));
  v1::RequestFilter& filter = *question.mutable_search()->mutable_filter();
  if (!flags.at.empty()) {
    RETURN_IF_ERROR(FillTime("--at", flags.at, filter.mutable_touches_from()));
    *filter.mutable_touches_before() = filter.touches_from();
    filter.mutable_touches_before()->set_seconds(
        filter.touches_from().seconds() + 60);
  }
  ASSIGN_OR_RETURN(const client::ProvenAnswer answer,
                   Ask(flags, question, run));
  Output out = run.MakeOutput();
  AnswerStyle style;
  style.csv = flags.csv;
  RETURN_IF_ERROR(PrintAnswer(answer.file, answer.verdict, style, out));
  if (flags.tally.empty() || out.json() || flags.csv) return kExitOk;
  return ShowCounted(receipt, answer.file, out);
}

}  // namespace

void AddMe(CLI::App* ask, Invocation* run,
           const std::shared_ptr<AskFlags>& flags) {
  CLI::App* const me = ask->add_subcommand(
      "me", "Was I within a request, and was my answer counted (5)");
  AddPlace(me, flags.get());
  me->add_option("--at", flags->at, "When; else any time");
  me->add_option("--tally", flags->tally,
                 "Your tally receipt, as `tally verify` takes it");
  AddAnswerOptions(me, flags.get());
  SetAction(me, run, [flags, run] { return Me(*flags, *run); });
}

}  // namespace sightline::cli
