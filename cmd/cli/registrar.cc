#include "cmd/cli/registrar.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "client/log_client.h"
#include "cmd/cli/choices.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/draft.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/registrar_signing.h"
#include "cmd/cli/settings.h"
#include "cmd/cli/submission.h"
#include "cmd/cli/values.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/describe.h"
#include "statement/dsse.h"
#include "statement/kinds.h"
#include "statement/policy.h"
#include "statement/statement_codec.h"
#include "statement/submitter_id.h"
#include "statement/timestamps.h"

namespace sightline::cli {
namespace {

// A statement of one kind from a file.
absl::StatusOr<Draft> ReadDraftOf(v1::StatementKind kind,
                                  const std::string& path, Invocation& run) {
  ASSIGN_OR_RETURN(const std::string text, ReadInput(path, *run.around.in));
  ASSIGN_OR_RETURN(Draft draft, ReadDraft(text));
  if (statement::KindOf(draft.statement) == kind) return draft;
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": says ", statement::KindName(statement::KindOf(draft.statement)),
      ", want ", statement::KindName(kind)));
}

absl::Status AddKeys(const std::vector<std::string>& paths,
                     google::protobuf::RepeatedPtrField<v1::PublicKey>* out) {
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(const crypto::PublicKey key, ReadPublicKey(path));
    out->Add()->set_spki_der(std::string(key.spki_der()));
  }
  return absl::OkStatus();
}

// --- enrol ------------------------------------------------------------------------

struct EnrolFlags {
  RegistrarFlags registrar;
  std::string file;
  std::string submitter;
  std::string name;
  std::string type;
  std::string state;
  std::string county;
  std::vector<std::string> units;
  std::vector<std::string> aliases;
  std::vector<std::string> keys;
  std::string joined;
  std::string verification = "out_of_band";
};

absl::StatusOr<Draft> MakeEnrolment(const EnrolFlags& flags, Invocation& run) {
  Draft draft;
  v1::Enrolment* enrolment = draft.statement.mutable_enrolment();
  enrolment->set_submitter(flags.submitter);
  enrolment->set_kind(statement::SubmitterKindOf(flags.submitter));
  enrolment->set_name(flags.name);
  if (!flags.type.empty()) {
    ASSIGN_OR_RETURN(const auto type, ParseEnum<v1::AgencyType>(flags.type));
    enrolment->set_agency_type(type);
  }
  enrolment->set_state(flags.state);
  enrolment->set_county_fips(flags.county);
  for (const auto& unit : flags.units) enrolment->add_units(unit);
  for (const auto& alias : flags.aliases) enrolment->add_aliases(alias);
  ASSIGN_OR_RETURN(const auto verification,
                   ParseEnum<v1::IdentityVerification>(flags.verification));
  enrolment->set_verification(verification);
  if (flags.joined.empty()) {
    *enrolment->mutable_joined() =
        statement::FromUnixMs(run.around.clock->NowUnixMs());
  } else {
    ASSIGN_OR_RETURN(*enrolment->mutable_joined(), ParseTime(flags.joined));
  }
  return draft;
}

absl::StatusOr<int> Enrol(const EnrolFlags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings,
                   Resolve(flags.registrar.settings, run));
  if (flags.file.empty() == flags.submitter.empty()) {
    return absl::InvalidArgumentError(
        "give --submitter and its --name and --public-key, or a FILE");
  }
  ASSIGN_OR_RETURN(Draft draft, flags.file.empty()
                                    ? MakeEnrolment(flags, run)
                                    : ReadDraftOf(v1::STATEMENT_KIND_ENROLMENT,
                                                  flags.file, run));
  RETURN_IF_ERROR(
      AddKeys(flags.keys, draft.statement.mutable_enrolment()->mutable_keys()));
  return SignAndSend(flags.registrar, settings, std::move(draft), run);
}

void AddEnrol(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<EnrolFlags>();
  CLI::App* enrol =
      app->add_subcommand("enrol", "Enrol an agency, platform, party or court");
  enrol->footer(
      "Examples:\n"
      "  sightline enrol --submitter ori:CA0194200 --name 'Los Angeles Police "
      "Department' \\\n      --type police --state CA --county 06037 "
      "--public-key agency.pub \\\n      --registrar-key r1.key "
      "--registrar-key r2.key\n"
      "  sightline enrol enrolment.json --registrar-key r1.key --out "
      "for-the-second.bin");
  enrol->add_option("FILE", flags->file,
                    "The enrolment as JSON or text proto, instead of options");
  enrol->add_option("--submitter", flags->submitter,
                    "\"ori:CA0194200\", \"prov:name\", \"platform:name\", "
                    "\"party:name\", \"court:name\" or \"keeper:name\"");
  enrol->add_option("--name", flags->name, "Official name");
  enrol
      ->add_option("--type", flags->type,
                   absl::StrCat("Of an agency: ", Choices<v1::AgencyType>()))
      ->check(Offer<v1::AgencyType>());
  enrol->add_option("--state", flags->state, "Two letters");
  enrol->add_option("--county", flags->county, "FIPS code, five digits");
  enrol->add_option("--unit", flags->units, "Unit or task force; several");
  enrol->add_option("--alias", flags->aliases, "Other spelling; several");
  enrol->add_option(
      "--public-key", flags->keys,
      "File of a statement key's public half; several, also beside "
      "those in FILE");
  enrol->add_option("--joined", flags->joined, "When it joined [now]");
  enrol
      ->add_option("--verification", flags->verification,
                   absl::StrCat("How its identity was checked: ",
                                Choices<v1::IdentityVerification>()))
      ->check(Offer<v1::IdentityVerification>())
      ->capture_default_str();
  AddRegistrarOptions(enrol, &flags->registrar);
  SetAction(enrol, run, [flags, run] { return Enrol(*flags, *run); });
}

// --- rotate-keys ------------------------------------------------------------------

struct RotateFlags {
  RegistrarFlags registrar;
  std::string submitter;
  std::vector<std::string> add;
  std::vector<std::string> revoke;  // "KEYID" or "KEYID@INDEX"
};

absl::StatusOr<int> RotateKeys(const RotateFlags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings,
                   Resolve(flags.registrar.settings, run));
  Draft draft;
  v1::KeyRotation* rotation = draft.statement.mutable_key_rotation();
  rotation->set_submitter(flags.submitter);
  RETURN_IF_ERROR(AddKeys(flags.add, rotation->mutable_add()));
  for (const std::string& text : flags.revoke) {
    v1::RevokedKey* revoked = rotation->add_revoke();
    const size_t at = text.find('@');
    ASSIGN_OR_RETURN(*revoked->mutable_key_id(),
                     ParseHash("--revoke", text.substr(0, at)));
    if (at == std::string::npos) continue;
    ASSIGN_OR_RETURN(const uint64_t index,
                     ParseNumber("--revoke index", text.substr(at + 1)));
    revoked->set_disputed_from_index(index);
  }
  return SignAndSend(flags.registrar, settings, std::move(draft), run);
}

void AddRotateKeys(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<RotateFlags>();
  CLI::App* rotate =
      app->add_subcommand("rotate-keys", "Change a submitter's statement keys");
  rotate->footer(
      "Example:\n"
      "  sightline rotate-keys --submitter ori:CA0194200 --add new.pub \\\n"
      "      --revoke 3f0a...c2 --registrar-key r1.key --registrar-key r2.key");
  rotate->add_option("--submitter", flags->submitter, "Whose keys")->required();
  rotate->add_option("--add", flags->add, "Public key file of a new key");
  rotate->add_option("--revoke", flags->revoke,
                     "Key id of a key that ends; KEYID@INDEX puts in dispute "
                     "what it signed from that entry on");
  AddRegistrarOptions(rotate, &flags->registrar);
  SetAction(rotate, run, [flags, run] { return RotateKeys(*flags, *run); });
}

// --- set-status -------------------------------------------------------------------

struct StatusFlags {
  RegistrarFlags registrar;
  std::string submitter;
  std::string status;
  std::string effective;
  std::string reason;
};

absl::StatusOr<int> SetStatus(const StatusFlags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings,
                   Resolve(flags.registrar.settings, run));
  Draft draft;
  v1::StatusChange* change = draft.statement.mutable_status_change();
  change->set_submitter(flags.submitter);
  ASSIGN_OR_RETURN(const auto status,
                   ParseEnum<v1::SubmitterStatus>(flags.status));
  change->set_status(status);
  change->set_reason(flags.reason);
  if (flags.effective.empty()) {
    *change->mutable_effective() =
        statement::FromUnixMs(run.around.clock->NowUnixMs());
  } else {
    ASSIGN_OR_RETURN(*change->mutable_effective(), ParseTime(flags.effective));
  }
  return SignAndSend(flags.registrar, settings, std::move(draft), run);
}

void AddSetStatus(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<StatusFlags>();
  CLI::App* set_status = app->add_subcommand(
      "set-status", "Suspend a submitter, take it back, or let it leave");
  set_status->footer(
      "Example:\n"
      "  sightline set-status --submitter ori:CA0194200 --status suspended \\\n"
      "      --registrar-key registrar-1.key --registrar-key registrar-2.key");
  set_status->add_option("--submitter", flags->submitter, "Who")->required();
  set_status
      ->add_option("--status", flags->status, Choices<v1::SubmitterStatus>())
      ->check(Offer<v1::SubmitterStatus>())
      ->required();
  set_status->add_option("--reason", flags->reason,
                         "Why; public, no personal data");
  set_status->add_option("--effective", flags->effective, "From when [now]");
  AddRegistrarOptions(set_status, &flags->registrar);
  SetAction(set_status, run, [flags, run] { return SetStatus(*flags, *run); });
}

// --- publish-policy ---------------------------------------------------------------

struct PolicyFlags {
  RegistrarFlags registrar;
  std::string file;
  std::string preset;
};

std::string PresetNames() {
  std::vector<std::string> names;
  for (const auto& policy : statement::DefaultPolicies()) {
    names.push_back(policy.policy().policy_id());
  }
  return absl::StrJoin(names, ", ");
}

absl::StatusOr<Draft> MakePreset(const std::string& name) {
  Draft draft;
  for (const auto& policy : statement::DefaultPolicies()) {
    if (policy.policy().policy_id() != name) continue;
    *draft.statement.mutable_policy_version() = policy;
    return draft;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--default ", name, ": want one of ", PresetNames()));
}

absl::StatusOr<int> PublishPolicy(const PolicyFlags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings,
                   Resolve(flags.registrar.settings, run));
  if (flags.file.empty() == flags.preset.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "give a FILE with a policy version, or --default ", PresetNames()));
  }
  ASSIGN_OR_RETURN(
      Draft draft,
      flags.file.empty()
          ? MakePreset(flags.preset)
          : ReadDraftOf(v1::STATEMENT_KIND_POLICY_VERSION, flags.file, run));
  return SignAndSend(flags.registrar, settings, std::move(draft), run);
}

void AddPublishPolicy(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<PolicyFlags>();
  CLI::App* publish = app->add_subcommand(
      "publish-policy", "Lay down a policy that requests are held against");
  publish->footer(
      "Examples:\n"
      "  sightline publish-policy --default community-2025 --registrar-key "
      "r1.key \\\n      --registrar-key r2.key\n"
      "  sightline publish-policy policies/ca-electronic-warrant.txtpb \\\n"
      "      --registrar-key r1.key --registrar-key r2.key\n"
      "  sightline submit --example policy_version > policy.json\n\n"
      "The folder policies/ of the source has the shipped policies, with the "
      "source of every\nnumber, to start from.");
  publish->add_option("FILE", flags->file,
                      "The policy version as JSON or text proto; - is standard "
                      "input");
  publish
      ->add_option("--default", flags->preset,
                   absl::StrCat("One of those that come with Sightline: ",
                                PresetNames()))
      ->check(Offer(PresetNames()));
  AddRegistrarOptions(publish, &flags->registrar);
  SetAction(publish, run, [flags, run] { return PublishPolicy(*flags, *run); });
}

// --- publish-assemblies -------------------------------------------------------------

struct AssembliesFlags {
  RegistrarFlags registrar;
  std::string file;
};

absl::StatusOr<int> PublishAssemblies(const AssembliesFlags& flags,
                                      Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings,
                   Resolve(flags.registrar.settings, run));
  ASSIGN_OR_RETURN(
      Draft draft,
      ReadDraftOf(v1::STATEMENT_KIND_ASSEMBLY_CALENDAR, flags.file, run));
  return SignAndSend(flags.registrar, settings, std::move(draft), run);
}

void AddPublishAssemblies(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<AssembliesFlags>();
  CLI::App* publish = app->add_subcommand(
      "publish-assemblies",
      "List public assemblies that requests are held against");
  publish->footer(
      "From then on the entry of a request that overlaps one says so, and "
      "whether the request\ndeclared it.\n\nExamples:\n"
      "  sightline submit --example assembly_calendar > calendar.json\n"
      "  sightline publish-assemblies calendar.json --registrar-key r1.key \\\n"
      "      --registrar-key r2.key");
  publish
      ->add_option("FILE", flags->file,
                   "The calendar as JSON or text proto; - is standard input")
      ->required();
  AddRegistrarOptions(publish, &flags->registrar);
  SetAction(publish, run,
            [flags, run] { return PublishAssemblies(*flags, *run); });
}

// --- change-log-keys --------------------------------------------------------------

struct LogKeyFlags {
  RegistrarFlags registrar;
  std::vector<std::string> add;  // "VKEY@SIZE"
  std::vector<std::string> end;  // "VKEY@SIZE"
};

absl::Status SplitKey(const std::string& option, const std::string& text,
                      std::string* vkey, uint64_t* size) {
  const size_t at = text.rfind('@');
  if (at == std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat(option, " ", text, ": want VKEY@TREE_SIZE"));
  }
  *vkey = text.substr(0, at);
  ASSIGN_OR_RETURN(*size, ParseNumber(option, text.substr(at + 1)));
  return absl::OkStatus();
}

// Ends a key that the log has: its first size is part of what is said again.
absl::Status EndKey(const std::string& text,
                    const std::vector<v1::LogKey>& known,
                    v1::LogKeyChange* change) {
  std::string vkey;
  uint64_t size = 0;
  RETURN_IF_ERROR(SplitKey("--end", text, &vkey, &size));
  for (const v1::LogKey& key : known) {
    if (key.vkey() != vkey) continue;
    v1::LogKey* ended = change->add_log_keys();
    *ended = key;
    ended->set_end_size(size);
    return absl::OkStatus();
  }
  return absl::NotFoundError(
      absl::StrCat("--end ", vkey, ": the log has no such key"));
}

absl::StatusOr<int> ChangeLogKeys(const LogKeyFlags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings,
                   Resolve(flags.registrar.settings, run));
  Draft draft;
  v1::LogKeyChange* change = draft.statement.mutable_log_key_change();
  for (const std::string& text : flags.add) {
    v1::LogKey* key = change->add_log_keys();
    uint64_t first_size = 0;
    RETURN_IF_ERROR(SplitKey("--add", text, key->mutable_vkey(), &first_size));
    key->set_first_size(first_size);
  }
  if (!flags.end.empty()) {
    ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
    ASSIGN_OR_RETURN(const client::LogInfo info, session->log().GetLog());
    for (const std::string& text : flags.end) {
      RETURN_IF_ERROR(EndKey(text, info.log_keys, change));
    }
  }
  return SignAndSend(flags.registrar, settings, std::move(draft), run);
}

void AddChangeLogKeys(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<LogKeyFlags>();
  CLI::App* change = app->add_subcommand(
      "change-log-keys", "Give the log a new key, or an old one its end");
  change->footer(
      "A key counts for tree sizes from its first to (not including) its end. "
      "The smallest\nsize possible is the number of entries before this "
      "statement plus 2: the tree that\nholds it is signed before it counts. "
      "Leave room for what is logged meanwhile.\n\nExample: from tree size "
      "20000 on only the new key signs:\n"
      "  sightline change-log-keys --add NEW_VKEY@20000 --end OLD_VKEY@20000 "
      "\\\n      --registrar-key r1.key --registrar-key r2.key");
  change->add_option("--add", flags->add, "VKEY@FIRST_TREE_SIZE of a new key");
  change->add_option("--end", flags->end, "VKEY@END_TREE_SIZE of a known key");
  AddRegistrarOptions(change, &flags->registrar);
  SetAction(change, run, [flags, run] { return ChangeLogKeys(*flags, *run); });
}

// --- countersign ------------------------------------------------------------------

struct CountersignFlags {
  RegistrarFlags registrar;
  std::string file;
};

absl::StatusOr<int> Countersign(const CountersignFlags& flags,
                                Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings,
                   Resolve(flags.registrar.settings, run));
  const std::string& next = flags.registrar.out;
  if (!next.empty()) RETURN_IF_ERROR(CheckAbsent(next));
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(flags.file));
  absl::StatusOr<v1::SignedStatement> envelope =
      statement::ParseSignedStatement(bytes);
  if (!envelope.ok()) return base::Annotate(envelope.status(), flags.file);
  ASSIGN_OR_RETURN(const v1::Statement statement,
                   statement::ParseStatement(envelope->payload()));
  // Nobody should sign what they have not seen.
  run.MakeOutput().Note(statement::DescribeStatement(statement));
  ASSIGN_OR_RETURN(const auto keys, ReadRegistrarKeys(flags.registrar.keys));
  for (const auto& key : keys) {
    RETURN_IF_ERROR(statement::AddSignature(key, &*envelope));
  }
  if (next.empty()) {
    if (statement::KindOf(statement) == v1::STATEMENT_KIND_GENESIS) {
      return absl::InvalidArgumentError(
          "a genesis is not sent but given to `sightlined --genesis`: say "
          "--out FILE");
    }
    KeepFlags keep;
    keep.receipt = flags.registrar.receipt;
    return SubmitForRegistrars(settings, keep, *envelope, run);
  }
  RETURN_IF_ERROR(WriteFile(next, envelope->SerializeAsString()));
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document(
        {{"statement", next}, {"signatures", envelope->signatures_size()}});
  } else {
    out.Field("statement", next);
    out.Field("signatures", absl::StrCat(envelope->signatures_size()));
  }
  return kExitOk;
}

void AddCountersign(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<CountersignFlags>();
  CLI::App* countersign = app->add_subcommand(
      "countersign", "Add a registrar's signature to a statement in a file");
  countersign->footer(
      "Examples:\n"
      "  sightline countersign for-the-second.bin --registrar-key r2.key\n"
      "  sightline countersign genesis-1.bin --registrar-key r2.key --out "
      "genesis.bin");
  countersign
      ->add_option("FILE", flags->file, "What `--out` of another command wrote")
      ->required();
  AddRegistrarOptions(countersign, &flags->registrar);
  SetAction(countersign, run,
            [flags, run] { return Countersign(*flags, *run); });
}

}  // namespace

void AddRegistrarCommands(CLI::App* app, Invocation* run) {
  AddEnrol(app, run);
  AddRotateKeys(app, run);
  AddSetStatus(app, run);
  AddPublishPolicy(app, run);
  AddPublishAssemblies(app, run);
  AddChangeLogKeys(app, run);
  AddCountersign(app, run);
}

}  // namespace sightline::cli
