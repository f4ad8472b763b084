#include "cmd/cli/submit.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cmd/cli/choices.h"
#include "cmd/cli/draft.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/settings.h"
#include "cmd/cli/submission.h"
#include "cmd/cli/tally_input.h"
#include "cmd/cli/values.h"
#include "crypto/key_file.h"
#include "proto/sightline/v1/submission_service.pb.h"
#include "statement/examples.h"
#include "statement/kinds.h"
#include "statement/tally.h"
#include "statement/timestamps.h"

namespace sightline::cli {
namespace {

struct SubmitFlags {
  Settings settings;
  KeepFlags keep;
  SealFlags seals;
  std::string file;
  std::string signed_file;
  std::string example;
};

absl::StatusOr<int> PrintExample(const SubmitFlags& flags, Invocation& run) {
  const auto kind = statement::ParseKind(flags.example);
  if (!kind.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--example ", flags.example, ": want one of ", KindChoices()));
  }
  statement::Example example = statement::ExampleStatement(
      *kind, "example", flags.settings.submitter, run.around.clock->NowUnixMs(),
      *run.around.rng);
  Draft draft;
  draft.statement = std::move(example.statement);
  draft.openings = std::move(example.openings);
  ASSIGN_OR_RETURN(const std::string json, DraftToJson(draft));
  run.MakeOutput().Raw(absl::StrCat(json, "\n"));
  return kExitOk;
}

absl::StatusOr<int> SendSigned(const SubmitFlags& flags,
                               const Settings& settings, Invocation& run) {
  ASSIGN_OR_RETURN(const crypto::SecretString bytes,
                   crypto::ReadSecretFile(flags.signed_file));
  v1::SubmitRequest request;
  if (!request.ParseFromArray(bytes.view().data(),
                              static_cast<int>(bytes.size())) ||
      request.statement().signatures().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(flags.signed_file, ": not a signed submission"));
  }
  return SubmitSigned(settings, flags.keep, request, run);
}

absl::StatusOr<int> Submit(const SubmitFlags& flags, Invocation& run) {
  if (!flags.example.empty()) return PrintExample(flags, run);
  if (flags.file.empty() == flags.signed_file.empty()) {
    return absl::InvalidArgumentError(
        "give a FILE with a statement (\"-\" for standard input), or "
        "--signed FILE, or --example KIND");
  }
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  if (!flags.signed_file.empty()) return SendSigned(flags, settings, run);
  ASSIGN_OR_RETURN(const std::string text,
                   ReadInput(flags.file, *run.around.in));
  ASSIGN_OR_RETURN(Draft draft, ReadDraft(text));
  RETURN_IF_ERROR(TakeSeals(flags.seals, &draft));
  if (statement::IsControl(statement::KindOf(draft.statement))) {
    return absl::InvalidArgumentError(absl::StrCat(
        statement::KindName(statement::KindOf(draft.statement)),
        ": registrars say this; use `sightline enrol`, `rotate-keys`, "
        "`set-status`, `publish-policy`, `publish-assemblies` or "
        "`change-log-keys`"));
  }
  return SubmitDraft(settings, flags.keep, std::move(draft), run);
}

struct RespondFlags {
  Settings settings;
  KeepFlags keep;
  SealFlags seals;
  std::string request;
  std::string outcome;
  std::string ground;
  std::string notified;
  std::string shared;
  std::string declined;
  std::string no_action;
  std::string opted_out;
  std::string tally;
  uint32_t clips = 0;
  uint32_t camera_hours = 0;
  std::string content_given;
  std::string first_given;
  std::string user_notice;
  std::string user_notice_time;
  bool moderated = false;
};

template <typename Enum>
absl::Status Take(const std::string& text, const char* option,
                  absl::StatusOr<Enum> (*parse)(absl::string_view),
                  v1::FootageResponse* response,
                  void (v1::FootageResponse::*set)(Enum)) {
  if (text.empty()) return absl::OkStatus();
  const absl::StatusOr<Enum> value = parse(text);
  if (!value.ok()) return base::Annotate(value.status(), option);
  (response->*set)(*value);
  return absl::OkStatus();
}

absl::Status TakeCounts(const RespondFlags& flags, v1::FootageResponse* out) {
  using R = v1::FootageResponse;
  RETURN_IF_ERROR(
      Take(flags.notified, "--notified", &ParseBucket, out, &R::set_notified));
  RETURN_IF_ERROR(
      Take(flags.shared, "--shared", &ParseBucket, out, &R::set_shared));
  RETURN_IF_ERROR(
      Take(flags.declined, "--declined", &ParseBucket, out, &R::set_declined));
  RETURN_IF_ERROR(Take(flags.no_action, "--no-action", &ParseBucket, out,
                       &R::set_no_action));
  RETURN_IF_ERROR(Take(flags.opted_out, "--opted-out", &ParseBucket, out,
                       &R::set_opted_out));
  out->set_clips(flags.clips);
  out->set_camera_hours_given(flags.camera_hours);
  return absl::OkStatus();
}

// Counts, root and size of what `tally build` wrote.
absl::Status TakeTally(const RespondFlags& flags, v1::FootageResponse* out) {
  if (flags.tally.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto leaves, ReadTallyFile(flags.tally));
  const auto tally = statement::Tally::FromLeaves(std::move(leaves));
  if (!tally.ok()) return base::Annotate(tally.status(), flags.tally);
  tally->FillIn(out);
  return absl::OkStatus();
}

absl::Status TakeNoticeTime(const RespondFlags& flags, const Invocation& run,
                            v1::FootageResponse* response) {
  if (!flags.user_notice_time.empty()) {
    ASSIGN_OR_RETURN(*response->mutable_user_notice_time(),
                     ParseTime(flags.user_notice_time));
  } else if (response->user_notice() == v1::USER_NOTICE_GIVEN) {
    *response->mutable_user_notice_time() =
        statement::FromUnixMs(run.around.clock->NowUnixMs());
  }
  return absl::OkStatus();
}

absl::StatusOr<Draft> MakeResponse(const RespondFlags& flags,
                                   const Invocation& run) {
  using R = v1::FootageResponse;
  Draft draft;
  R* response = draft.statement.mutable_footage_response();
  ASSIGN_OR_RETURN(const uint64_t index, ParseNumber("REQUEST", flags.request));
  response->mutable_request()->set_index(index);
  RETURN_IF_ERROR(Take(flags.outcome, "--outcome", &ParseEnum<v1::Outcome>,
                       response, &R::set_outcome));
  RETURN_IF_ERROR(Take(flags.ground, "--refusal-ground",
                       &ParseEnum<v1::RefusalGround>, response,
                       &R::set_refusal_ground));
  RETURN_IF_ERROR(Take(flags.content_given, "--content-given",
                       &ParseEnum<v1::Declared>, response,
                       &R::set_content_given));
  RETURN_IF_ERROR(Take(flags.user_notice, "--user-notice",
                       &ParseEnum<v1::UserNotice>, response,
                       &R::set_user_notice));
  RETURN_IF_ERROR(TakeCounts(flags, response));
  RETURN_IF_ERROR(TakeTally(flags, response));
  response->set_moderated(flags.moderated);
  RETURN_IF_ERROR(TakeNoticeTime(flags, run, response));
  if (!flags.first_given.empty()) {
    const auto time = ParseTime(flags.first_given);
    if (!time.ok()) return base::Annotate(time.status(), "--first-given");
    *response->mutable_first_given() = *time;
  }
  return draft;
}

absl::StatusOr<int> Respond(const RespondFlags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  ASSIGN_OR_RETURN(Draft draft, MakeResponse(flags, run));
  RETURN_IF_ERROR(TakeSeals(flags.seals, &draft));
  return SubmitDraft(settings, flags.keep, std::move(draft), run);
}

void AddAnswerOptions(CLI::App* respond, RespondFlags* flags) {
  respond
      ->add_option("--outcome", flags->outcome,
                   absl::StrCat("What came of it: ", Choices<v1::Outcome>()))
      ->check(Offer<v1::Outcome>())
      ->required();
  respond
      ->add_option("--refusal-ground", flags->ground,
                   absl::StrCat("Why refused, in whole or in part: ",
                                Choices<v1::RefusalGround>()))
      ->check(Offer<v1::RefusalGround>());
  const auto count = [respond](const char* name, std::string* value,
                               const char* who) {
    respond->add_option(
        name, *value,
        absl::StrCat("Residents who ", who,
                     ": a number (made public as a bucket) or a bucket"));
  };
  count("--notified", &flags->notified, "were asked");
  count("--shared", &flags->shared, "shared");
  count("--declined", &flags->declined, "declined");
  count("--no-action", &flags->no_action, "did nothing");
  count("--opted-out", &flags->opted_out, "opted out");
  CLI::Option* tally = respond->add_option(
      "--tally", flags->tally,
      "What `tally build` wrote: its counts, root and size");
  for (const char* name :
       {"--shared", "--declined", "--no-action", "--opted-out"}) {
    tally->excludes(name);
  }
  respond->add_option("--clips", flags->clips, "Clips given");
  respond->add_option("--camera-hours", flags->camera_hours,
                      "Camera hours given");
  respond
      ->add_option("--content-given", flags->content_given,
                   "Whether content was given: yes or no")
      ->check(Offer<v1::Declared>());
  respond->add_option("--first-given", flags->first_given,
                      "When footage was first given");
  respond
      ->add_option("--user-notice", flags->user_notice,
                   absl::StrCat("Whether the account holder was told: ",
                                Choices<v1::UserNotice>()))
      ->check(Offer<v1::UserNotice>());
  respond->add_option("--user-notice-time", flags->user_notice_time,
                      "When they were told [now, when notice was given]");
  respond->add_flag("--moderated", flags->moderated,
                    "The platform refused to publish or serve the request");
}

}  // namespace

void AddSubmit(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<SubmitFlags>();
  CLI::App* submit = app->add_subcommand(
      "submit", "Sign a statement, submit it, and keep its receipt");
  submit->footer(
      "Origin, submitter, statement id, claimed time and the leaf hashes of "
      "links are filled in\nwhere they are missing. JSON may hold "
      "\"sealed_values\" beside the statement's fields.\n\nExamples:\n"
      "  sightline submit --example footage_request > request.json\n"
      "  sightline submit request.json --statement-key agency.key \\\n"
      "      --seal case_number=20-012345 --receipt request.tlog-proof");
  submit->add_option("FILE", flags->file,
                     "Statement as JSON or text proto; - is standard input");
  submit
      ->add_option("--example", flags->example,
                   "Print an example of this kind, to be edited, and stop")
      ->check(Offer(KindChoices()));
  submit->add_option("--signed", flags->signed_file,
                     "Submit what --out has written, or what an earlier run "
                     "got no answer for");
  AddKeepOptions(submit, &flags->keep);
  AddWitnessesOption(submit, &flags->keep);
  AddSigningOptions(submit, &flags->settings);
  AddSealOptions(submit, &flags->seals);
  AddConnectionOptions(submit, &flags->settings);
  SetAction(submit, run, [flags, run] { return Submit(*flags, *run); });
}

void AddRespond(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<RespondFlags>();
  CLI::App* respond =
      app->add_subcommand("respond", "Answer a footage request");
  respond->footer(
      "Examples:\n"
      "  sightline respond 17 --outcome partial --notified 140 --shared 12 \\\n"
      "      --declined 3 --clips 9 --content-given yes\n"
      "  sightline respond 17 --outcome partial --tally tally.secret\n"
      "  sightline respond 18 --outcome rejected --refusal-ground overbroad");
  respond->add_option("REQUEST", flags->request, "Leaf index of the request")
      ->required();
  AddAnswerOptions(respond, flags.get());
  AddKeepOptions(respond, &flags->keep);
  AddWitnessesOption(respond, &flags->keep);
  AddSigningOptions(respond, &flags->settings);
  AddSealOptions(respond, &flags->seals);
  AddConnectionOptions(respond, &flags->settings);
  SetAction(respond, run, [flags, run] { return Respond(*flags, *run); });
}

}  // namespace sightline::cli
