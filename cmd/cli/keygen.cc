#include "cmd/cli/keygen.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/note_signer.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "crypto/aead.h"
#include "crypto/key_file.h"
#include "crypto/signer.h"

namespace sightline::cli {
namespace {

struct Flags {
  std::string out;
  std::string algorithm = "ed25519";
  std::string origin;
  std::string name;
};

// "agency.key" -> "agency.pub"; other names get ".pub" appended.
std::string PublicKeyFile(const std::string& path) {
  return absl::EndsWith(path, ".key")
             ? absl::StrCat(path.substr(0, path.size() - 4), ".pub")
             : absl::StrCat(path, ".pub");
}

std::string KeyId(const crypto::PublicKey& key) {
  return base::HexEncode(crypto::AsBytes(key.key_id()));
}

absl::StatusOr<int> MakeStatementKey(const Flags& flags, Invocation& run) {
  const std::string public_file = PublicKeyFile(flags.out);
  RETURN_IF_ERROR(CheckAbsent(public_file));
  ASSIGN_OR_RETURN(const crypto::KeyAlgorithm algorithm,
                   crypto::ParseKeyAlgorithm(flags.algorithm));
  ASSIGN_OR_RETURN(const crypto::PrivateKey key,
                   crypto::PrivateKey::Generate(algorithm));
  RETURN_IF_ERROR(crypto::WriteKeyFile(flags.out, key));
  RETURN_IF_ERROR(WriteFile(public_file, key.public_key().ToPem()));
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document({{"private_key", flags.out},
                  {"public_key", public_file},
                  {"algorithm", flags.algorithm},
                  {"key_id", KeyId(key.public_key())}});
    return kExitOk;
  }
  out.Field("private key", absl::StrCat(flags.out, " (keep it)"));
  out.Field("public key",
            absl::StrCat(public_file, " (give it to registrars)"));
  out.Field("key id", KeyId(key.public_key()));
  return kExitOk;
}

absl::StatusOr<int> MakeLogKey(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(crypto::PrivateKey key, crypto::PrivateKey::Generate(
                                               crypto::KeyAlgorithm::kEd25519));
  ASSIGN_OR_RETURN(const checkpoint::NoteSigner signer,
                   checkpoint::NoteSigner::Create(
                       flags.origin, checkpoint::KeyType::kEd25519, key));
  ASSIGN_OR_RETURN(const crypto::SecretString text, signer.PrivateText());
  RETURN_IF_ERROR(
      crypto::WriteSecretFile(flags.out, absl::StrCat(text.view(), "\n")));
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document({{"private_key", flags.out},
                  {"origin", flags.origin},
                  {"vkey", signer.vkey()}});
    return kExitOk;
  }
  out.Field("private key", absl::StrCat(flags.out, " (the server's alone)"));
  out.Field("origin", flags.origin);
  out.Field("vkey", signer.vkey());
  return kExitOk;
}

absl::StatusOr<int> MakeWitnessKey(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(crypto::PrivateKey key, crypto::PrivateKey::Generate(
                                               crypto::KeyAlgorithm::kEd25519));
  ASSIGN_OR_RETURN(const checkpoint::NoteSigner signer,
                   checkpoint::NoteSigner::Create(
                       flags.name, checkpoint::KeyType::kCosignature, key));
  ASSIGN_OR_RETURN(const crypto::SecretString text, signer.PrivateText());
  RETURN_IF_ERROR(
      crypto::WriteSecretFile(flags.out, absl::StrCat(text.view(), "\n")));
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document({{"private_key", flags.out},
                  {"name", flags.name},
                  {"vkey", signer.vkey()}});
    return kExitOk;
  }
  out.Field("private key", absl::StrCat(flags.out, " (the witness's alone)"));
  out.Field("name", flags.name);
  out.Field("vkey", signer.vkey());
  return kExitOk;
}

absl::StatusOr<int> MakeSealKey(const Flags& flags, Invocation& run) {
  const crypto::SecretString key = run.around.rng->Secret(crypto::kAeadKeySize);
  RETURN_IF_ERROR(crypto::WriteSecretFile(
      flags.out, absl::StrCat(base::Base64Encode(key.view()), "\n")));
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document({{"seal_key", flags.out}});
    return kExitOk;
  }
  out.Field("seal key", absl::StrCat(flags.out,
                                     " (the server's; back it up apart from "
                                     "the store)"));
  return kExitOk;
}

CLI::App* AddKind(CLI::App* keygen, Invocation* run, const char* name,
                  const char* description, const char* usual_file,
                  std::shared_ptr<Flags> flags,
                  absl::StatusOr<int> (*make)(const Flags&, Invocation&)) {
  CLI::App* kind = keygen->add_subcommand(name, description);
  kind->add_option("--out", flags->out,
                   absl::StrCat("File of the private key, for example ",
                                usual_file, "; mode 0600, never overwritten"))
      ->required();
  SetAction(kind, run, [flags, run, make] { return make(*flags, *run); });
  return kind;
}

}  // namespace

void AddKeygen(CLI::App* app, Invocation* run) {
  CLI::App* keygen = AddGroup(
      app, "keygen", "Make keys (private ones are never shown or overwritten)");
  keygen->footer(
      "Examples:\n"
      "  sightline keygen statement --out agency.key\n"
      "  sightline keygen registrar --out registrar-1.key\n"
      "  sightline keygen log --origin log.example.com --out log.key\n"
      "  sightline keygen witness --name witness.example.com --out "
      "witness.key\n"
      "  sightline keygen seal --out seal.key");
  const auto flags = std::make_shared<Flags>();
  for (const auto& [name, description] :
       {std::pair("statement", "A submitter's key, to sign statements with"),
        std::pair("registrar", "A registrar's key, to sign enrolments with")}) {
    AddKind(keygen, run, name, description, "agency.key", flags,
            &MakeStatementKey)
        ->add_option("--algorithm", flags->algorithm, "ed25519 or ecdsa-p256")
        ->check(CLI::IsMember({"ed25519", "ecdsa-p256"}))
        ->capture_default_str();
  }
  AddKind(keygen, run, "log",
          "The log's key, to sign checkpoints with; prints the vkey", "log.key",
          flags, &MakeLogKey)
      ->add_option("--origin", flags->origin,
                   "The log's unique name, for example log.example.com")
      ->required();
  AddKind(keygen, run, "witness",
          "A witness's key, to cosign with; prints the vkey", "witness.key",
          flags, &MakeWitnessKey)
      ->add_option("--name", flags->name,
                   "The witness's unique name, for example witness.example.com")
      ->required();
  AddKind(keygen, run, "seal",
          "The key that encrypts sealed openings at rest (32 bytes)",
          "seal.key", flags, &MakeSealKey);
}

}  // namespace sightline::cli
