#include "cmd/cli/ask_flags.h"

#include "absl/strings/str_cat.h"
#include "cmd/cli/choices.h"

namespace sightline::cli {
namespace {

absl::Status FillTimes(const AskFlags& flags, v1::RequestFilter* filter) {
  if (!flags.touches_from.empty()) {
    RETURN_IF_ERROR(FillTime("--touches-from", flags.touches_from,
                             filter->mutable_touches_from()));
  }
  if (!flags.touches_until.empty()) {
    RETURN_IF_ERROR(FillTime("--touches-until", flags.touches_until,
                             filter->mutable_touches_before()));
  }
  if (!flags.since.empty()) {
    RETURN_IF_ERROR(
        FillTime("--since", flags.since, filter->mutable_admitted_from()));
  }
  if (!flags.until.empty()) {
    RETURN_IF_ERROR(
        FillTime("--until", flags.until, filter->mutable_admitted_before()));
  }
  return absl::OkStatus();
}

absl::Status FillVocabulary(const AskFlags& flags, v1::RequestFilter* filter) {
  RETURN_IF_ERROR(FillEnums<v1::Purpose>(
      "--purpose", flags.purposes, [&](auto v) { filter->add_purposes(v); }));
  RETURN_IF_ERROR(FillEnums<v1::Channel>(
      "--channel", flags.channels, [&](auto v) { filter->add_channels(v); }));
  RETURN_IF_ERROR(FillEnums<v1::LegalProcess>(
      "--process", flags.processes,
      [&](auto v) { filter->add_legal_processes(v); }));
  RETURN_IF_ERROR(FillEnums<v1::Outcome>(
      "--outcome", flags.outcomes, [&](auto v) { filter->add_outcomes(v); }));
  RETURN_IF_ERROR(FillEnums<v1::RequestState>(
      "--status", flags.states, [&](auto v) { filter->add_states(v); }));
  if (!flags.assembly.empty()) {
    RETURN_IF_ERROR(FillEnums<v1::Declared>(
        "--assembly", {flags.assembly},
        [&](auto v) { filter->set_assembly_related(v); }));
  }
  if (!flags.assembly_listed.empty()) {
    RETURN_IF_ERROR(FillEnums<v1::Declared>(
        "--assembly-listed", {flags.assembly_listed},
        [&](auto v) { filter->set_assembly_listed(v); }));
  }
  if (!flags.sealed.empty()) {
    RETURN_IF_ERROR(FillEnums<v1::Declared>(
        "--sealed", {flags.sealed}, [&](auto v) { filter->set_is_sealed(v); }));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status FillTime(absl::string_view option, const std::string& text,
                      google::protobuf::Timestamp* out) {
  const auto time = ParseTime(text);
  if (!time.ok()) return base::Annotate(time.status(), option);
  *out = *time;
  return absl::OkStatus();
}

absl::Status FillConditions(const AskFlags& flags, v1::RequestFilter* filter) {
  for (const std::string& agency : flags.agencies) {
    filter->add_submitters(agency);
  }
  filter->set_custodian(flags.platform);
  filter->set_state(flags.state);
  filter->set_county_fips(flags.county);
  filter->set_s2_cell(flags.cell);
  for (const std::string& code : flags.offences)
    filter->add_offence_codes(code);
  RETURN_IF_ERROR(FillTimes(flags, filter));
  return FillVocabulary(flags, filter);
}

absl::StatusOr<std::string> OneAgency(const AskFlags& flags,
                                      const std::string& other) {
  if (flags.agencies.empty()) return other;
  if (flags.agencies.size() > 1 ||
      (!other.empty() && other != flags.agencies.front())) {
    return absl::InvalidArgumentError("--agency: this question takes one");
  }
  return flags.agencies.front();
}

absl::StatusOr<v1::AnswerFile> SearchFor(const AskFlags& flags) {
  v1::AnswerFile question;
  RETURN_IF_ERROR(
      FillConditions(flags, question.mutable_search()->mutable_filter()));
  if (!flags.as_of.empty()) {
    RETURN_IF_ERROR(FillTime("--as-of", flags.as_of,
                             question.mutable_search()->mutable_as_of()));
  }
  return question;
}

void AddAnswerOptions(CLI::App* command, AskFlags* flags) {
  command->add_flag("--csv", flags->csv, "Rows as CSV, with a header");
  command->add_option("--proof", flags->proof,
                      "Also write a file that `ask verify` checks without the "
                      "log");
  command
      ->add_option("--max-rows", flags->max_rows,
                   "Stop after about so many rows; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  AddConnectionOptions(command, &flags->settings);
}

void AddAsOf(CLI::App* command, AskFlags* flags) {
  command->add_option("--as-of", flags->as_of,
                      "States as of this time; else now");
}

void AddPeriod(CLI::App* command, AskFlags* flags) {
  command->add_option("--since", flags->since,
                      "Admitted at this time or later: 2026-05-30, or "
                      "2026-05-30T18:00:00Z");
  command->add_option("--until", flags->until, "Admitted before this time");
}

void AddPlace(CLI::App* command, AskFlags* flags) {
  command->add_option("--county", flags->county,
                      "Of this county, 06037, or its whole state");
  command->add_option("--cell", flags->cell,
                      "Of an S2 cell that this one holds or lies in");
}

namespace {

void AddWho(CLI::App* command, AskFlags* flags) {
  command->add_option("--agency", flags->agencies,
                      "Only of this agency, ori:CA0194200; several allowed");
  command->add_option("--platform", flags->platform,
                      "Only to this platform, platform:example");
  command->add_option("--state", flags->state, "Only of this state, CA");
}

void AddTouches(CLI::App* command, AskFlags* flags) {
  command->add_option("--touches-from", flags->touches_from,
                      "Whose incident or footage is of this time or later");
  command->add_option("--touches-until", flags->touches_until,
                      "Whose incident or footage is from before this time");
}

void AddWhat(CLI::App* command, AskFlags* flags) {
  command->add_option("--offence", flags->offences,
                      "Only with this NIBRS code; several allowed");
  command
      ->add_option(
          "--purpose", flags->purposes,
          absl::StrCat("Only with this purpose: ", Choices<v1::Purpose>()))
      ->check(Offer<v1::Purpose>());
  command
      ->add_option(
          "--channel", flags->channels,
          absl::StrCat("Only through this channel: ", Choices<v1::Channel>()))
      ->check(Offer<v1::Channel>());
  command
      ->add_option("--process", flags->processes,
                   "Only with this legal process, search_warrant")
      ->check(Offer<v1::LegalProcess>());
  command
      ->add_option(
          "--outcome", flags->outcomes,
          absl::StrCat("Only with this outcome: ", Choices<v1::Outcome>()))
      ->check(Offer<v1::Outcome>());
  command
      ->add_option(
          "--status", flags->states,
          absl::StrCat("Only in this state: ", Choices<v1::RequestState>()))
      ->check(Offer<v1::RequestState>());
  command
      ->add_option("--assembly", flags->assembly,
                   "Only declared assembly-related or not: yes, no")
      ->check(Offer<v1::Declared>());
  command
      ->add_option("--assembly-listed", flags->assembly_listed,
                   "Only beside an assembly that a logged calendar lists, or "
                   "not: yes, no")
      ->check(Offer<v1::Declared>());
  command
      ->add_option("--sealed", flags->sealed,
                   "Only with or without a seal that runs: yes, no")
      ->check(Offer<v1::Declared>());
}

void AddAll(CLI::App* command, AskFlags* flags) {
  AddWho(command, flags);
  AddPlace(command, flags);
  AddTouches(command, flags);
  AddPeriod(command, flags);
  AddWhat(command, flags);
}

}  // namespace

void AddFilters(CLI::App* command, AskFlags* flags) {
  AddAll(command, flags);
  AddAsOf(command, flags);
}

void AddConditions(CLI::App* command, AskFlags* flags,
                   const std::set<std::string>& applied) {
  const size_t before = command->get_options().size();
  AddAll(command, flags);
  const std::vector<CLI::Option*> options = command->get_options();
  const std::string refusal =
      absl::StrCat("`ask ", command->get_name(),
                   "` has no such condition (docs/records.md, Filters)");
  for (size_t i = before; i < options.size(); ++i) {
    if (applied.count(options[i]->get_name()) > 0) continue;
    CLI::Option* const option = options[i];
    option->group("");  // not in the help
    option->check(
        [option, refusal](const std::string&) {
          option->group("Options");  // what is hidden has no name in errors
          return refusal;
        },
        "");
  }
}

void AddResidentFilters(CLI::App* command, AskFlags* flags) {
  AddWho(command, flags);
  AddWhat(command, flags);
}

}  // namespace sightline::cli
