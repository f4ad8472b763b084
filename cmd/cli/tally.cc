#include "cmd/cli/tally.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "client/receipt.h"
#include "client/tally_check.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/settings.h"
#include "cmd/cli/tally_input.h"
#include "cmd/cli/values.h"
#include "crypto/key_file.h"
#include "crypto/sha256.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/counts.h"
#include "statement/tally.h"
#include "statement/tally_file.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  // build
  std::string answers;
  std::string out;
  std::string receipts;
  // verify and open
  std::vector<std::string> files;
  std::string response;  // file of the response's receipt
  std::string index;     // or its leaf index
  // open
  bool exact = false;
};

Json CountsDocument(const statement::TallyCounts& counts) {
  return {{"shared", counts.shared},
          {"declined", counts.declined},
          {"no_action", counts.no_action},
          {"opted_out", counts.opted_out}};
}

absl::StatusOr<AnswerTable> ReadTable(const std::string& path,
                                      const Invocation& run) {
  if (path == "-") return ReadAnswers("standard input", *run.around.in);
  std::ifstream file(path, std::ios::binary);
  if (file) return ReadAnswers(path, file);
  return absl::NotFoundError(
      absl::StrCat(path, ": cannot read: ", std::strerror(errno)));
}

// A folder that nobody else can look into; there must be none yet.
absl::Status MakeSecretFolder(const std::string& path) {
  if (::mkdir(path.c_str(), S_IRWXU) == 0) return absl::OkStatus();
  if (errno == EEXIST) return CheckAbsent(path);
  return absl::InternalError(
      absl::StrCat(path, ": cannot create: ", std::strerror(errno)));
}

// One file for each resident, named after their line in the table: tokens may
// hold anything, and do not belong into file names.
absl::Status WriteReceipts(const std::string& folder, const AnswerTable& table,
                           const statement::Tally& tally) {
  if (folder.empty()) return absl::OkStatus();
  absl::flat_hash_map<absl::string_view, uint64_t> line_of;
  for (size_t i = 0; i < table.answers.size(); ++i) {
    line_of[table.answers[i].token] = table.lines[i];
  }
  RETURN_IF_ERROR(MakeSecretFolder(folder));
  for (uint64_t i = 0; i < tally.size(); ++i) {
    const statement::TallyLeaf& leaf = tally.leaves()[i];
    if (leaf.answer == statement::TallyAnswer::kPadding) continue;
    RETURN_IF_ERROR(
        crypto::WriteSecretFile(absl::StrFormat("%s/line-%07d.tally-receipt",
                                                folder, line_of.at(leaf.token)),
                                FormatTallyReceipt(tally.ReceiptAt(i))));
  }
  return absl::OkStatus();
}

void ShowTree(const Flags& flags, const statement::Tally& tally, Output out) {
  v1::FootageResponse response;
  tally.FillIn(&response);
  const std::string root = base::HexEncode(crypto::AsBytes(tally.root()));
  if (out.json()) {
    Json document = {{"tally", flags.out},
                     {"root", root},
                     {"size", tally.size()},
                     {"counts", CountsDocument(tally.counts())}};
    if (!flags.receipts.empty()) document["receipts"] = flags.receipts;
    out.Document(document);
    return;
  }
  const auto bucket = [&out](absl::string_view name, v1::CountBucket bucket) {
    out.Field(name, v1::CountBucket_Name(bucket));
  };
  out.Field("tally", absl::StrCat(flags.out,
                                  " (secret: tells who answered "
                                  "what)"));
  if (!flags.receipts.empty()) {
    out.Field("receipts",
              absl::StrCat(flags.receipts, " (", tally.counts().total(),
                           ", each for its resident alone)"));
  }
  out.Field("root", root);
  out.Field("size", absl::StrCat(tally.size()));
  bucket("shared", response.shared());
  bucket("declined", response.declined());
  bucket("no_action", response.no_action());
  bucket("opted_out", response.opted_out());
}

absl::StatusOr<int> Build(const Flags& flags, Invocation& run) {
  RETURN_IF_ERROR(CheckAbsent(flags.out));
  if (!flags.receipts.empty()) RETURN_IF_ERROR(CheckAbsent(flags.receipts));
  ASSIGN_OR_RETURN(const AnswerTable table, ReadTable(flags.answers, run));
  ASSIGN_OR_RETURN(const statement::Tally tally,
                   statement::Tally::Build(table.answers, *run.around.rng));
  RETURN_IF_ERROR(crypto::WriteSecretFile(
      flags.out, statement::FormatTallyFile(tally.leaves())));
  RETURN_IF_ERROR(WriteReceipts(flags.receipts, table, tally));
  ShowTree(flags, tally, run.MakeOutput());
  return kExitOk;
}

// The receipt of the response: from a file, or of the log, verified.
absl::StatusOr<std::string> ResponseReceipt(const Flags& flags,
                                            const Settings& settings,
                                            const Invocation& run) {
  if (!flags.response.empty()) return ReadFile(flags.response);
  ASSIGN_OR_RETURN(const uint64_t index, ParseNumber("--index", flags.index));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  ASSIGN_OR_RETURN(const client::ProvenEntry entry,
                   session->log().GetEntry(index));
  return client::FormatReceiptFile(entry);
}

void ShowVerdict(const std::string& file, const client::TallyVerdict& verdict,
                 Output& out) {
  if (out.json()) {
    Json document = {{"file", file},
                     {"valid", verdict.valid},
                     {"explanation", verdict.explanation}};
    if (verdict.valid) {
      document["answer"] = verdict.answer;
      document["origin"] = verdict.response.origin;
      document["index"] = *verdict.response.index;
    }
    out.JsonLine(document);
    return;
  }
  out.Line(absl::StrCat(verdict.valid ? out.Paint(Color::kGreen, "VALID")
                                      : out.Paint(Color::kRed, "NOT VALID"),
                        "  ", file));
  out.Line(verdict.explanation);
}

absl::StatusOr<int> Verify(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  ASSIGN_OR_RETURN(const checkpoint::LogKeySet keys, TrustedKeys(settings));
  ASSIGN_OR_RETURN(const std::string response,
                   ResponseReceipt(flags, settings, run));
  Output out = run.MakeOutput();
  int code = kExitOk;
  for (const std::string& file : flags.files) {
    ASSIGN_OR_RETURN(const std::string text, ReadInput(file, *run.around.in));
    const client::TallyVerdict verdict =
        client::VerifyTallyReceiptFile(text, response, keys);
    ShowVerdict(file, verdict, out);
    if (!verdict.valid) code = kExitNotValid;
  }
  return code;
}

// Of people: what an auditor sees ends in a report. The total is not shown: beside
// the public buckets it would narrow what is left out.
statement::SuppressedCounts Shown(const statement::TallyCounts& counts,
                                  bool exact) {
  const std::vector<uint64_t> cells = {counts.shared, counts.declined,
                                       counts.no_action, counts.opted_out};
  return statement::SuppressSmallCells(cells,
                                       exact ? 0 : statement::kSmallCellBelow);
}

constexpr const char* kAnswers[] = {"shared", "declined", "no_action",
                                    "opted_out"};

Json ShownDocument(const statement::SuppressedCounts& shown) {
  const auto json = [](const std::optional<uint64_t>& count) {
    return count.has_value() ? Json(*count) : Json();
  };
  Json out;
  for (size_t i = 0; i < std::size(kAnswers); ++i) {
    out[kAnswers[i]] = json(shown.cells[i]);
  }
  return out;
}

void ShowShown(const statement::SuppressedCounts& shown, Output& out) {
  bool complete = true;
  for (size_t i = 0; i < std::size(kAnswers); ++i) {
    const std::optional<uint64_t>& count = shown.cells[i];
    complete = complete && count.has_value();
    out.Field(kAnswers[i],
              count.has_value() ? absl::StrCat(*count) : "left out");
  }
  if (complete) return;
  out.Line(
      "Left out: counts of 1 to 4 people, and what would give them back. "
      "--exact shows them, to you and not to publish.");
}

void ShowCounts(const Flags& flags,
                const absl::StatusOr<statement::TallyCounts>& counts,
                Output& out) {
  const std::string& file = flags.files.front();
  if (out.json()) {
    Json document = {{"file", file}, {"valid", counts.ok()}};
    if (counts.ok()) {
      document["counts"] = ShownDocument(Shown(*counts, flags.exact));
    } else {
      document["explanation"] = std::string(counts.status().message());
    }
    out.Document(document);
    return;
  }
  out.Line(absl::StrCat(counts.ok() ? out.Paint(Color::kGreen, "VALID")
                                    : out.Paint(Color::kRed, "NOT VALID"),
                        "  ", file));
  if (!counts.ok()) {
    out.Line(counts.status().message());
    return;
  }
  out.Line(
      "These are the leaves of the response, each token once, and they add up "
      "to its buckets.");
  ShowShown(Shown(*counts, flags.exact), out);
}

absl::StatusOr<int> Open(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  ASSIGN_OR_RETURN(const checkpoint::LogKeySet keys, TrustedKeys(settings));
  ASSIGN_OR_RETURN(const auto leaves, ReadTallyFile(flags.files.front()));
  ASSIGN_OR_RETURN(const std::string response,
                   ResponseReceipt(flags, settings, run));
  const auto counts = client::VerifyOpenedTallyFile(leaves, response, keys);
  Output out = run.MakeOutput();
  ShowCounts(flags, counts, out);
  return counts.ok() ? kExitOk : kExitNotValid;
}

void AddResponseOptions(CLI::App* command, Flags* flags) {
  CLI::App* which = command->add_option_group("response", "Which response");
  which->add_option("--response", flags->response,
                    "The response's receipt (.tlog-proof); asks nobody");
  which->add_option("--index", flags->index,
                    "Its leaf index, fetched from the log and verified");
  which->require_option(1);
  AddConnectionOptions(command, &flags->settings);
}

void AddBuild(CLI::App* tally, Invocation* run) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* build = tally->add_subcommand(
      "build", "Make the tree of a table of answers, with fresh salts");
  build->footer(
      "The table is CSV with the columns token and answer; answers are "
      "shared,\n"
      "declined, no_action and opted_out. The same table gives another tree\n"
      "every time: keep the file, it is what an auditor will want opened.");
  build
      ->add_option("ANSWERS", flags->answers,
                   "CSV of tokens and answers; -: standard input")
      ->required();
  build
      ->add_option("--out", flags->out,
                   "File of the tree, mode 0600, never overwritten")
      ->required();
  build->add_option("--receipts", flags->receipts,
                    "New folder for the residents' receipts, each named after "
                    "its line in the table");
  SetAction(build, run, [flags, run] { return Build(*flags, *run); });
}

void AddVerify(CLI::App* tally, Invocation* run) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verify = tally->add_subcommand(
      "verify", "Check that an answer was counted in a response");
  verify->footer(
      "Exit code 0: all valid. 1: one is not; the message says why.\n"
      "What a valid one proves: the response in the log counts this answer.\n"
      "Neither the message nor the log tells whose it is.");
  verify
      ->add_option("RECEIPT", flags->files,
                   "Residents' receipts; -: standard input")
      ->required();
  AddResponseOptions(verify, flags.get());
  SetAction(verify, run, [flags, run] { return Verify(*flags, *run); });
}

void AddOpen(CLI::App* tally, Invocation* run) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* open = tally->add_subcommand(
      "open", "For an auditor: check a whole tree against a response");
  open->footer(
      "Checks that the leaves give the root in the response, name each token\n"
      "once, and add up to the published buckets. Exit code 1: they do not.\n"
      "Counts of 1 to 4 people are left out, and what would give them back.");
  open->add_option("TALLY", flags->files, "What `tally build --out` wrote")
      ->required()
      ->expected(1);
  open->add_flag("--exact", flags->exact,
                 "Show small counts too: not to be published");
  AddResponseOptions(open, flags.get());
  SetAction(open, run, [flags, run] { return Open(*flags, *run); });
}

}  // namespace

void AddTally(CLI::App* app, Invocation* run) {
  CLI::App* tally =
      AddGroup(app, "tally", "Residents' answers: count them, and prove it");
  tally->footer(
      "Examples:\n"
      "  sightline tally build answers.csv --out tally.secret --receipts r/\n"
      "  sightline respond 17 --outcome partial --tally tally.secret \\\n"
      "      --receipt response.tlog-proof\n"
      "  sightline tally verify r/line-0000002.tally-receipt \\\n"
      "      --response response.tlog-proof");
  AddBuild(tally, run);
  AddVerify(tally, run);
  AddOpen(tally, run);
}

}  // namespace sightline::cli
