#include "cmd/cli/sealed.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/log_client.h"
#include "client/receipt.h"
#include "cmd/cli/choices.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/draft.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/openings_file.h"
#include "cmd/cli/registrar_signing.h"
#include "cmd/cli/rotate_seal_key.h"
#include "cmd/cli/settings.h"
#include "cmd/cli/submission.h"
#include "cmd/cli/values.h"
#include "crypto/key_file.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/text.h"

namespace sightline::cli {
namespace {

// --- read -------------------------------------------------------------------------

struct ReadFlags {
  Settings settings;
  std::string index;
  std::vector<std::string> paths;
  std::string basis = "own_record";
  std::vector<std::string> registrar_keys;
  std::string receipt;
  std::string out;
};

absl::StatusOr<Draft> MakeRead(const ReadFlags& flags) {
  Draft draft;
  v1::SealedRead* read = draft.statement.mutable_sealed_read();
  ASSIGN_OR_RETURN(const uint64_t index, ParseNumber("INDEX", flags.index));
  read->mutable_target()->set_index(index);
  for (const std::string& path : flags.paths) read->add_paths(path);
  ASSIGN_OR_RETURN(const auto basis,
                   ParseEnum<v1::SealedRead::Basis>(flags.basis));
  read->set_basis(basis);
  return draft;
}

// Registrars read together, everybody else alone.
absl::StatusOr<std::vector<crypto::PrivateKey>> SigningKeys(
    const ReadFlags& flags, const Settings& settings) {
  if (!flags.registrar_keys.empty()) {
    return ReadRegistrarKeys(flags.registrar_keys);
  }
  ASSIGN_OR_RETURN(crypto::PrivateKey key, ReadStatementKey(settings));
  std::vector<crypto::PrivateKey> keys;
  keys.push_back(std::move(key));
  return keys;
}

absl::Status ShowRead(const ReadFlags& flags,
                      const client::SealedReadResult& result, Output out) {
  if (out.json()) {
    Json fields = Json::object();
    for (const v1::SealOpening& opening : result.openings) {
      fields[opening.path()] = opening.value();
    }
    Json document = {{"logged", result.receipt.index}};
    if (flags.out.empty()) document["fields"] = fields;
    if (!flags.out.empty()) document["openings"] = flags.out;
    out.Document(document);
    return absl::OkStatus();
  }
  out.Field("logged",
            absl::StrCat("this read, as entry ", result.receipt.index));
  if (!flags.out.empty()) {
    out.Field("openings", flags.out);
    return absl::OkStatus();
  }
  for (const v1::SealOpening& opening : result.openings) {
    out.Field(opening.path(), statement::Printable(opening.value()));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> Read(const ReadFlags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  if (!flags.out.empty()) RETURN_IF_ERROR(CheckAbsent(flags.out));
  if (!flags.receipt.empty()) RETURN_IF_ERROR(CheckAbsent(flags.receipt));
  ASSIGN_OR_RETURN(Draft draft, MakeRead(flags));
  ASSIGN_OR_RETURN(const auto keys, SigningKeys(flags, settings));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  RETURN_IF_ERROR(
      CompleteHeader(settings, session->log().origin(), run, &draft));
  RETURN_IF_ERROR(CompleteLinks(session->log(), &draft.statement));
  ASSIGN_OR_RETURN(const v1::SignedStatement read, SignDraft(draft, keys));
  ASSIGN_OR_RETURN(const client::SealedReadResult result,
                   session->log().ReadSealed(read));
  if (!flags.receipt.empty()) {
    RETURN_IF_ERROR(
        WriteFile(flags.receipt, client::FormatReceiptFile(result.receipt)));
  }
  if (!flags.out.empty()) {
    ASSIGN_OR_RETURN(const std::string text,
                     FormatOpeningsFile(result.openings));
    RETURN_IF_ERROR(crypto::WriteSecretFile(flags.out, text));
  }
  RETURN_IF_ERROR(ShowRead(flags, result, run.MakeOutput()));
  return kExitOk;
}

void AddRead(CLI::App* sealed, Invocation* run) {
  const auto flags = std::make_shared<ReadFlags>();
  CLI::App* read = sealed->add_subcommand(
      "read", "Read sealed fields of an entry; the read is logged first");
  read->footer(
      "Who may: the submitter of the entry (own_record), a court "
      "(court_order), and the\nregistrars together (court_order, oversight).");
  read->add_option("INDEX", flags->index, "Leaf index of the entry")
      ->required();
  read->add_option("--path", flags->paths, "Sealed field; several allowed")
      ->required();
  read->add_option("--basis", flags->basis,
                   absl::StrCat("On what: ", Choices<v1::SealedRead::Basis>(),
                                " [own_record]"))
      ->check(Offer<v1::SealedRead::Basis>());
  read->add_option(
      "--registrar-key", flags->registrar_keys,
      "Registrars read: their keys, as many as the threshold asks");
  read->add_option("--receipt", flags->receipt,
                   "File for the receipt of the read");
  read->add_option("--out", flags->out,
                   "File for the openings, mode 0600, instead of showing them");
  AddSigningOptions(read, &flags->settings);
  AddConnectionOptions(read, &flags->settings);
  SetAction(read, run, [flags, run] { return Read(*flags, *run); });
}

// --- unseal -----------------------------------------------------------------------

struct UnsealFlags {
  Settings settings;
  KeepFlags keep;
  std::string index;
  std::string openings;
  std::vector<std::string> paths;
};

absl::StatusOr<int> Unseal(const UnsealFlags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  Draft draft;
  v1::Unsealing* unsealing = draft.statement.mutable_unsealing();
  ASSIGN_OR_RETURN(const uint64_t index, ParseNumber("INDEX", flags.index));
  unsealing->mutable_target()->set_index(index);
  ASSIGN_OR_RETURN(auto openings, ReadOpeningsFile(flags.openings));
  for (v1::SealOpening& opening : openings) {
    const bool wanted =
        flags.paths.empty() || std::find(flags.paths.begin(), flags.paths.end(),
                                         opening.path()) != flags.paths.end();
    if (wanted) *unsealing->add_openings() = std::move(opening);
  }
  if (unsealing->openings().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(flags.openings, ": has none of the fields of --path"));
  }
  return SubmitDraft(settings, flags.keep, std::move(draft), run);
}

void AddUnseal(CLI::App* sealed, Invocation* run) {
  const auto flags = std::make_shared<UnsealFlags>();
  CLI::App* unseal = sealed->add_subcommand(
      "unseal", "Make sealed fields of an own entry public, for ever");
  unseal->add_option("INDEX", flags->index, "Leaf index of the entry")
      ->required();
  unseal
      ->add_option("--with", flags->openings,
                   "What `submit` wrote beside the receipt, or `sealed read "
                   "--out`")
      ->required();
  unseal->add_option("--path", flags->paths,
                     "Only this field; several allowed [all in the file]");
  AddKeepOptions(unseal, &flags->keep);
  AddWitnessesOption(unseal, &flags->keep);
  AddSigningOptions(unseal, &flags->settings);
  AddConnectionOptions(unseal, &flags->settings);
  SetAction(unseal, run, [flags, run] { return Unseal(*flags, *run); });
}

// --- erase ------------------------------------------------------------------------

struct EraseFlags {
  RegistrarFlags registrar;
  std::string index;
  std::string basis;
};

absl::StatusOr<int> Erase(const EraseFlags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings,
                   Resolve(flags.registrar.settings, run));
  Draft draft;
  v1::Erasure* erasure = draft.statement.mutable_erasure();
  ASSIGN_OR_RETURN(const uint64_t index, ParseNumber("INDEX", flags.index));
  erasure->mutable_target()->set_index(index);
  ASSIGN_OR_RETURN(const auto basis,
                   ParseEnum<v1::Erasure::Basis>(flags.basis));
  erasure->set_basis(basis);
  {
    ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
    RETURN_IF_ERROR(CompleteLinks(session->log(), &draft.statement));
    // Nothing says who signs: the certificate may be anybody's.
    draft.statement.mutable_header()->set_submitter("registrar");
  }
  return SignAndSend(flags.registrar, settings, std::move(draft), run);
}

void AddErase(CLI::App* sealed, Invocation* run) {
  const auto flags = std::make_shared<EraseFlags>();
  CLI::App* erase = sealed->add_subcommand(
      "erase", "Destroy the sealed payload of an entry (registrars)");
  erase->footer(
      "The entry stays, and so does what it commits to; nobody can open it any "
      "more.\nBackups of the data folder are beyond the log: see "
      "docs/operations.md.");
  erase->add_option("INDEX", flags->index, "Leaf index of the entry")
      ->required();
  erase
      ->add_option("--basis", flags->basis,
                   absl::StrCat("Why: ", Choices<v1::Erasure::Basis>()))
      ->check(Offer<v1::Erasure::Basis>())
      ->required();
  AddRegistrarOptions(erase, &flags->registrar);
  SetAction(erase, run, [flags, run] { return Erase(*flags, *run); });
}

// --- rotate-key -------------------------------------------------------------------

void AddRotateKey(CLI::App* sealed, Invocation* run) {
  const auto flags = std::make_shared<RotateSealKeyFlags>();
  CLI::App* rotate = sealed->add_subcommand(
      "rotate-key", "Keep all sealed payloads under another key");
  rotate->footer(
      "Stop the server first. Data keys are wrapped anew, payloads stay as "
      "they "
      "are. A run\nthat was cut short goes on when it is started again.\n\n"
      "Example:\n"
      "  sightline sealed rotate-key --data-dir log --old-seal-key seal.key "
      "\\\n"
      "      --seal-key seal-2026.key");
  rotate->add_option("--data-dir", flags->data_dir, "Folder of the log")
      ->required();
  rotate->add_option("--seal-key", flags->key.file, "The new key");
  rotate->add_option("--seal-key-command", flags->key.command,
                     "Command that prints it, instead");
  rotate
      ->add_option("--old-seal-key", flags->key.old_files,
                   "Key that payloads are under now; several allowed")
      ->required();
  SetAction(rotate, run, [flags, run] { return RotateSealKey(*flags, *run); });
}

}  // namespace

void AddSealed(CLI::App* app, Invocation* run) {
  CLI::App* sealed =
      AddGroup(app, "sealed",
               "Sealed fields: read, unseal, erase, keep under a new key");
  sealed->footer(
      "Examples:\n"
      "  sightline sealed read 17 --path case_number\n"
      "  sightline sealed unseal 17 --with request.openings.json\n"
      "  sightline sealed erase 17 --basis court --registrar-key r1.key \\\n"
      "      --registrar-key r2.key");
  AddRead(sealed, run);
  AddUnseal(sealed, run);
  AddErase(sealed, run);
  AddRotateKey(sealed, run);
}

}  // namespace sightline::cli
