#include "cmd/cli/ask_search.h"

#include <functional>

#include "base/status_macros.h"
#include "cmd/cli/ask_answer.h"
#include "cmd/cli/ask_text.h"

namespace sightline::cli {
namespace {

absl::StatusOr<int> Search(const AskFlags& flags, Aspect aspect,
                           const std::function<void(v1::RequestFilter*)>& also,
                           Invocation& run) {
  ASSIGN_OR_RETURN(v1::AnswerFile question, SearchFor(flags));
  also(question.mutable_search()->mutable_filter());
  AnswerStyle style;
  style.aspect = aspect;
  return Answer(flags, question, style, run);
}

using Also = std::function<void(const AskFlags&, v1::RequestFilter*)>;

// A question that is a search with one condition more.
CLI::App* AddSearch(CLI::App* ask, Invocation* run,
                    const std::shared_ptr<AskFlags>& flags, const char* name,
                    const char* help, Aspect aspect, const Also& also) {
  CLI::App* const command = ask->add_subcommand(name, help);
  AddFilters(command, flags.get());
  AddAnswerOptions(command, flags.get());
  SetAction(command, run, [flags, run, aspect, also] {
    return Search(
        *flags, aspect,
        [&](v1::RequestFilter* filter) { also(*flags, filter); }, *run);
  });
  return command;
}

}  // namespace

void AddSearches(CLI::App* ask, Invocation* run,
                 const std::shared_ptr<AskFlags>& flags) {
  AddSearch(ask, run, flags, "requests",
            "Which requests touch these days and this area (1)",
            Aspect::kRequest, [](const AskFlags&, v1::RequestFilter*) {});
  AddSearch(ask, run, flags, "unanswered",
            "Which have no answer, by agency and platform (3)",
            Aspect::kUnanswered,
            [](const AskFlags& given, v1::RequestFilter* filter) {
              filter->set_unanswered_days(given.days);
            })
      ->add_option("--days", flags->days, "After so many days")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  AddSearch(ask, run, flags, "residents",
            "How many residents were asked, shared, declined (4)",
            Aspect::kResidents, [](const AskFlags&, v1::RequestFilter*) {});
  AddSearch(ask, run, flags, "violations",
            "Which broke the policy, and were carried out anyway (6)",
            Aspect::kViolations,
            [](const AskFlags&, v1::RequestFilter* filter) {
              filter->set_violates_policy(true);
            });
  AddSearch(ask, run, flags, "compelled",
            "Which were declined, then compelled (7)", Aspect::kCompelled,
            [](const AskFlags&, v1::RequestFilter* filter) {
              filter->set_compelled_after_decline(true);
            });
  AddSearch(ask, run, flags, "emergencies",
            "Emergencies: basis, verification, notice, review (8)",
            Aspect::kEmergencies,
            [](const AskFlags& given, v1::RequestFilter* filter) {
              filter->set_is_emergency(true);
              filter->set_review_overdue(given.review_overdue);
            })
      ->add_flag("--review-overdue", flags->review_overdue,
                 "Only whose review is overdue");
}

}  // namespace sightline::cli
