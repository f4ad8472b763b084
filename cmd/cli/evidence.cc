#include "cmd/cli/evidence.h"

#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/evidence_file.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/log_keys.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/settings.h"
#include "crypto/sha256.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  std::string file;
};

Json TreeJson(const checkpoint::Checkpoint& tree) {
  return {{"tree_size", tree.tree_size},
          {"root_hash", base::HexEncode(crypto::AsBytes(tree.root_hash))}};
}

std::string TreeText(const checkpoint::Checkpoint& tree) {
  return absl::StrCat("size ", tree.tree_size, " root ",
                      base::HexEncode(crypto::AsBytes(tree.root_hash)));
}

absl::StatusOr<checkpoint::Conviction> Judge(
    const checkpoint::EvidenceFile& evidence, const Settings& settings) {
  if (settings.vkeys.empty()) return checkpoint::VerifyEvidence(evidence);
  ASSIGN_OR_RETURN(const checkpoint::LogKeySet trusted, TrustedKeys(settings));
  for (const std::string* note : {&evidence.older, &evidence.newer}) {
    const auto opened = trusted.OpenCheckpoint(*note);
    if (opened.ok()) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "the evidence is against another key: ",
        absl::StrJoin(evidence.vkeys, " "), ": ", opened.status().message()));
  }
  return checkpoint::VerifyEvidence(evidence);
}

absl::StatusOr<int> Verify(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const std::string text,
                   ReadInput(flags.file, *run.around.in));
  const auto evidence = checkpoint::ParseEvidenceFile(text);
  Output out = run.MakeOutput();
  const auto conviction =
      evidence.ok() ? Judge(*evidence, flags.settings)
                    : absl::StatusOr<checkpoint::Conviction>(evidence.status());
  if (!conviction.ok()) {
    if (out.json()) {
      out.Document({{"proven", false},
                    {"why", std::string(conviction.status().message())}});
    } else {
      out.Line(absl::StrCat(out.Paint(Color::kRed, "NOT PROVEN"), "  ",
                            conviction.status().message()));
    }
    return kExitNotValid;
  }
  if (out.json()) {
    out.Document({{"proven", true},
                  {"origin", conviction->older.origin},
                  {"vkeys", evidence->vkeys},
                  {"older", TreeJson(conviction->older)},
                  {"newer", TreeJson(conviction->newer)}});
    return kExitOk;
  }
  out.Line(absl::StrCat(out.Paint(Color::kGreen, "PROVEN"), "  ",
                        conviction->older.origin,
                        " has signed two histories of itself."));
  for (const std::string& vkey : evidence->vkeys) out.Field("log key", vkey);
  out.Field("signed", TreeText(conviction->older));
  out.Field("and", TreeText(conviction->newer));
  if (flags.settings.vkeys.empty()) {
    out.Note("Compare the key with what the log's operator has published.");
  }
  return kExitOk;
}

}  // namespace

void AddEvidence(CLI::App* app, Invocation* run) {
  CLI::App* group = AddGroup(app, "evidence", "Proofs against a log");
  group->footer(
      "Examples:\n"
      "  sightline evidence verify state/evidence/0123456789abcdef.evidence\n"
      "  sightline evidence verify --vkey log.example.com+... FILE");
  const auto flags = std::make_shared<Flags>();
  CLI::App* verify = group->add_subcommand(
      "verify",
      "Check, without any network, that a log has signed two histories");
  verify->add_option("file", flags->file, "Evidence file; -: standard input")
      ->required();
  AddTrustOptions(verify, &flags->settings);
  SetAction(verify, run, [flags, run] { return Verify(*flags, *run); });
}

}  // namespace sightline::cli
