#include "cmd/cli/ask.h"

#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "client/answer_check.h"
#include "client/answer_file.h"
#include "client/record_client.h"
#include "cmd/cli/ask_text.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/settings.h"
#include "cmd/cli/values.h"
#include "crypto/sha256.h"
#include "statement/kinds.h"
#include "statement/tally.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  // --- Which requests ---
  std::vector<std::string> agencies;
  std::string platform;
  std::string state;
  std::string county;
  std::string cell;
  std::string touches_from;
  std::string touches_until;
  std::string since;
  std::string until;
  std::vector<std::string> offences;
  std::vector<std::string> purposes;
  std::vector<std::string> channels;
  std::vector<std::string> processes;
  std::vector<std::string> outcomes;
  std::vector<std::string> states;
  std::string assembly;
  std::string sealed;
  uint32_t days = 30;
  // --- Other questions ---
  uint64_t index = 0;
  std::string submitter;
  std::string ground;
  bool overdue = false;
  bool review_overdue = false;
  std::vector<std::string> kinds;
  uint32_t from_month = 0;
  uint32_t until_month = 0;
  bool all_classes = false;
  std::string by = "agency";
  std::string key;
  std::string population;
  std::string at;
  std::string tally;
  std::string file;
  // --- How ---
  std::string as_of;
  bool csv = false;
  std::string proof;
  uint64_t max_rows = 0;
};

absl::Status FillTime(absl::string_view option, const std::string& text,
                      google::protobuf::Timestamp* out) {
  const auto time = ParseTime(text);
  if (!time.ok()) return base::Annotate(time.status(), option);
  *out = *time;
  return absl::OkStatus();
}

template <typename Enum, typename Add>
absl::Status FillEnums(absl::string_view option,
                       const std::vector<std::string>& texts, Add add) {
  for (const std::string& text : texts) {
    const auto value = ParseEnum<Enum>(text);
    if (!value.ok()) return base::Annotate(value.status(), option);
    add(*value);
  }
  return absl::OkStatus();
}

absl::Status FillTimes(const Flags& flags, v1::RequestFilter* filter) {
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

absl::Status FillVocabulary(const Flags& flags, v1::RequestFilter* filter) {
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
  if (!flags.sealed.empty()) {
    RETURN_IF_ERROR(FillEnums<v1::Declared>(
        "--sealed", {flags.sealed}, [&](auto v) { filter->set_is_sealed(v); }));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::AnswerFile> SearchFor(const Flags& flags) {
  v1::AnswerFile question;
  v1::RequestFilter* const filter = question.mutable_search()->mutable_filter();
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
  RETURN_IF_ERROR(FillVocabulary(flags, filter));
  if (!flags.as_of.empty()) {
    RETURN_IF_ERROR(FillTime("--as-of", flags.as_of,
                             question.mutable_search()->mutable_as_of()));
  }
  return question;
}

// --- Asking -------------------------------------------------------------------

absl::StatusOr<client::ProvenAnswer> Ask(const Flags& flags,
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

absl::StatusOr<int> Answer(const Flags& flags, const v1::AnswerFile& question,
                           AnswerStyle style, Invocation& run) {
  ASSIGN_OR_RETURN(const client::ProvenAnswer answer,
                   Ask(flags, question, run));
  style.csv = flags.csv;
  Output out = run.MakeOutput();
  RETURN_IF_ERROR(PrintAnswer(answer.file, answer.verdict, style, out));
  if (answer.has_more) out.Note("there is more: --max-rows ended it");
  return kExitOk;
}

absl::StatusOr<int> Search(const Flags& flags, Aspect aspect,
                           const std::function<void(v1::RequestFilter*)>& also,
                           Invocation& run) {
  ASSIGN_OR_RETURN(v1::AnswerFile question, SearchFor(flags));
  also(question.mutable_search()->mutable_filter());
  AnswerStyle style;
  style.aspect = aspect;
  return Answer(flags, question, style, run);
}

absl::StatusOr<int> Request(const Flags& flags, Invocation& run) {
  v1::AnswerFile question;
  question.mutable_request()->set_index(flags.index);
  if (!flags.as_of.empty()) {
    RETURN_IF_ERROR(FillTime("--as-of", flags.as_of,
                             question.mutable_request()->mutable_as_of()));
  }
  return Answer(flags, question, {}, run);
}

absl::StatusOr<int> Complete(const Flags& flags, Invocation& run) {
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

absl::StatusOr<int> Seals(const Flags& flags, Invocation& run) {
  v1::AnswerFile question;
  v1::ListSealsRequest& seals = *question.mutable_seals();
  seals.set_submitter(flags.submitter);
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

absl::StatusOr<int> Changes(const Flags& flags, Invocation& run) {
  v1::AnswerFile question;
  question.mutable_changes()->set_since_index(flags.index);
  for (const std::string& name : flags.kinds) {
    const auto kind = statement::ParseKind(name);
    if (!kind.ok()) return base::Annotate(kind.status(), "--kind");
    question.mutable_changes()->add_kinds(*kind);
  }
  return Answer(flags, question, {}, run);
}

absl::StatusOr<int> Disagreements(const Flags& flags, Invocation& run) {
  v1::AnswerFile question;
  v1::ReconcileRequest& reconcile = *question.mutable_reconcile();
  reconcile.set_from_month(flags.from_month);
  reconcile.set_until_month(flags.until_month);
  reconcile.set_submitter(flags.submitter);
  reconcile.set_disagreements(!flags.all_classes);
  reconcile.set_page_size(200);
  return Answer(flags, question, {}, run);
}

absl::StatusOr<int> Compare(const Flags& flags, Invocation& run) {
  v1::AnswerFile question;
  v1::GetStatisticsRequest& statistics = *question.mutable_statistics();
  RETURN_IF_ERROR(FillEnums<v1::StatisticsGrouping>(
      "--by", {flags.by}, [&](auto v) { statistics.set_group_by(v); }));
  statistics.set_from_month(flags.from_month);
  statistics.set_until_month(flags.until_month);
  statistics.set_key(flags.key);
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

// --- A resident's own question --------------------------------------------------

absl::StatusOr<statement::TallyReceipt> ReadTallyReceipt(
    const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const absl::Status wrong = absl::InvalidArgumentError(absl::StrCat(
      path,
      ": want {\"salt\": hex, \"token\": text, \"answer\": \"declined\", "
      "\"index\": n, \"size\": n, \"proof\": [hex, ...]}"));
  if (!json.is_object()) return wrong;
  const auto text_of = [&](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>()
                                                     : std::string();
  };
  statement::TallyReceipt receipt;
  const auto salt = base::HexDecode(text_of("salt"));
  const auto answer = statement::ParseTallyAnswer(text_of("answer"));
  if (!salt.ok() || !answer.ok()) return wrong;
  receipt.leaf = {*salt, text_of("token"), *answer};
  for (const auto& [name, out] : {std::make_pair("index", &receipt.index),
                                  std::make_pair("size", &receipt.size)}) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_number_unsigned()) return wrong;
    *out = found->get<uint64_t>();
  }
  const auto proof = json.find("proof");
  if (proof == json.end() || !proof->is_array() || proof->size() > 64) {
    return wrong;
  }
  for (const Json& hash : *proof) {
    if (!hash.is_string()) return wrong;
    const auto bytes = base::HexDecode(hash.get<std::string>());
    if (!bytes.ok()) return wrong;
    ASSIGN_OR_RETURN(const merkle::Hash node, crypto::DigestFromBytes(*bytes));
    receipt.proof.push_back(node);
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

absl::StatusOr<int> Me(const Flags& flags, Invocation& run) {
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

// --- Checking a file --------------------------------------------------------------

absl::StatusOr<int> Verify(const Flags& flags, Invocation& run) {
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
  AnswerStyle style;
  style.csv = flags.csv;
  RETURN_IF_ERROR(PrintAnswer(*file, *verdict, style, out));
  return kExitOk;
}

// --- Options ------------------------------------------------------------------------

void AddAnswerOptions(CLI::App* command, Flags* flags) {
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

void AddAsOf(CLI::App* command, Flags* flags) {
  command->add_option("--as-of", flags->as_of,
                      "States as of this time; else now");
}

void AddPeriod(CLI::App* command, Flags* flags) {
  command->add_option("--since", flags->since,
                      "Admitted at this time or later: 2026-05-30, or "
                      "2026-05-30T18:00:00Z");
  command->add_option("--until", flags->until, "Admitted before this time");
}

void AddPlace(CLI::App* command, Flags* flags) {
  command->add_option("--county", flags->county,
                      "Of this county, 06037, or its whole state");
  command->add_option("--cell", flags->cell,
                      "Of an S2 cell that this one holds or lies in");
}

void AddFilters(CLI::App* command, Flags* flags) {
  command->add_option("--agency", flags->agencies,
                      "Only of this agency, ori:CA0194200; several allowed");
  command->add_option("--platform", flags->platform,
                      "Only to this platform, platform:example");
  command->add_option("--state", flags->state, "Only of this state, CA");
  AddPlace(command, flags);
  command->add_option("--touches-from", flags->touches_from,
                      "Whose incident or footage is of this time or later");
  command->add_option("--touches-until", flags->touches_until,
                      "Whose incident or footage is from before this time");
  AddPeriod(command, flags);
  command->add_option("--offence", flags->offences,
                      "Only with this NIBRS code; several allowed");
  command->add_option(
      "--purpose", flags->purposes,
      absl::StrCat("Only with this purpose: ", Choices<v1::Purpose>()));
  command->add_option(
      "--channel", flags->channels,
      absl::StrCat("Only through this channel: ", Choices<v1::Channel>()));
  command->add_option("--process", flags->processes,
                      "Only with this legal process, search_warrant");
  command->add_option(
      "--outcome", flags->outcomes,
      absl::StrCat("Only with this outcome: ", Choices<v1::Outcome>()));
  command->add_option(
      "--status", flags->states,
      absl::StrCat("Only in this state: ", Choices<v1::RequestState>()));
  command->add_option("--assembly", flags->assembly,
                      "Only declared assembly-related or not: yes, no");
  command->add_option("--sealed", flags->sealed,
                      "Only with or without a seal that runs: yes, no");
  AddAsOf(command, flags);
}

using Also = std::function<void(const Flags&, v1::RequestFilter*)>;

// A question that is a search with one condition more.
CLI::App* AddSearch(CLI::App* ask, Invocation* run,
                    const std::shared_ptr<Flags>& flags, const char* name,
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

void AddSearches(CLI::App* ask, Invocation* run,
                 const std::shared_ptr<Flags>& flags) {
  AddSearch(ask, run, flags, "requests",
            "Which requests touch these days and this area (1)",
            Aspect::kRequest, [](const Flags&, v1::RequestFilter*) {});
  AddSearch(ask, run, flags, "unanswered",
            "Which have no answer, by agency and platform (3)",
            Aspect::kUnanswered,
            [](const Flags& given, v1::RequestFilter* filter) {
              filter->set_unanswered_days(given.days);
            })
      ->add_option("--days", flags->days, "After so many days")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  AddSearch(ask, run, flags, "residents",
            "How many residents were asked, shared, declined (4)",
            Aspect::kResidents, [](const Flags&, v1::RequestFilter*) {});
  AddSearch(ask, run, flags, "violations",
            "Which broke the policy, and were carried out anyway (6)",
            Aspect::kViolations, [](const Flags&, v1::RequestFilter* filter) {
              filter->set_violates_policy(true);
            });
  AddSearch(ask, run, flags, "compelled",
            "Which were declined, then compelled (7)", Aspect::kCompelled,
            [](const Flags&, v1::RequestFilter* filter) {
              filter->set_compelled_after_decline(true);
            });
  AddSearch(ask, run, flags, "emergencies",
            "Emergencies: basis, verification, notice, review (8)",
            Aspect::kEmergencies,
            [](const Flags& given, v1::RequestFilter* filter) {
              filter->set_is_emergency(true);
              filter->set_review_overdue(given.review_overdue);
            })
      ->add_flag("--review-overdue", flags->review_overdue,
                 "Only whose review is overdue");
}

void AddMonths(CLI::App* command, Flags* flags, bool required) {
  auto* const from = command->add_option("--from-month", flags->from_month,
                                         "First month, 202001");
  auto* const until = command->add_option("--until-month", flags->until_month,
                                          "Last month, 202012");
  if (required) {
    from->required();
    until->required();
  }
}

void AddLists(CLI::App* ask, Invocation* run,
              const std::shared_ptr<Flags>& flags) {
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
  AddPeriod(complete, flags.get());
  SetAction(complete, run, [flags, run] { return Complete(*flags, *run); });
  CLI::App* const seals = ask->add_subcommand(
      "seals", "What is sealed, by whom, why, until when (9)");
  seals->add_option("--submitter", flags->submitter, "Only of this submitter");
  seals->add_option("--ground", flags->ground,
                    absl::StrCat("Only on this ground, else all but personal "
                                 "data: ",
                                 Choices<v1::SealGround>()));
  seals->add_flag("--overdue", flags->overdue, "Only whose end has passed");
  AddAsOf(seals, flags.get());
  SetAction(seals, run, [flags, run] { return Seals(*flags, *run); });
  CLI::App* const changes = ask->add_subcommand(
      "changes", "What was amended, withdrawn, unsealed, erased since (11)");
  changes->add_option("--since-index", flags->index, "From this entry on")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  changes->add_option("--kind", flags->kinds,
                      "Only amendment, unsealing, seal_renewal or erasure");
  SetAction(changes, run, [flags, run] { return Changes(*flags, *run); });
  for (CLI::App* const command : {request, complete, seals, changes}) {
    AddAnswerOptions(command, flags.get());
  }
}

void AddCounts(CLI::App* ask, Invocation* run,
               const std::shared_ptr<Flags>& flags) {
  CLI::App* const disagreements = ask->add_subcommand(
      "disagreements", "Where period reports and the log differ (10)");
  disagreements->add_option("--submitter", flags->submitter,
                            "Only of this agency or platform");
  disagreements->add_flag("--all", flags->all_classes,
                          "Also where they agree, or there is no report");
  AddMonths(disagreements, flags.get(), true);
  SetAction(disagreements, run,
            [flags, run] { return Disagreements(*flags, *run); });
  CLI::App* const compare = ask->add_subcommand(
      "compare", "Requests counted, for 100,000 residents too (4, 12)");
  compare
      ->add_option(
          "--by", flags->by,
          absl::StrCat("Counted by ", Choices<v1::StatisticsGrouping>()))
      ->capture_default_str();
  compare->add_option("--only", flags->key, "Only this group, ori:CA0194200");
  compare->add_option("--population", flags->population,
                      "CSV of residents by county: the county's number first, "
                      "residents last");
  AddMonths(compare, flags.get(), false);
  SetAction(compare, run, [flags, run] { return Compare(*flags, *run); });
  for (CLI::App* const command : {disagreements, compare}) {
    AddAnswerOptions(command, flags.get());
  }
}

void AddOthers(CLI::App* ask, Invocation* run,
               const std::shared_ptr<Flags>& flags) {
  CLI::App* const me = ask->add_subcommand(
      "me", "Was I within a request, and was my answer counted (5)");
  AddPlace(me, flags.get());
  me->add_option("--at", flags->at, "When; else any time");
  me->add_option("--tally", flags->tally,
                 "The receipt of your answer that the platform gave you");
  AddAnswerOptions(me, flags.get());
  SetAction(me, run, [flags, run] { return Me(*flags, *run); });
  CLI::App* const verify = ask->add_subcommand(
      "verify", "Check an answer that --proof wrote, without the log");
  verify->add_option("FILE", flags->file, "The file")->required();
  verify->add_flag("--csv", flags->csv, "Rows as CSV, with a header");
  AddTrustOptions(verify, &flags->settings);
  SetAction(verify, run, [flags, run] { return Verify(*flags, *run); });
}

}  // namespace

void AddAsk(CLI::App* app, Invocation* run) {
  CLI::App* const ask =
      AddGroup(app, "ask", "The twelve questions, each answer with its proof");
  ask->footer(
      "Examples:\n"
      "  sightline ask requests --county 06037 --touches-from 2020-05-29 "
      "--touches-until 2020-07-01\n"
      "  sightline ask complete ori:CA0194200 --since 2020-01-01 --until "
      "2021-01-01\n"
      "  sightline ask seals --overdue --proof seals.answer\n"
      "  sightline ask verify seals.answer");
  const auto flags = std::make_shared<Flags>();
  AddSearches(ask, run, flags);
  AddLists(ask, run, flags);
  AddCounts(ask, run, flags);
  AddOthers(ask, run, flags);
}

}  // namespace sightline::cli
