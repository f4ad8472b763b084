#include "cmd/cli/ask_lists.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/record_client.h"
#include "cmd/cli/ask_answer.h"
#include "cmd/cli/ask_seal_rates.h"
#include "cmd/cli/ask_text.h"
#include "cmd/cli/choices.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "statement/kinds.h"

namespace sightline::cli {
namespace {

absl::StatusOr<int> Request(const AskFlags& flags, Invocation& run) {
  v1::AnswerFile question;
  question.mutable_request()->set_index(flags.index);
  if (!flags.as_of.empty()) {
    RETURN_IF_ERROR(FillTime("--as-of", flags.as_of,
                             question.mutable_request()->mutable_as_of()));
  }
  return Answer(flags, question, {}, run);
}

absl::StatusOr<int> Complete(const AskFlags& flags, Invocation& run) {
  v1::AnswerFile question;
  v1::ListFeedRequest& feed = *question.mutable_feed();
  feed.set_submitter(flags.submitter);
  if (!flags.since.empty()) {
    RETURN_IF_ERROR(
        FillTime("--since", flags.since, feed.mutable_admitted_from()));
  }
  if (!flags.until.empty()) {
    RETURN_IF_ERROR(
        FillTime("--until", flags.until, feed.mutable_admitted_before()));
  }
  return Answer(flags, question, {}, run);
}

absl::StatusOr<int> SealRates(const AskFlags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const client::ProvenAnswer answer,
                   Ask(flags, SealRatesQuestion(), run));
  Output out = run.MakeOutput();
  RETURN_IF_ERROR(PrintSealRates(answer.file, answer.verdict, flags.submitter,
                                 flags.csv, out));
  return kExitOk;
}

// A search's filter has these conditions by the same options.
absl::Status FillSeals(const AskFlags& flags, v1::ListSealsRequest* seals) {
  v1::RequestFilter filter;
  RETURN_IF_ERROR(FillConditions(flags, &filter));
  ASSIGN_OR_RETURN(const std::string submitter,
                   OneAgency(flags, flags.submitter));
  seals->set_submitter(submitter);
  seals->set_state(filter.state());
  seals->set_county_fips(filter.county_fips());
  if (filter.has_admitted_from()) {
    *seals->mutable_sealed_from() = filter.admitted_from();
  }
  if (filter.has_admitted_before()) {
    *seals->mutable_sealed_before() = filter.admitted_before();
  }
  *seals->mutable_legal_processes() = filter.legal_processes();
  *seals->mutable_channels() = filter.channels();
  *seals->mutable_purposes() = filter.purposes();
  *seals->mutable_offence_codes() = filter.offence_codes();
  return FillEnums<v1::SealGranter>("--granter", flags.granters,
                                    [&](auto v) { seals->add_granters(v); });
}

absl::StatusOr<int> Seals(const AskFlags& flags, Invocation& run) {
  if (flags.rates) return SealRates(flags, run);
  v1::AnswerFile question;
  v1::ListSealsRequest& seals = *question.mutable_seals();
  RETURN_IF_ERROR(FillSeals(flags, &seals));
  seals.set_overdue(flags.overdue);
  if (!flags.ground.empty()) {
    RETURN_IF_ERROR(FillEnums<v1::SealGround>(
        "--ground", {flags.ground}, [&](auto v) { seals.set_ground(v); }));
  }
  if (!flags.as_of.empty()) {
    RETURN_IF_ERROR(FillTime("--as-of", flags.as_of, seals.mutable_as_of()));
  }
  return Answer(flags, question, {}, run);
}

absl::StatusOr<int> Changes(const AskFlags& flags, Invocation& run) {
  v1::AnswerFile question;
  question.mutable_changes()->set_since_index(flags.index);
  for (const std::string& name : flags.kinds) {
    const auto kind = statement::ParseKind(name);
    if (!kind.ok()) return base::Annotate(kind.status(), "--kind");
    question.mutable_changes()->add_kinds(*kind);
  }
  v1::RequestFilter filter;
  RETURN_IF_ERROR(FillConditions(flags, &filter));
  v1::ListChangesRequest& changes = *question.mutable_changes();
  *changes.mutable_submitters() = filter.submitters();
  changes.set_state(filter.state());
  changes.set_county_fips(filter.county_fips());
  if (filter.has_admitted_from()) {
    *changes.mutable_admitted_from() = filter.admitted_from();
  }
  if (filter.has_admitted_before()) {
    *changes.mutable_admitted_before() = filter.admitted_before();
  }
  return Answer(flags, question, {}, run);
}

absl::StatusOr<int> Disagreements(const AskFlags& flags, Invocation& run) {
  v1::AnswerFile question;
  v1::ReconcileRequest& reconcile = *question.mutable_reconcile();
  reconcile.set_from_month(flags.from_month);
  reconcile.set_until_month(flags.until_month);
  v1::RequestFilter filter;
  RETURN_IF_ERROR(FillConditions(flags, &filter));
  ASSIGN_OR_RETURN(const std::string submitter,
                   OneAgency(flags, flags.submitter));
  reconcile.set_submitter(submitter);
  reconcile.set_counterparty(filter.custodian());
  reconcile.set_state(filter.state());
  reconcile.set_county_fips(filter.county_fips());
  *reconcile.mutable_channels() = filter.channels();
  *reconcile.mutable_legal_processes() = filter.legal_processes();
  *reconcile.mutable_outcomes() = filter.outcomes();
  reconcile.set_disagreements(!flags.all_classes);
  reconcile.set_page_size(200);
  return Answer(flags, question, {}, run);
}

absl::StatusOr<int> Compare(const AskFlags& flags, Invocation& run) {
  v1::AnswerFile question;
  v1::GetStatisticsRequest& statistics = *question.mutable_statistics();
  RETURN_IF_ERROR(FillEnums<v1::StatisticsGrouping>(
      "--by", {flags.by}, [&](auto v) { statistics.set_group_by(v); }));
  statistics.set_from_month(flags.from_month);
  statistics.set_until_month(flags.until_month);
  statistics.set_key(flags.key);
  v1::RequestFilter filter;
  RETURN_IF_ERROR(FillConditions(flags, &filter));
  if (filter.ByteSizeLong() > 0) *statistics.mutable_filter() = filter;
  if (!flags.as_of.empty()) {
    RETURN_IF_ERROR(
        FillTime("--as-of", flags.as_of, statistics.mutable_as_of()));
  }
  statistics.set_page_size(200);
  AnswerStyle style;
  if (!flags.population.empty()) {
    ASSIGN_OR_RETURN(const std::string csv, ReadFile(flags.population));
    auto population = ParsePopulation(csv);
    if (!population.ok()) {
      return base::Annotate(population.status(), flags.population);
    }
    style.population = *std::move(population);
  }
  return Answer(flags, question, style, run);
}

void AddMonths(CLI::App* command, AskFlags* flags, bool required) {
  auto* const from = command->add_option("--from-month", flags->from_month,
                                         "First month, 202001");
  auto* const until = command->add_option("--until-month", flags->until_month,
                                          "Last month, 202012");
  if (required) {
    from->required();
    until->required();
  }
}

}  // namespace

void AddLists(CLI::App* ask, Invocation* run,
              const std::shared_ptr<AskFlags>& flags) {
  CLI::App* const request =
      ask->add_subcommand("request", "One request with its whole timeline");
  request->add_option("INDEX", flags->index, "Its leaf index")
      ->required()
      ->check(CLI::NonNegativeNumber);
  AddAsOf(request, flags.get());
  SetAction(request, run, [flags, run] { return Request(*flags, *run); });
  CLI::App* const complete = ask->add_subcommand(
      "complete", "Whether this is all of a submitter, of a period (2)");
  complete->add_option("SUBMITTER", flags->submitter, "Its id, ori:CA0194200")
      ->required();
  AddConditions(complete, flags.get(), {"--since", "--until"});
  SetAction(complete, run, [flags, run] { return Complete(*flags, *run); });
  CLI::App* const seals = ask->add_subcommand(
      "seals", "What is sealed, by whom, why, until when (9)");
  seals->add_option("--submitter", flags->submitter, "Only of this submitter");
  auto* const ground =
      seals
          ->add_option("--ground", flags->ground,
                       absl::StrCat("Only on this ground, else all but "
                                    "personal data: ",
                                    Choices<v1::SealGround>()))
          ->check(Offer<v1::SealGround>());
  auto* const overdue =
      seals->add_flag("--overdue", flags->overdue, "Only whose end has passed");
  AddAsOf(seals, flags.get());
  seals
      ->add_option(
          "--granter", flags->granters,
          absl::StrCat("Only granted by: ", Choices<v1::SealGranter>()))
      ->check(Offer<v1::SealGranter>());
  AddConditions(seals, flags.get(),
                {"--agency", "--state", "--county", "--since", "--until",
                 "--offence", "--purpose", "--channel", "--process"});
  CLI::Option* const rates =
      seals
          ->add_flag(
              "--rates", flags->rates,
              "How much each submitter seals, and who decided; reads the "
              "whole log")
          ->excludes(ground)
          ->excludes(overdue)
          ->excludes(seals->get_option("--as-of"));
  for (const char* const option :
       {"--granter", "--agency", "--state", "--county", "--since", "--until",
        "--offence", "--purpose", "--channel", "--process"}) {
    rates->excludes(seals->get_option(option));
  }
  SetAction(seals, run, [flags, run] { return Seals(*flags, *run); });
  CLI::App* const changes = ask->add_subcommand(
      "changes", "What was amended, withdrawn, unsealed, erased since (11)");
  changes->add_option("--since-index", flags->index, "From this entry on")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  changes
      ->add_option("--kind", flags->kinds,
                   "Only amendment, unsealing, seal_renewal or erasure")
      ->check(Offer("amendment, unsealing, seal_renewal, erasure"));
  AddConditions(changes, flags.get(),
                {"--agency", "--state", "--county", "--since", "--until"});
  SetAction(changes, run, [flags, run] { return Changes(*flags, *run); });
  for (CLI::App* const command : {request, complete, seals, changes}) {
    AddAnswerOptions(command, flags.get());
  }
}

void AddCounts(CLI::App* ask, Invocation* run,
               const std::shared_ptr<AskFlags>& flags) {
  CLI::App* const disagreements = ask->add_subcommand(
      "disagreements",
      "Where agencies' and platforms' reports and the log differ (10)");
  disagreements->add_option("--submitter", flags->submitter,
                            "Only of this agency or platform");
  disagreements->add_flag("--all", flags->all_classes,
                          "Also where they agree, or there is no report");
  AddMonths(disagreements, flags.get(), true);
  AddConditions(disagreements, flags.get(),
                {"--agency", "--state", "--county", "--platform", "--channel",
                 "--process", "--outcome"});
  SetAction(disagreements, run,
            [flags, run] { return Disagreements(*flags, *run); });
  CLI::App* const compare = ask->add_subcommand(
      "compare", "Requests counted, for 100,000 residents too (4, 12)");
  compare
      ->add_option(
          "--by", flags->by,
          absl::StrCat("Counted by ", Choices<v1::StatisticsGrouping>()))
      ->check(Offer<v1::StatisticsGrouping>())
      ->capture_default_str();
  compare->add_option("--only", flags->key, "Only this group, ori:CA0194200");
  compare->add_option("--population", flags->population,
                      "CSV of residents by county: the county's number first, "
                      "residents last");
  AddMonths(compare, flags.get(), false);
  AddFilters(compare, flags.get());
  SetAction(compare, run, [flags, run] { return Compare(*flags, *run); });
  for (CLI::App* const command : {disagreements, compare}) {
    AddAnswerOptions(command, flags.get());
  }
}

}  // namespace sightline::cli
