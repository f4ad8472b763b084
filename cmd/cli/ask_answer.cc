#include "cmd/cli/ask_answer.h"

#include <memory>

#include "base/status_macros.h"
#include "client/answer_file.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/settings.h"

namespace sightline::cli {

absl::StatusOr<client::ProvenAnswer> Ask(const AskFlags& flags,
                                         const v1::AnswerFile& question,
                                         Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  if (!flags.proof.empty()) RETURN_IF_ERROR(CheckAbsent(flags.proof));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  client::RecordClient records(&session->log());
  ASSIGN_OR_RETURN(client::ProvenAnswer answer,
                   records.Ask(question, {.max_rows = flags.max_rows}));
  if (!flags.proof.empty()) {
    if (answer.has_more) {
      return absl::InvalidArgumentError(
          "--proof: is of whole answers, and --max-rows cut this one");
    }
    RETURN_IF_ERROR(
        WriteFile(flags.proof, client::FormatAnswerFile(answer.file)));
  }
  return answer;
}

absl::StatusOr<int> Answer(const AskFlags& flags,
                           const v1::AnswerFile& question, AnswerStyle style,
                           Invocation& run) {
  ASSIGN_OR_RETURN(const client::ProvenAnswer answer,
                   Ask(flags, question, run));
  style.csv = flags.csv;
  Output out = run.MakeOutput();
  RETURN_IF_ERROR(PrintAnswer(answer.file, answer.verdict, style, out));
  if (answer.has_more) out.Note("there is more: --max-rows ended it");
  return kExitOk;
}

}  // namespace sightline::cli
