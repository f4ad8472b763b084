#include "cmd/cli/registrar_signing.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/submission.h"
#include "crypto/key_file.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::cli {

void AddRegistrarOptions(CLI::App* command, RegistrarFlags* flags) {
  command
      ->add_option(
          "--registrar-key", flags->keys,
          "Private key file of a registrar, who signs; several allowed")
      ->required();
  command->add_option("--receipt", flags->receipt, "File for the receipt");
  command->add_option("--out", flags->out,
                      "Write the signed statement to this file and do not send "
                      "it; `countersign` adds signatures and sends it");
  AddConnectionOptions(command, &flags->settings);
}

absl::StatusOr<std::vector<crypto::PrivateKey>> ReadRegistrarKeys(
    const std::vector<std::string>& paths) {
  std::vector<crypto::PrivateKey> keys;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(crypto::PrivateKey key, crypto::ReadKeyFile(path));
    keys.push_back(std::move(key));
  }
  return keys;
}

absl::StatusOr<int> SignAndSend(const RegistrarFlags& flags,
                                const Settings& settings, Draft draft,
                                Invocation& run) {
  if (!flags.out.empty()) RETURN_IF_ERROR(CheckAbsent(flags.out));
  ASSIGN_OR_RETURN(const auto keys, ReadRegistrarKeys(flags.keys));
  ASSIGN_OR_RETURN(const checkpoint::LogKeySet log_keys, TrustedKeys(settings));
  RETURN_IF_ERROR(CompleteHeader(settings, log_keys.origin(), run, &draft));
  ASSIGN_OR_RETURN(const v1::SignedStatement signed_statement,
                   SignDraft(draft, keys));
  if (flags.out.empty()) {
    KeepFlags keep;
    keep.receipt = flags.receipt;
    return SubmitForRegistrars(settings, keep, signed_statement, run);
  }
  RETURN_IF_ERROR(WriteFile(flags.out, signed_statement.SerializeAsString()));
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document({{"statement", flags.out},
                  {"signatures", signed_statement.signatures_size()}});
  } else {
    out.Field("statement", flags.out);
    out.Field("signatures", absl::StrCat(signed_statement.signatures_size()));
  }
  return kExitOk;
}

}  // namespace sightline::cli
