#include "cmd/cli/review.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cmd/cli/choices.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/draft.h"
#include "cmd/cli/registrar_signing.h"
#include "cmd/cli/settings.h"
#include "cmd/cli/submission.h"
#include "cmd/cli/values.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::cli {
namespace {

struct ReviewFlags {
  Settings settings;
  KeepFlags keep;
  std::string request;
  std::string verdict;
  std::string verification;
  std::vector<std::string> registrar_keys;
};

absl::StatusOr<Draft> MakeReview(const ReviewFlags& flags) {
  Draft draft;
  v1::EmergencyReview& review = *draft.statement.mutable_emergency_review();
  ASSIGN_OR_RETURN(const uint64_t index, ParseNumber("REQUEST", flags.request));
  review.mutable_request()->set_index(index);
  const auto verdict = ParseEnum<v1::ReviewVerdict>(flags.verdict);
  if (!verdict.ok()) return base::Annotate(verdict.status(), "--verdict");
  review.set_verdict(*verdict);
  const auto verification =
      ParseEnum<v1::RequesterVerification>(flags.verification);
  if (!verification.ok()) {
    return base::Annotate(verification.status(), "--verification");
  }
  review.set_verification(*verification);
  return draft;
}

// Registrars review together, everybody else alone.
absl::StatusOr<int> ByRegistrars(const ReviewFlags& flags,
                                 const Settings& settings, Draft draft,
                                 Invocation& run) {
  {
    ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
    RETURN_IF_ERROR(CompleteLinks(session->log(), &draft.statement));
  }
  draft.statement.mutable_header()->set_submitter("registrar");
  RegistrarFlags registrar;
  registrar.keys = flags.registrar_keys;
  registrar.receipt = flags.keep.receipt;
  registrar.out = flags.keep.out;
  return SignAndSend(registrar, settings, std::move(draft), run);
}

absl::StatusOr<int> Review(const ReviewFlags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  ASSIGN_OR_RETURN(Draft draft, MakeReview(flags));
  if (!flags.registrar_keys.empty()) {
    return ByRegistrars(flags, settings, std::move(draft), run);
  }
  return SubmitDraft(settings, flags.keep, std::move(draft), run);
}

}  // namespace

void AddReview(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<ReviewFlags>();
  CLI::App* review = app->add_subcommand(
      "review", "Review an emergency request after the fact");
  review->footer(
      "Who may: the platform that the request is addressed to, a court, and "
      "the "
      "registrars\ntogether; never the agency that asked.\n\nExamples:\n"
      "  sightline review 17 --verdict confirmed --verification call_back\n"
      "  sightline review 17 --verdict forged --verification none \\\n"
      "      --registrar-key r1.key --registrar-key r2.key");
  review->add_option("REQUEST", flags->request, "Leaf index of the request")
      ->required();
  review
      ->add_option(
          "--verdict", flags->verdict,
          absl::StrCat("What was found: ", Choices<v1::ReviewVerdict>()))
      ->check(Offer<v1::ReviewVerdict>())
      ->required();
  review
      ->add_option("--verification", flags->verification,
                   absl::StrCat("How the requester was verified for it: ",
                                Choices<v1::RequesterVerification>()))
      ->check(Offer<v1::RequesterVerification>())
      ->required();
  review->add_option(
      "--registrar-key", flags->registrar_keys,
      "Registrars review: their keys, as many as the threshold asks; with "
      "--out, `countersign` adds the others");
  AddKeepOptions(review, &flags->keep);
  AddWitnessesOption(review, &flags->keep)->excludes("--registrar-key");
  AddSigningOptions(review, &flags->settings);
  AddConnectionOptions(review, &flags->settings);
  SetAction(review, run, [flags, run] { return Review(*flags, *run); });
}

}  // namespace sightline::cli
