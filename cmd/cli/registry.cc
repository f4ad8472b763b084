#include "cmd/cli/registry.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "client/log_client.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/output.h"
#include "cmd/cli/settings.h"
#include "cmd/cli/values.h"
#include "crypto/sha256.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/registry_service.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/describe.h"
#include "statement/entry_codec.h"
#include "statement/json.h"
#include "statement/kinds.h"
#include "statement/statement_codec.h"
#include "statement/text.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  std::string submitter;
  uint64_t tree_size = 0;
  std::string state;
  std::string name;
  std::string key_id;
};

Json KeyJson(const v1::KeyPeriod& key) {
  Json json = {{"key_id", base::HexEncode(key.key_id())},
               {"first_index", key.first_index()},
               {"end_index", key.end_index()}};
  if (key.has_disputed_from_index()) {
    json["disputed_from_index"] = key.disputed_from_index();
  }
  return json;
}

Json SubmitterJson(const v1::Submitter& submitter) {
  Json keys = Json::array();
  for (const v1::KeyPeriod& key : submitter.keys())
    keys.push_back(KeyJson(key));
  return {
      {"submitter", submitter.submitter()},
      {"kind", v1::SubmitterKind_Name(submitter.kind())},
      {"name", submitter.name()},
      {"agency_type", v1::AgencyType_Name(submitter.agency_type())},
      {"state", submitter.state()},
      {"county_fips", submitter.county_fips()},
      {"status", v1::SubmitterStatus_Name(submitter.status())},
      {"verification", v1::IdentityVerification_Name(submitter.verification())},
      {"provisional", submitter.provisional()},
      {"enrolled_index", submitter.enrolled_index()},
      {"keys", keys}};
}

std::string KeyLine(const v1::KeyPeriod& key) {
  std::string line = absl::StrCat(base::HexEncode(key.key_id()),
                                  ", added by entry ", key.first_index());
  if (key.end_index() != 0) {
    absl::StrAppend(&line, ", revoked by entry ", key.end_index());
  }
  if (key.has_disputed_from_index()) {
    absl::StrAppend(&line, ", under dispute from entry ",
                    key.disputed_from_index());
  }
  return line;
}

// One of the entries that made a submitter what it is.
struct Step {
  uint64_t index = 0;
  v1::Entry entry;
  v1::Statement statement;
};

// Every one that the answer rests on, each proven to be in the log.
absl::StatusOr<std::vector<Step>> HistoryOf(const v1::Submitter& submitter,
                                            client::LogClient* log) {
  std::vector<Step> steps;
  for (const uint64_t index : submitter.source_indices()) {
    ASSIGN_OR_RETURN(const client::ProvenEntry proven, log->GetEntry(index));
    Step step;
    step.index = index;
    ASSIGN_OR_RETURN(step.entry, statement::ParseEntry(proven.bytes));
    ASSIGN_OR_RETURN(step.statement, statement::ParseStatement(
                                         step.entry.statement().payload()));
    steps.push_back(std::move(step));
  }
  return steps;
}

std::string KeyIdOf(const v1::PublicKey& key) {
  return base::HexEncode(crypto::AsBytes(crypto::Sha256(key.spki_der())));
}

// What the line of an entry leaves out.
std::vector<std::string> Details(const v1::Statement& said) {
  std::vector<std::string> lines;
  const v1::KeyRotation& rotation = said.key_rotation();
  for (const v1::PublicKey& key : rotation.add()) {
    lines.push_back(absl::StrCat("added ", KeyIdOf(key)));
  }
  for (const v1::RevokedKey& key : rotation.revoke()) {
    lines.push_back(
        absl::StrCat("revoked ", base::HexEncode(key.key_id()),
                     key.has_disputed_from_index()
                         ? absl::StrCat(", under dispute from entry ",
                                        key.disputed_from_index())
                         : ""));
  }
  const std::string& reason = said.status_change().reason();
  if (!reason.empty()) {
    lines.push_back(absl::StrCat("reason: ", statement::Printable(reason)));
  }
  return lines;
}

Json StepJson(const Step& step) {
  Json json = {{"index", step.index},
               {"admitted_unix_ms", step.entry.admitted_unix_ms()},
               {"kind", statement::KindName(statement::KindOf(step.statement))},
               {"what", statement::DescribeStatement(step.statement)}};
  if (step.statement.has_status_change()) {
    json["reason"] = step.statement.status_change().reason();
  }
  if (!step.statement.has_key_rotation()) return json;
  json["added"] = Json::array();
  json["revoked"] = Json::array();
  for (const v1::PublicKey& key : step.statement.key_rotation().add()) {
    json["added"].push_back(KeyIdOf(key));
  }
  for (const v1::RevokedKey& key : step.statement.key_rotation().revoke()) {
    Json revoked = {{"key_id", base::HexEncode(key.key_id())}};
    if (key.has_disputed_from_index()) {
      revoked["disputed_from_index"] = key.disputed_from_index();
    }
    json["revoked"].push_back(std::move(revoked));
  }
  return json;
}

void ShowStep(const Step& step, Output& out) {
  out.Line(statement::DescribeEntry(step.index, step.entry));
  for (const std::string& line : Details(step.statement)) {
    out.Line(absl::StrCat("    ", line));
  }
}

absl::StatusOr<int> Show(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  ASSIGN_OR_RETURN(
      const client::SubmitterAnswer answer,
      session->log().GetSubmitter(flags.submitter, flags.tree_size));
  const v1::Submitter& submitter = answer.submitter;
  ASSIGN_OR_RETURN(const std::vector<Step> history,
                   HistoryOf(submitter, &session->log()));
  Output out = run.MakeOutput();
  if (out.json()) {
    Json json = SubmitterJson(submitter);
    json["history"] = Json::array();
    for (const Step& step : history) json["history"].push_back(StepJson(step));
    json["tree_size"] = answer.tree_size;
    out.Document(json);
    return kExitOk;
  }
  out.Field("submitter",
            absl::StrCat(
                submitter.submitter(),
                submitter.provisional() ? " (provisional, no ORI yet)" : ""));
  out.Field("name", submitter.name());
  out.Field("status", statement::Text(submitter.status()));
  out.Field("identity", statement::Text(submitter.verification()));
  if (!submitter.state().empty()) out.Field("state", submitter.state());
  if (!submitter.county_fips().empty()) {
    out.Field("county", submitter.county_fips());
  }
  for (const v1::KeyPeriod& key : submitter.keys()) {
    out.Field("key", KeyLine(key));
  }
  out.Field("as of", absl::StrCat(answer.tree_size, " entries"));
  for (const Step& step : history) ShowStep(step, out);
  return kExitOk;
}

absl::StatusOr<int> List(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  v1::ListSubmittersRequest request;
  request.set_tree_size(flags.tree_size);
  request.set_state(flags.state);
  request.set_name_contains(flags.name);
  Output out = run.MakeOutput();
  do {
    ASSIGN_OR_RETURN(const client::SubmitterPage page,
                     session->log().ListSubmitters(request));
    // Later pages speak of the same tree as the first.
    request.set_tree_size(page.tree_size);
    request.set_page_token(page.next_page_token);
    for (const v1::Submitter& submitter : page.submitters) {
      if (out.json()) {
        out.JsonLine(SubmitterJson(submitter));
      } else {
        out.Field(submitter.submitter(),
                  absl::StrCat(submitter.name(), "  ",
                               statement::Text(submitter.status())));
      }
    }
  } while (!request.page_token().empty() && out.ok());
  return kExitOk;
}

absl::StatusOr<int> Key(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  ASSIGN_OR_RETURN(const std::string bytes, ParseHash("KEY_ID", flags.key_id));
  ASSIGN_OR_RETURN(const crypto::Digest id, crypto::DigestFromBytes(bytes));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  ASSIGN_OR_RETURN(const client::KeyAnswer answer,
                   session->log().GetKey(id, flags.tree_size));
  Output out = run.MakeOutput();
  if (out.json()) {
    Json json = KeyJson(answer.key);
    json["submitter"] = answer.submitter;
    json["tree_size"] = answer.tree_size;
    out.Document(json);
    return kExitOk;
  }
  out.Field("submitter", answer.submitter);
  out.Field("key", KeyLine(answer.key));
  out.Field("as of", absl::StrCat(answer.tree_size, " entries"));
  return kExitOk;
}

absl::StatusOr<Json> PolicyJson(const v1::Policy& policy) {
  v1::Statement statement;
  *statement.mutable_policy_version() = policy.policy();
  ASSIGN_OR_RETURN(const std::string text,
                   statement::StatementToJson(statement));
  Json json = {{"index", policy.index()}};
  json.update(Json::parse(text, nullptr, /*allow_exceptions=*/false));
  return json;
}

absl::StatusOr<int> Policies(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  ASSIGN_OR_RETURN(const client::PolicyList list,
                   session->log().ListPolicies(flags.tree_size));
  Output out = run.MakeOutput();
  for (const v1::Policy& policy : list.policies) {
    if (out.json()) {
      ASSIGN_OR_RETURN(const Json json, PolicyJson(policy));
      out.JsonLine(json);
      continue;
    }
    const v1::PolicyRef& ref = policy.policy().policy();
    out.Field(
        absl::StrCat(ref.policy_id(), "/", ref.version()),
        absl::StrCat(policy.policy().title(), " (entry ", policy.index(), ")"));
  }
  return kExitOk;
}

}  // namespace

void AddRegistry(CLI::App* app, Invocation* run) {
  CLI::App* registry = AddGroup(
      app, "registry", "Who may submit, with which keys, under which policies");
  registry->footer(
      "Examples:\n"
      "  sightline registry list --state CA\n"
      "  sightline registry show ori:CA0194200 --tree-size 5000\n\n"
      "What is shown is proven by entries of the log. That there is no newer "
      "entry, such as one\nthat revokes a key, is not: `sightline audit` and "
      "`sightline monitor` read every entry.");
  const auto flags = std::make_shared<Flags>();
  CLI::App* show =
      registry->add_subcommand("show", "One submitter, and what made it so");
  show->add_option("SUBMITTER", flags->submitter, "Its id, ori:CA0194200")
      ->required();
  CLI::App* list = registry->add_subcommand("list", "All submitters");
  list->add_option("--state", flags->state, "Only of this state, CA");
  list->add_option("--name", flags->name, "Only whose name contains this");
  CLI::App* key = registry->add_subcommand("key", "Whose a statement key is");
  key->add_option("KEY_ID", flags->key_id, "SHA-256 of the key, hexadecimal")
      ->required();
  CLI::App* policies = registry->add_subcommand(
      "policies", "The policies that requests are held against");
  for (CLI::App* command : {show, list, key, policies}) {
    command
        ->add_option("--tree-size", flags->tree_size,
                     "As of so many entries; 0: now")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    AddConnectionOptions(command, &flags->settings);
  }
  SetAction(show, run, [flags, run] { return Show(*flags, *run); });
  SetAction(list, run, [flags, run] { return List(*flags, *run); });
  SetAction(key, run, [flags, run] { return Key(*flags, *run); });
  SetAction(policies, run, [flags, run] { return Policies(*flags, *run); });
}

}  // namespace sightline::cli
