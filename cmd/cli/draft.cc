#include "cmd/cli/draft.h"

#include <functional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "cmd/cli/choices.h"
#include "cmd/cli/files.h"
#include "cmd/cli/output.h"
#include "cmd/cli/values.h"
#include "crypto/key_file.h"
#include "crypto/sha256.h"
#include "crypto/uuid.h"
#include "crypto/x509.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "statement/dsse.h"
#include "statement/json.h"
#include "statement/kinds.h"
#include "statement/lint.h"
#include "statement/seal.h"
#include "statement/sealed_paths.h"
#include "statement/submitter_id.h"
#include "statement/timestamps.h"
#include "statement/validate.h"

namespace sightline::cli {
namespace {

constexpr char kSealedValues[] = "sealed_values";
constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;

absl::StatusOr<std::string> TextAt(const Json& object, const char* name) {
  const auto it = object.find(name);
  if (it == object.end()) return "";
  if (it->is_string()) return it->get<std::string>();
  return absl::InvalidArgumentError(
      absl::StrCat(kSealedValues, ": ", name, ": want a text"));
}

absl::StatusOr<SealedValue> ReadSealedValue(const std::string& path,
                                            const Json& json) {
  SealedValue out;
  out.path = path;
  if (json.is_string()) {
    out.value = json.get<std::string>();
    return out;
  }
  if (!json.is_object()) {
    return absl::InvalidArgumentError(absl::StrCat(
        kSealedValues, ".", path, ": want a text, or an object with a value"));
  }
  for (const auto& [name, unused] : json.items()) {
    if (name != "value" && name != "ground" && name != "granter" &&
        name != "sealed_until") {
      return absl::InvalidArgumentError(absl::StrCat(
          kSealedValues, ".", path, ": \"", name, "\" is no part of a seal"));
    }
  }
  ASSIGN_OR_RETURN(out.value, TextAt(json, "value"));
  ASSIGN_OR_RETURN(out.ground, TextAt(json, "ground"));
  ASSIGN_OR_RETURN(out.granter, TextAt(json, "granter"));
  ASSIGN_OR_RETURN(out.sealed_until, TextAt(json, "sealed_until"));
  return out;
}

absl::StatusOr<Draft> ReadJsonDraft(absl::string_view text) {
  Json json = Json::parse(text.begin(), text.end(), nullptr,
                          /*allow_exceptions=*/false);
  if (!json.is_object()) {
    // The statement's own parser says where the fault is.
    return absl::InvalidArgumentError(
        absl::StrCat("statement: malformed JSON: ",
                     statement::StatementFromJson(text).status().message()));
  }
  Draft draft;
  if (const auto it = json.find(kSealedValues); it != json.end()) {
    if (!it->is_object()) {
      return absl::InvalidArgumentError(
          absl::StrCat(kSealedValues, ": want an object"));
    }
    for (const auto& [path, value] : it->items()) {
      ASSIGN_OR_RETURN(draft.sealed_values.emplace_back(),
                       ReadSealedValue(path, value));
    }
    json.erase(kSealedValues);
  }
  ASSIGN_OR_RETURN(draft.statement, statement::StatementFromJson(json.dump()));
  return draft;
}

absl::StatusOr<std::string> SubmitterOfCertificate(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string pem, ReadFile(path));
  ASSIGN_OR_RETURN(const std::vector<std::string> uris, crypto::UriSans(pem));
  for (absl::string_view uri : uris) {
    if (absl::ConsumePrefix(&uri, "sightline://submitter/")) {
      return std::string(uri);
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": the certificate names no submitter"));
}

absl::StatusOr<std::string> SubmitterFor(const Settings& settings,
                                         v1::StatementKind kind) {
  if (statement::IsControl(kind)) return std::string(statement::kRegistrar);
  if (!settings.submitter.empty()) return settings.submitter;
  if (!settings.cert.empty()) return SubmitterOfCertificate(settings.cert);
  return absl::InvalidArgumentError(
      "header.submitter is missing: say who submits with --submitter");
}

absl::StatusOr<statement::SealTerms> TermsOf(const SealedValue& value,
                                             int64_t claimed_unix_ms) {
  statement::SealTerms terms;
  terms.ground = v1::SEAL_GROUND_ACTIVE_INVESTIGATION;
  terms.granter = v1::SEAL_GRANTER_SUBMITTER;
  if (!value.ground.empty()) {
    ASSIGN_OR_RETURN(terms.ground, ParseEnum<v1::SealGround>(value.ground));
  }
  if (!value.granter.empty()) {
    ASSIGN_OR_RETURN(terms.granter, ParseEnum<v1::SealGranter>(value.granter));
  }
  if (!value.sealed_until.empty()) {
    ASSIGN_OR_RETURN(const auto until, ParseTime(value.sealed_until));
    terms.sealed_until_unix_ms = statement::ToUnixMs(until);
  } else if (terms.ground != v1::SEAL_GROUND_PERSONAL_DATA) {
    terms.sealed_until_unix_ms = claimed_unix_ms + kDefaultSealDays * kDayMs;
  }
  return terms;
}

bool IsMissing(const std::string& leaf_hash) {
  return leaf_hash.find_first_not_of('\0') == std::string::npos;
}

// Calls `visit` for every EntryLink in `message`.
absl::Status ForEachLink(
    google::protobuf::Message* message,
    const std::function<absl::Status(v1::EntryLink*)>& visit) {
  if (auto* link = dynamic_cast<v1::EntryLink*>(message)) return visit(link);
  const auto* reflection = message->GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const auto* field : fields) {
    if (field->message_type() == nullptr) continue;
    if (!field->is_repeated()) {
      RETURN_IF_ERROR(
          ForEachLink(reflection->MutableMessage(message, field), visit));
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(*message, field); ++i) {
      RETURN_IF_ERROR(ForEachLink(
          reflection->MutableRepeatedMessage(message, field, i), visit));
    }
  }
  return absl::OkStatus();
}

}  // namespace

void AddSealOptions(CLI::App* command, SealFlags* flags) {
  const char* group = "Seals";
  command
      ->add_option("--seal", flags->values,
                   "PATH=VALUE or PATH=@FILE: a field that is not public yet, "
                   "for example case_number=20-012345")
      ->group(group);
  command
      ->add_flag(
          "--seal-whole", flags->whole,
          "A court forbids to tell that this request exists: seal all of "
          "it; wants --seal-ground and --seal-until")
      ->group(group);
  command
      ->add_option("--seal-ground", flags->ground,
                   absl::StrCat("Why: ", Choices<v1::SealGround>(),
                                " [active_investigation]"))
      ->check(Offer<v1::SealGround>())
      ->group(group);
  command
      ->add_option("--seal-granter", flags->granter,
                   absl::StrCat("Who granted it: ", Choices<v1::SealGranter>(),
                                " [submitter]"))
      ->check(Offer<v1::SealGranter>())
      ->group(group);
  command
      ->add_option("--seal-until", flags->until,
                   absl::StrCat("When the seals end [", kDefaultSealDays,
                                " days after the claimed time]"))
      ->group(group);
}

absl::StatusOr<Draft> ReadDraft(absl::string_view text) {
  if (absl::StartsWith(absl::StripLeadingAsciiWhitespace(text), "{")) {
    return ReadJsonDraft(text);
  }
  Draft draft;
  ASSIGN_OR_RETURN(draft.statement, statement::StatementFromText(text));
  return draft;
}

absl::StatusOr<std::string> DraftToJson(const Draft& draft) {
  v1::Statement bare = draft.statement;
  bare.mutable_header()->clear_origin();
  bare.mutable_header()->clear_statement_id();
  bare.mutable_header()->clear_claimed_time();
  bare.mutable_header()->clear_sealed();
  RETURN_IF_ERROR(ForEachLink(&bare, [](v1::EntryLink* link) {
    if (IsMissing(link->leaf_hash())) link->clear_leaf_hash();
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(const std::string text, statement::StatementToJson(bare));
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  for (const v1::SealOpening& opening : draft.openings) {
    json[kSealedValues][opening.path()] = opening.value();
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

// --seal-whole with its companions.
absl::Status TakeWholeSeal(const SealFlags& flags, Draft* draft) {
  if (!flags.values.empty() || flags.ground.empty() || flags.until.empty()) {
    return absl::InvalidArgumentError(
        "--seal-whole: want --seal-ground and --seal-until, and no --seal: the "
        "whole holds every field");
  }
  v1::WholeSeal& seal =
      *draft->statement.mutable_header()->mutable_whole_seal();
  ASSIGN_OR_RETURN(const auto ground, ParseEnum<v1::SealGround>(flags.ground));
  seal.set_ground(ground);
  seal.set_granter(v1::SEAL_GRANTER_COURT);
  if (!flags.granter.empty()) {
    ASSIGN_OR_RETURN(const auto granter,
                     ParseEnum<v1::SealGranter>(flags.granter));
    seal.set_granter(granter);
  }
  ASSIGN_OR_RETURN(*seal.mutable_sealed_until(), ParseTime(flags.until));
  return absl::OkStatus();
}

absl::Status TakeSeals(const SealFlags& flags, Draft* draft) {
  if (flags.whole) return TakeWholeSeal(flags, draft);
  for (const std::string& text : flags.values) {
    const size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return absl::InvalidArgumentError(
          "--seal: want PATH=VALUE or PATH=@FILE");  // the value is not shown
    }
    SealedValue value;
    value.path = text.substr(0, equals);
    value.value = text.substr(equals + 1);
    if (absl::StartsWith(value.value, "@")) {
      ASSIGN_OR_RETURN(value.value, ReadFile(value.value.substr(1)));
    }
    draft->sealed_values.push_back(std::move(value));
  }
  for (SealedValue& value : draft->sealed_values) {
    if (value.ground.empty()) value.ground = flags.ground;
    if (value.granter.empty()) value.granter = flags.granter;
    if (value.sealed_until.empty()) value.sealed_until = flags.until;
  }
  return absl::OkStatus();
}

absl::Status CompleteHeader(const Settings& settings, absl::string_view origin,
                            const Invocation& run, Draft* draft) {
  v1::StatementHeader& header = *draft->statement.mutable_header();
  if (header.origin().empty()) header.set_origin(std::string(origin));
  if (header.submitter().empty()) {
    ASSIGN_OR_RETURN(
        *header.mutable_submitter(),
        SubmitterFor(settings, statement::KindOf(draft->statement)));
  }
  if (header.statement_id().empty()) {
    const crypto::Uuid id = crypto::NewUuid(*run.around.rng);
    header.set_statement_id(std::string(id.begin(), id.end()));
  }
  if (!header.has_claimed_time()) {
    *header.mutable_claimed_time() =
        statement::FromUnixMs(run.around.clock->NowUnixMs());
  }
  return absl::OkStatus();
}

absl::Status CompleteLinks(client::LogClient& log, v1::Statement* statement) {
  return ForEachLink(statement, [&log](v1::EntryLink* link) {
    if (!IsMissing(link->leaf_hash())) return absl::OkStatus();
    const auto entry = log.GetEntry(link->index());
    if (!entry.ok()) {
      return base::Annotate(entry.status(),
                            absl::StrCat("linked entry ", link->index()));
    }
    link->set_leaf_hash(std::string(crypto::AsBytes(entry->leaf_hash)));
    return absl::OkStatus();
  });
}

void WarnOfPersonalData(const Draft& draft, Output* out) {
  const auto warn = [out](const std::string& path, const std::string& value,
                          absl::string_view becomes) {
    if (statement::HoldsPersonalData(path)) return;
    const auto found = statement::FindPersonalData(value);
    if (found.empty()) return;
    out->Warn(absl::StrCat(path, ": looks like ", found.ToString(),
                           ", which this field is not for; ", becomes));
  };
  for (const SealedValue& value : draft.sealed_values) {
    warn(value.path, value.value, "it will be public when the seal ends");
  }
  for (const auto& opening : draft.statement.unsealing().openings()) {
    // A whole statement kept the rules of what is public when it was sealed.
    if (opening.path() == statement::kWholePath) continue;
    warn(opening.path(), opening.value(), "it will be public for ever");
  }
}

absl::Status SealAll(crypto::Rng& rng, Draft* draft) {
  v1::StatementHeader& header = *draft->statement.mutable_header();
  if (header.has_whole_seal() && draft->sealed_values.empty()) {
    v1::SealOpening& opening = draft->openings.emplace_back();
    opening.set_path(std::string(statement::kWholePath));
    opening.set_salt(rng.Bytes(statement::kSealSaltSize));
    return absl::OkStatus();
  }
  if (static_cast<size_t>(header.sealed_size()) != draft->openings.size()) {
    return absl::InvalidArgumentError(
        "header.sealed: give the values in \"sealed_values\" or with --seal; "
        "commitments are made from them");
  }
  const int64_t claimed = statement::ToUnixMs(header.claimed_time());
  for (const SealedValue& value : draft->sealed_values) {
    const std::string where = absl::StrCat("seal ", value.path);
    const auto terms = TermsOf(value, claimed);
    if (!terms.ok()) return base::Annotate(terms.status(), where);
    auto seal = statement::MakeSeal(value.path, value.value, *terms, rng);
    if (!seal.ok()) return base::Annotate(seal.status(), where);
    *header.add_sealed() = std::move(seal->field);
    draft->openings.push_back(std::move(seal->opening));
  }
  draft->sealed_values.clear();
  return absl::OkStatus();
}

absl::StatusOr<v1::SignedStatement> SignDraft(
    const Draft& draft, absl::Span<const crypto::PrivateKey> keys) {
  RETURN_IF_ERROR(base::Annotate(
      statement::Validate(draft.statement).ToStatus(), "statement"));
  return statement::Sign(draft.statement, keys);
}

absl::StatusOr<crypto::PrivateKey> ReadStatementKey(const Settings& settings) {
  if (settings.statement_key.empty()) {
    return absl::NotFoundError(
        "no key to sign with: give --statement-key FILE (`sightline keygen "
        "statement` makes one)");
  }
  return crypto::ReadKeyFile(settings.statement_key);
}

}  // namespace sightline::cli
