#include "cmd/cli/ask_logged.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/log_keys.h"
#include "client/log_client.h"
#include "client/receipt.h"
#include "client/receipt_check.h"
#include "client/tree_tracker.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/settings.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/submission_service.pb.h"
#include "statement/describe.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/statement_codec.h"
#include "statement/whole_seal.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  std::vector<std::string> files;
  std::string out;
};

// What somebody shows.
struct Shown {
  v1::SubmitRequest submission;  // of a receipt, without openings
  // Of a receipt whose entry hides its statement (statement/whole_seal.h).
  std::optional<merkle::Hash> face;
};

// From a receipt, valid or not, or a submission.
absl::StatusOr<Shown> ReadShown(const std::string& file,
                                const std::string& bytes,
                                const checkpoint::LogKeySet& keys) {
  Shown shown;
  const client::ReceiptVerdict verdict = client::VerifyReceiptFile(bytes, keys);
  if (!verdict.entry_bytes.empty()) {
    const auto entry = statement::ParseEntry(verdict.entry_bytes);
    if (!entry.ok()) return base::Annotate(entry.status(), file);
    *shown.submission.mutable_statement() = entry->statement();
    const auto inside = statement::ParseStatement(entry->statement().payload());
    if (inside.ok() && inside->has_sealed_statement()) {
      shown.face = merkle::LeafHash(verdict.entry_bytes);
    }
    return shown;
  }
  if (shown.submission.ParseFromString(bytes) &&
      !shown.submission.statement().payload().empty()) {
    return shown;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      file,
      ": neither a receipt that holds its entry nor a signed statement as "
      "`submit --out` writes it"));
}

absl::StatusOr<client::Receipt> Fetch(const Shown& shown,
                                      client::LogClient& log) {
  if (shown.face.has_value()) return log.GetReceiptByLeafHash(*shown.face);
  if (shown.submission.openings_size() == 0) {
    return log.GetReceiptByIdentity(
        statement::IdentityHash(shown.submission.statement()));
  }
  return log.GetReceiptOf(shown.submission);
}

client::ReceiptExpectations ExpectationsOf(const Shown& shown) {
  client::ReceiptExpectations expected;
  if (shown.face.has_value()) return expected;
  const v1::SignedStatement& statement = shown.submission.statement();
  const auto parsed = statement::ParseStatement(statement.payload());
  if (parsed.ok() && parsed->header().has_whole_seal()) {
    for (const v1::SealOpening& opening : shown.submission.openings()) {
      expected.openings.push_back(
          statement::FillWholeOpening(opening, statement));
    }
    return expected;
  }
  expected.statement = statement.payload();
  return expected;
}

// Believes nothing of the client: the file that is handed on is what is checked.
absl::StatusOr<client::ReceiptVerdict> CheckOffline(
    const std::string& receipt_file, const Shown& shown,
    const checkpoint::LogKeySet& keys) {
  client::ReceiptVerdict verdict =
      client::VerifyReceiptFile(receipt_file, keys, ExpectationsOf(shown));
  if (!verdict.valid) {
    return absl::DataLossError(
        absl::StrCat("the log's receipt does not hold: ", verdict.explanation));
  }
  return verdict;
}

void ShowLogged(const std::string& file, const client::ReceiptVerdict& verdict,
                const std::string& receipt_file, Output& out) {
  const std::string admitted =
      statement::TimeText(verdict.entry->admitted_unix_ms());
  if (out.json()) {
    Json document = {
        {"file", file},
        {"logged", true},
        {"index", *verdict.index},
        {"admitted", admitted},
        {"leaf_hash", base::HexEncode(crypto::AsBytes(*verdict.leaf_hash))}};
    if (!receipt_file.empty()) document["receipt"] = receipt_file;
    out.JsonLine(document);
    return;
  }
  out.Line(
      absl::StrCat(out.Paint(Color::kGreen, "LOGGED"), "  ", file,
                   ": as entry ", *verdict.index, ", admitted ", admitted,
                   receipt_file.empty()
                       ? std::string()
                       : absl::StrCat("; receipt written to ", receipt_file)));
  out.Line(statement::DescribeEntry(*verdict.index, *verdict.entry));
}

void ShowNotLogged(const std::string& file, const client::TreePtr& tree,
                   Output& out) {
  const uint64_t size = tree->size;
  if (out.json()) {
    out.JsonLine({{"file", file}, {"logged", false}, {"tree_size", size}});
    return;
  }
  out.Line(absl::StrCat(out.Paint(Color::kRed, "NOT LOGGED"), "  ", file,
                        ": the log of ", size, " entries does not have it"));
}

// Whether it is logged.
absl::StatusOr<bool> AskOf(const Flags& flags, const std::string& file,
                           const checkpoint::LogKeySet& keys,
                           client::LogClient& log, Invocation& run,
                           Output& out) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadInput(file, *run.around.in));
  ASSIGN_OR_RETURN(const Shown shown, ReadShown(file, bytes, keys));
  const auto receipt = Fetch(shown, log);
  if (absl::IsNotFound(receipt.status())) {
    ASSIGN_OR_RETURN(const client::TreePtr tree, log.GetCheckpoint());
    ShowNotLogged(file, tree, out);
    return false;
  }
  RETURN_IF_ERROR(receipt.status());
  const std::string receipt_file = client::FormatReceiptFile(*receipt);
  ASSIGN_OR_RETURN(const client::ReceiptVerdict verdict,
                   CheckOffline(receipt_file, shown, keys));
  if (!flags.out.empty()) {
    RETURN_IF_ERROR(WriteFile(flags.out, receipt_file));
  }
  ShowLogged(file, verdict, flags.out, out);
  return true;
}

absl::StatusOr<int> Logged(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  if (!flags.out.empty()) {
    if (flags.files.size() > 1) {
      return absl::InvalidArgumentError("--out: want one FILE with it");
    }
    RETURN_IF_ERROR(CheckAbsent(flags.out));
  }
  ASSIGN_OR_RETURN(const checkpoint::LogKeySet keys, TrustedKeys(settings));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  Output out = run.MakeOutput();
  int code = kExitOk;
  for (const std::string& file : flags.files) {
    ASSIGN_OR_RETURN(const bool is_logged,
                     AskOf(flags, file, keys, session->log(), run, out));
    if (!is_logged) code = kExitNotValid;
  }
  return code;
}

}  // namespace

void AddLogged(CLI::App* ask, Invocation* run) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* const logged = ask->add_subcommand(
      "logged", "Whether the log has the statement in a file");
  logged->footer(
      "For whoever is asked to give footage out: the requester hands over its\n"
      "receipt or signed statement, and the log is asked for the receipt "
      "anew.\n"
      "Exit code 0: all are logged, proven by a receipt that was checked as\n"
      "`receipt verify` does. 1: one is not, by the log's own word: that\n"
      "something is not there has no proof.");
  logged
      ->add_option("FILE", flags->files,
                   "Receipts, or signed statements that `submit --out` wrote; "
                   "-: standard input")
      ->required();
  logged->add_option("--out", flags->out,
                     "File for the log's receipt, never overwritten");
  AddConnectionOptions(logged, &flags->settings);
  SetAction(logged, run, [flags, run] { return Logged(*flags, *run); });
}

}  // namespace sightline::cli
