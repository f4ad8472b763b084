#include "cmd/cli/init.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/vkey.h"
#include "cmd/cli/draft.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/registrar_signing.h"
#include "cmd/cli/settings.h"
#include "cmd/note_keys.h"
#include "crypto/signer.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::cli {
namespace {

constexpr uint32_t kEntryFormat = 1;

struct Flags {
  std::string origin;
  std::vector<std::string> vkeys;
  std::vector<std::string> log_keys;  // files
  std::vector<std::string> public_keys;
  std::vector<std::string> private_keys;
  uint32_t threshold = 2;
  std::string description;
  std::string out;
};

absl::Status AddLogKeys(const Flags& flags, v1::Genesis* genesis) {
  std::vector<std::string> vkeys = flags.vkeys;
  ASSIGN_OR_RETURN(const std::vector<checkpoint::NoteSigner> signers,
                   daemon::ReadNoteSigners(flags.log_keys));
  for (const auto& signer : signers) vkeys.push_back(signer.vkey());
  if (vkeys.empty()) {
    return absl::InvalidArgumentError(
        "the log has no key: give its --vkey or --log-key (`sightline keygen "
        "log` makes one)");
  }
  for (const std::string& text : vkeys) {
    ASSIGN_OR_RETURN(const checkpoint::Vkey vkey, checkpoint::ParseVkey(text));
    if (genesis->origin().empty()) genesis->set_origin(vkey.name);
    if (vkey.name != genesis->origin()) {
      return absl::InvalidArgumentError(
          absl::StrCat("log key: its name is \"", vkey.name,
                       "\", but the origin is \"", genesis->origin(), "\""));
    }
    genesis->add_log_keys()->set_vkey(text);
  }
  return absl::OkStatus();
}

// The keys that are named, and those that sign, each once.
absl::Status AddRegistrarKeys(const Flags& flags,
                              const std::vector<crypto::PrivateKey>& signers,
                              v1::Genesis* genesis) {
  std::vector<crypto::PublicKey> keys;
  for (const std::string& path : flags.public_keys) {
    ASSIGN_OR_RETURN(crypto::PublicKey key, ReadPublicKey(path));
    keys.push_back(std::move(key));
  }
  for (const auto& signer : signers) keys.push_back(signer.public_key());
  for (size_t i = 0; i < keys.size(); ++i) {
    bool again = false;
    for (size_t j = 0; j < i; ++j) again = again || keys[j] == keys[i];
    if (again) continue;
    genesis->add_registrar_keys()->set_spki_der(
        std::string(keys[i].spki_der()));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> Init(const Flags& flags, Invocation& run) {
  RETURN_IF_ERROR(CheckAbsent(flags.out));
  ASSIGN_OR_RETURN(const std::vector<crypto::PrivateKey> signers,
                   ReadRegistrarKeys(flags.private_keys));
  Draft draft;
  v1::Genesis* genesis = draft.statement.mutable_genesis();
  genesis->set_origin(flags.origin);
  genesis->set_format_version(kEntryFormat);
  genesis->set_registrar_threshold(flags.threshold);
  genesis->set_description(flags.description);
  RETURN_IF_ERROR(AddLogKeys(flags, genesis));
  RETURN_IF_ERROR(AddRegistrarKeys(flags, signers, genesis));
  RETURN_IF_ERROR(CompleteHeader(Settings(), genesis->origin(), run, &draft));
  ASSIGN_OR_RETURN(const v1::SignedStatement signed_statement,
                   SignDraft(draft, signers));
  RETURN_IF_ERROR(WriteFile(flags.out, signed_statement.SerializeAsString()));
  Output out = run.MakeOutput();
  const int missing =
      static_cast<int>(flags.threshold) - signed_statement.signatures_size();
  if (out.json()) {
    out.Document({{"genesis", flags.out},
                  {"origin", genesis->origin()},
                  {"registrar_keys", genesis->registrar_keys_size()},
                  {"threshold", flags.threshold},
                  {"signatures", signed_statement.signatures_size()}});
    return kExitOk;
  }
  out.Field("genesis", flags.out);
  out.Field("origin", genesis->origin());
  out.Field("registrars", absl::StrCat(flags.threshold, " of ",
                                       genesis->registrar_keys_size()));
  if (missing > 0) {
    out.Field("missing", absl::StrCat(missing,
                                      " more signature(s): `sightline "
                                      "countersign ",
                                      flags.out, "`"));
  }
  return kExitOk;
}

}  // namespace

void AddInit(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* init = app->add_subcommand(
      "init", "Write the genesis of a new log, for `sightlined --genesis`");
  init->footer(
      "Examples:\n"
      "  sightline init --vkey \"$(cat log.vkey)\" --registrar-key r1.key \\\n"
      "      --registrar-key r2.key --out genesis.bin\n"
      "With registrars in different places, one makes the file and names the "
      "others' public\nkeys with --registrar; each of them then runs "
      "`sightline countersign`.");
  init->add_option("--origin", flags->origin,
                   "The log's unique name [that of the vkey]");
  init->add_option(
      "--vkey", flags->vkeys,
      "Verifier key of the log (from `keygen log`); several allowed");
  init->add_option("--log-key", flags->log_keys,
                   "Or the log's private key file, where it is at hand");
  init->add_option("--registrar", flags->public_keys,
                   "Public key file of a registrar; several allowed");
  init->add_option(
          "--registrar-key", flags->private_keys,
          "Private key file of a registrar, who signs; several allowed")
      ->required();
  init->add_option("--threshold", flags->threshold,
                   "How many registrars must sign what changes the registry")
      ->check(CLI::Range(2, 16))
      ->capture_default_str();
  init->add_option("--description", flags->description,
                   "What this log is, for people");
  init->add_option("--out", flags->out, "The genesis file")->required();
  SetAction(init, run, [flags, run] { return Init(*flags, *run); });
}

}  // namespace sightline::cli
