#include "cmd/cli/submission.h"

#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "client/receipt.h"
#include "client/rpc_status.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/openings_file.h"
#include "cmd/cli/witnesses.h"
#include "crypto/key_file.h"
#include "crypto/sha256.h"
#include "statement/describe.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/json.h"
#include "statement/whole_seal.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;

std::string Hex(const crypto::Digest& digest) {
  return base::HexEncode(crypto::AsBytes(digest));
}

// The openings' place: as told, or beside the receipt, or "".
std::string OpeningsFile(const KeepFlags& flags,
                         const v1::SubmitRequest& request) {
  if (request.openings().empty()) return "";
  if (!flags.openings.empty() || flags.receipt.empty()) return flags.openings;
  return absl::StrCat(absl::StripSuffix(flags.receipt, ".tlog-proof"),
                      ".openings.json");
}

// Openings must have a place before anything is sealed for good.
absl::Status CheckOpeningsPlace(const KeepFlags& flags,
                                const v1::SubmitRequest& request) {
  if (request.openings().empty() || !OpeningsFile(flags, request).empty()) {
    return absl::OkStatus();
  }
  std::vector<std::string> paths;
  for (const auto& opening : request.openings()) {
    paths.push_back(opening.path());
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "this statement seals ", absl::StrJoin(paths, ", "),
      ": say where to keep the openings, with --receipt or --openings; nobody "
      "can show later what was sealed without them"));
}

// The file of the openings, which goes again when the log refuses the statement.
class OpeningsKeeper {
 public:
  absl::Status Write(const std::string& path,
                     const v1::SubmitRequest& request) {
    if (path.empty()) return absl::OkStatus();
    std::vector<v1::SealOpening> openings(request.openings().begin(),
                                          request.openings().end());
    // The log is handed the statement itself; the file must hold it, too.
    for (v1::SealOpening& opening : openings) {
      if (opening.path() != statement::kWholePath) continue;
      opening =
          statement::FillWholeOpening(std::move(opening), request.statement());
    }
    ASSIGN_OR_RETURN(const std::string text, FormatOpeningsFile(openings));
    // A run that sends the same again finds its own.
    if (ReadFile(path).value_or("") == text) return absl::OkStatus();
    RETURN_IF_ERROR(crypto::WriteSecretFile(path, text));
    written_ = path;
    return absl::OkStatus();
  }

  void TakeBack() {
    std::error_code ignored;
    if (!written_.empty()) fs::remove(written_, ignored);
  }

 private:
  std::string written_;
};

// A submission on its way, in the state folder.
class PendingFile {
 public:
  PendingFile(const Settings& settings, const v1::SubmitRequest& request,
              const Invocation& run) {
    if (settings.no_state) return;
    const auto folder = StateFolder(run);
    if (!folder.ok()) return;
    const std::string name = absl::StrCat(
        Hex(statement::IdentityHash(request.statement())), ".submission");
    path_ = (fs::path(*folder) / name).string();
    const absl::Status written =
        crypto::WriteSecretFile(path_, request.SerializeAsString());
    // There already: the same statement, from a run without answer.
    if (!written.ok() && !absl::IsAlreadyExists(written)) path_.clear();
  }

  void Forget() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove(path_, ignored);
  }

  // What to do when there was no answer.
  std::string Advice() const {
    return path_.empty()
               ? "what became of the statement is unknown"
               : absl::StrCat(
                     "what became of the statement is unknown; send "
                     "the same again with `sightline submit --signed ",
                     path_, "`");
  }

 private:
  std::string path_;
};

// Whether the log has decided: logged it, or refused it for good.
bool IsDecided(const absl::Status& status) {
  return status.ok() ||
         (client::IsFromCall(status) && ExitCodeFor(status) == kExitRefused &&
          !absl::IsResourceExhausted(status));
}

void PrintFindings(const v1::Entry& entry, Output* out) {
  for (const v1::Finding& finding : entry.findings()) {
    out->Field("finding",
               absl::StrCat(finding.rule_id(), ": ", finding.got(),
                            finding.limit().empty() ? "" : ", policy: ",
                            finding.limit()));
  }
}

absl::StatusOr<int> PrintResult(const client::SubmitResult& result,
                                const KeepFlags& flags,
                                const std::string& openings_file,
                                Invocation& run) {
  Output out = run.MakeOutput();
  const client::Receipt& receipt = result.receipt;
  if (out.json()) {
    ASSIGN_OR_RETURN(Json document, ReceiptDocument(receipt));
    document["duplicate"] = result.duplicate;
    if (!flags.receipt.empty()) document["receipt"] = flags.receipt;
    if (!openings_file.empty()) document["openings"] = openings_file;
    out.Document(document);
    return kExitOk;
  }
  ASSIGN_OR_RETURN(const v1::Entry entry, statement::ParseEntry(receipt.bytes));
  out.Field(result.duplicate ? "logged before" : "logged",
            absl::StrCat("entry ", receipt.index, ", admitted ",
                         statement::TimeText(entry.admitted_unix_ms())));
  out.Field("leaf hash", Hex(receipt.leaf_hash));
  if (!flags.receipt.empty()) out.Field("receipt", flags.receipt);
  if (!openings_file.empty()) out.Field("openings", openings_file);
  PrintFindings(entry, &out);
  return kExitOk;
}

// What is written only once: asked before anything is sent.
absl::Status CheckPlaces(const KeepFlags& flags) {
  if (!flags.receipt.empty()) RETURN_IF_ERROR(CheckAbsent(flags.receipt));
  return flags.out.empty() ? absl::OkStatus() : CheckAbsent(flags.out);
}

absl::StatusOr<int> PrintWritten(const std::string& what,
                                 const std::string& path, Invocation& run) {
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document({{what, path}});
  } else {
    out.Field(what, path);
  }
  return kExitOk;
}

absl::StatusOr<int> Send(Session& session, const Settings& settings,
                         const KeepFlags& flags, v1::SubmitRequest request,
                         Invocation& run) {
  ASSIGN_OR_RETURN(const auto witnesses, ReadWitnesses(flags.witnesses));
  if (witnesses.has_value()) request.set_wait_for(v1::WAIT_FOR_COSIGNED);
  const std::string openings_file = OpeningsFile(flags, request);
  OpeningsKeeper openings;
  RETURN_IF_ERROR(openings.Write(openings_file, request));
  PendingFile pending(settings, request, run);
  const auto result = session.log().Submit(request);
  if (!IsDecided(result.status())) {
    run.MakeOutput().Warn(pending.Advice());
    return result.status();
  }
  pending.Forget();
  if (!result.ok()) {
    openings.TakeBack();
    return result.status();
  }
  if (!flags.receipt.empty()) {
    RETURN_IF_ERROR(
        WriteFile(flags.receipt, client::FormatReceiptFile(result->receipt)));
  }
  ASSIGN_OR_RETURN(const int code,
                   PrintResult(*result, flags, openings_file, run));
  // After all is kept and told: the entry is in the log, whoever has cosigned.
  RETURN_IF_ERROR(CheckCosigned(witnesses, *result->receipt.tree));
  return code;
}

}  // namespace

void AddKeepOptions(CLI::App* command, KeepFlags* flags) {
  command->add_option("--receipt", flags->receipt,
                      "File for the receipt, for example request.tlog-proof");
  command->add_option("--openings", flags->openings,
                      "File for the openings of sealed fields, mode 0600 "
                      "[beside the receipt]");
  command->add_option(
      "--out", flags->out,
      "Write the signed submission to this file (mode 0600) and "
      "do not send it; `submit --signed` sends it");
}

CLI::Option* AddWitnessesOption(CLI::App* command, KeepFlags* flags) {
  return command
      ->add_option("--witnesses", flags->witnesses,
                   "Policy file (tlog-policy): wait until witnesses have "
                   "cosigned a tree with the entry, and check that these have")
      ->excludes("--out");
}

absl::StatusOr<int> SubmitDraft(const Settings& settings,
                                const KeepFlags& flags, Draft draft,
                                Invocation& run) {
  RETURN_IF_ERROR(CheckPlaces(flags));
  ASSIGN_OR_RETURN(const crypto::PrivateKey key, ReadStatementKey(settings));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  RETURN_IF_ERROR(
      CompleteHeader(settings, session->log().origin(), run, &draft));
  RETURN_IF_ERROR(CompleteLinks(session->log(), &draft.statement));
  Output warnings = run.MakeOutput();
  WarnOfPersonalData(draft, &warnings);
  RETURN_IF_ERROR(SealAll(*run.around.rng, &draft));
  v1::SubmitRequest request;
  ASSIGN_OR_RETURN(*request.mutable_statement(), SignDraft(draft, {&key, 1}));
  for (auto& opening : draft.openings) *request.add_openings() = opening;
  if (flags.out.empty()) {
    RETURN_IF_ERROR(CheckOpeningsPlace(flags, request));
    return Send(*session, settings, flags, std::move(request), run);
  }
  RETURN_IF_ERROR(
      crypto::WriteSecretFile(flags.out, request.SerializeAsString()));
  return PrintWritten("submission", flags.out, run);
}

absl::StatusOr<int> SubmitSigned(const Settings& settings,
                                 const KeepFlags& flags,
                                 const v1::SubmitRequest& request,
                                 Invocation& run) {
  RETURN_IF_ERROR(CheckPlaces(flags));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  return Send(*session, settings, flags, request, run);
}

absl::StatusOr<int> SubmitForRegistrars(
    const Settings& settings, const KeepFlags& flags,
    const v1::SignedStatement& signed_statement, Invocation& run) {
  RETURN_IF_ERROR(CheckPlaces(flags));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  ASSIGN_OR_RETURN(const client::SubmitResult result,
                   session->log().Administer(signed_statement));
  if (!flags.receipt.empty()) {
    RETURN_IF_ERROR(
        WriteFile(flags.receipt, client::FormatReceiptFile(result.receipt)));
  }
  return PrintResult(result, flags, "", run);
}

absl::StatusOr<Json> ReceiptDocument(const client::Receipt& receipt) {
  ASSIGN_OR_RETURN(const std::string entry,
                   statement::EntryToJson(receipt.index, receipt.bytes));
  return Json{{"index", receipt.index},
              {"leaf_hash", Hex(receipt.leaf_hash)},
              {"tree_size", receipt.tree->size},
              {"root_hash", Hex(receipt.tree->root)},
              {"entry", Json::parse(entry, nullptr, false)}};
}

}  // namespace sightline::cli
