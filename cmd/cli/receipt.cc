#include "cmd/cli/receipt.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/cose_receipt.h"
#include "checkpoint/cose_signer.h"
#include "client/log_client.h"
#include "client/receipt.h"
#include "client/receipt_page.h"
#include "client/resource_log_reader.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/draft.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/open_resources.h"
#include "cmd/cli/openings_file.h"
#include "cmd/cli/settings.h"
#include "cmd/cli/submission.h"
#include "cmd/cli/values.h"
#include "cmd/cli/witnesses.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/submission_service.pb.h"
#include "statement/describe.h"
#include "statement/dsse.h"
#include "statement/statement_codec.h"
#include "tiles/entry_source.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  // get
  std::string index;
  std::string leaf_hash;
  std::string submission;
  std::string out;
  std::string format = "proof";
  std::string log_files;
  // verify
  std::vector<std::string> files;
  std::vector<std::string> fields;
  std::vector<std::string> signers;
  std::string statement;
  std::string openings;
  std::string entry;
  std::string witnesses;
};

absl::StatusOr<v1::SubmitRequest> ReadSubmission(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  v1::SubmitRequest request;
  if (!request.ParseFromString(bytes)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": not a submission that `submit` has kept"));
  }
  return request;
}

absl::StatusOr<client::Receipt> FetchGiven(const Flags& flags,
                                           client::LogClient& log) {
  if (!flags.index.empty()) {
    ASSIGN_OR_RETURN(const uint64_t index, ParseNumber("INDEX", flags.index));
    return log.GetReceipt(index);
  }
  if (!flags.leaf_hash.empty()) {
    ASSIGN_OR_RETURN(const std::string bytes,
                     ParseHash("--leaf-hash", flags.leaf_hash));
    ASSIGN_OR_RETURN(const crypto::Digest hash, crypto::DigestFromBytes(bytes));
    return log.GetReceiptByLeafHash(hash);
  }
  ASSIGN_OR_RETURN(const v1::SubmitRequest request,
                   ReadSubmission(flags.submission));
  return log.GetReceiptOf(request);
}

// The receipt that was given, or with --witnesses one in the newest tree: they
// cosign trees from time to time, not every batch's.
absl::StatusOr<client::Receipt> Fetch(const Flags& flags,
                                      client::LogClient& log) {
  ASSIGN_OR_RETURN(const auto witnesses, ReadWitnesses(flags.witnesses));
  ASSIGN_OR_RETURN(client::Receipt receipt, FetchGiven(flags, log));
  if (!witnesses.has_value()) return receipt;
  ASSIGN_OR_RETURN(receipt, log.GetEntry(receipt.index));
  RETURN_IF_ERROR(CheckCosigned(witnesses, *receipt.tree));
  return receipt;
}

absl::StatusOr<std::string> Formatted(const client::Receipt& receipt,
                                      const std::string& format,
                                      const Settings& settings) {
  if (format == "proof") return client::FormatReceiptFile(receipt);
  return client::FormatReceiptPage(receipt, settings.vkeys);
}

// A COSE receipt is signed for who asks, over HTTP; its entry comes with it.
absl::StatusOr<int> GetCose(const Flags& flags, const Settings& settings,
                            Invocation& run) {
  if (flags.log_files.empty() || flags.index.empty() || flags.out == "-") {
    return absl::InvalidArgumentError(
        "--format cose: want INDEX, --http URL and a file for --out");
  }
  if (!flags.witnesses.empty()) {
    return absl::InvalidArgumentError(
        "--format cose: such a receipt has no place for what --witnesses asks");
  }
  const std::string entry_file = absl::StrCat(flags.out, ".entry");
  RETURN_IF_ERROR(CheckAbsent(entry_file));
  ASSIGN_OR_RETURN(const uint64_t index, ParseNumber("INDEX", flags.index));
  ASSIGN_OR_RETURN(const checkpoint::LogKeySet keys, TrustedKeys(settings));
  ASSIGN_OR_RETURN(const auto resources,
                   OpenResources(flags.log_files, settings.ca, run));
  ASSIGN_OR_RETURN(const std::string bytes,
                   resources->Get(absl::StrCat("entries/", index),
                                  checkpoint::kMaxCoseReceiptSize));
  const auto receipt = checkpoint::ParseCoseReceipt(bytes);
  if (!receipt.ok()) return absl::DataLossError(receipt.status().message());
  client::ResourceLogReader reader(resources.get());
  tiles::BundleEntrySource entries(&reader, receipt->first);
  std::string entry;
  RETURN_IF_ERROR(entries.ReadEntries(index, index + 1,
                                      [&](uint64_t, absl::string_view found) {
                                        entry = std::string(found);
                                        return true;
                                      }));
  const auto root =
      checkpoint::VerifyCoseReceipt(*receipt, merkle::LeafHash(entry), keys);
  if (!root.ok() || receipt->second != index) {
    return absl::DataLossError(
        absl::StrCat("the receipt does not hold: ", root.status().message()));
  }
  RETURN_IF_ERROR(WriteFile(flags.out, bytes));
  RETURN_IF_ERROR(WriteFile(entry_file, entry));
  run.MakeOutput().Line(absl::StrCat("COSE receipt of entry ", index,
                                     ", verified: ", flags.out, " and ",
                                     entry_file));
  return kExitOk;
}

absl::StatusOr<int> Get(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  if (flags.out != "-") RETURN_IF_ERROR(CheckAbsent(flags.out));
  if (flags.format == "cose") return GetCose(flags, settings, run);
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  ASSIGN_OR_RETURN(const client::Receipt receipt, Fetch(flags, session->log()));
  ASSIGN_OR_RETURN(const std::string text,
                   Formatted(receipt, flags.format, settings));
  Output out = run.MakeOutput();
  if (flags.out == "-") {
    out.Raw(text);
    return kExitOk;
  }
  RETURN_IF_ERROR(WriteFile(flags.out, text));
  if (out.json()) {
    ASSIGN_OR_RETURN(Json document, ReceiptDocument(receipt));
    document["file"] = flags.out;
    out.Document(document);
    return kExitOk;
  }
  out.Line(absl::StrCat("Receipt of entry ", receipt.index,
                        ", verified: ", flags.out));
  return kExitOk;
}

absl::Status ReadFiles(const Flags& flags,
                       client::ReceiptExpectations* expected) {
  if (!flags.statement.empty()) {
    ASSIGN_OR_RETURN(const std::string text, ReadFile(flags.statement));
    ASSIGN_OR_RETURN(const Draft draft, ReadDraft(text));
    expected->statement = statement::SerialiseStatement(draft.statement);
  }
  if (!flags.entry.empty()) {
    ASSIGN_OR_RETURN(expected->entry, ReadFile(flags.entry));
  }
  if (flags.openings.empty()) return absl::OkStatus();
  // What `submit` has written beside a receipt.
  ASSIGN_OR_RETURN(expected->openings, ReadOpeningsFile(flags.openings));
  return absl::OkStatus();
}

absl::StatusOr<client::ReceiptExpectations> Expectations(const Flags& flags) {
  client::ReceiptExpectations expected;
  RETURN_IF_ERROR(ReadFiles(flags, &expected));
  for (const std::string& field : flags.fields) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(field, absl::MaxSplits('=', 1));
    if (field.find('=') == std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("--field ", field, ": want path=value"));
    }
    expected.fields.push_back({parts.first, parts.second});
  }
  if (!flags.submission.empty()) {
    ASSIGN_OR_RETURN(const v1::SubmitRequest request,
                     ReadSubmission(flags.submission));
    expected.statement = request.statement().payload();
    for (const v1::SealOpening& opening : request.openings()) {
      expected.openings.push_back(opening);
    }
  }
  for (const std::string& path : flags.signers) {
    ASSIGN_OR_RETURN(const crypto::PublicKey key, ReadPublicKey(path));
    expected.signers.push_back(key);
  }
  return expected;
}

Json VerdictDocument(const std::string& file,
                     const client::ReceiptVerdict& verdict) {
  Json checks = Json::array();
  for (const client::ReceiptCheck& check : verdict.checks) {
    checks.push_back({{"name", check.name},
                      {"passed", check.passed},
                      {"detail", check.detail}});
  }
  Json document = {{"file", file},
                   {"valid", verdict.valid},
                   {"explanation", verdict.explanation},
                   {"checks", checks}};
  if (verdict.valid) {
    document["origin"] = verdict.origin;
    document["index"] = *verdict.index;
    document["tree_size"] = verdict.tree_size;
    document["leaf_hash"] =
        base::HexEncode(crypto::AsBytes(*verdict.leaf_hash));
  }
  return document;
}

void Show(const std::string& file, const client::ReceiptVerdict& verdict,
          Output& out) {
  if (out.json()) {
    out.JsonLine(VerdictDocument(file, verdict));
    return;
  }
  out.Line(absl::StrCat(verdict.valid ? out.Paint(Color::kGreen, "VALID")
                                      : out.Paint(Color::kRed, "NOT VALID"),
                        "  ", file));
  out.Line(verdict.explanation);
  if (verdict.valid && verdict.entry.has_value()) {
    out.Line(statement::DescribeEntry(*verdict.index, *verdict.entry));
  }
}

// COSE_Sign1's tag, which no text begins with.
bool IsCose(const std::string& bytes) {
  return !bytes.empty() && bytes[0] == '\xd2';
}

// A COSE receipt does not hold its entry.
bool VerifyCose(const std::string& file, const std::string& bytes,
                const checkpoint::LogKeySet& keys,
                const std::optional<std::string>& entry, Output& out) {
  const auto receipt = checkpoint::ParseCoseReceipt(bytes);
  absl::Status status = receipt.status();
  if (status.ok() && !entry.has_value()) {
    status = absl::InvalidArgumentError(
        "a COSE receipt does not hold its entry: give --entry FILE");
  }
  if (status.ok()) {
    status =
        checkpoint::VerifyCoseReceipt(*receipt, merkle::LeafHash(*entry), keys)
            .status();
  }
  const std::string explanation =
      status.ok() ? absl::StrCat("The log \"", keys.origin(),
                                 "\" holds this entry at index ",
                                 receipt->second, " and has signed a tree of ",
                                 receipt->first, " entries that contains it.")
                  : std::string(status.message());
  if (out.json()) {
    out.JsonLine(
        {{"file", file}, {"valid", status.ok()}, {"explanation", explanation}});
  } else {
    out.Line(absl::StrCat(status.ok() ? out.Paint(Color::kGreen, "VALID")
                                      : out.Paint(Color::kRed, "NOT VALID"),
                          "  ", file));
    out.Line(explanation);
  }
  return status.ok();
}

// Needs no log: files and the log's verifier key.
absl::StatusOr<int> Verify(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  ASSIGN_OR_RETURN(const checkpoint::LogKeySet keys, TrustedKeys(settings));
  ASSIGN_OR_RETURN(client::ReceiptExpectations expected, Expectations(flags));
  ASSIGN_OR_RETURN(const auto witnesses, ReadWitnesses(flags.witnesses));
  if (witnesses.has_value()) expected.witnesses = &*witnesses;
  Output out = run.MakeOutput();
  int code = kExitOk;
  for (const std::string& file : flags.files) {
    ASSIGN_OR_RETURN(const std::string bytes, ReadInput(file, *run.around.in));
    if (IsCose(bytes)) {
      if (!VerifyCose(file, bytes, keys, expected.entry, out)) {
        code = kExitNotValid;
      }
      continue;
    }
    const client::ReceiptVerdict verdict =
        client::VerifyReceiptFile(bytes, keys, expected);
    Show(file, verdict, out);
    if (!verdict.valid) code = kExitNotValid;
  }
  return code;
}

void AddGet(CLI::App* receipt, Invocation* run) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* get = receipt->add_subcommand(
      "get", "Fetch the receipt of an entry and verify it");
  CLI::App* which = get->add_option_group("which", "Which entry");
  which->add_option("INDEX", flags->index, "Its leaf index");
  which->add_option("--leaf-hash", flags->leaf_hash, "Its leaf hash");
  which->add_option("--submission", flags->submission,
                    "What `submit` has kept of it");
  which->require_option(1);
  get->add_option("--out", flags->out,
                  "File of the receipt, never overwritten; -: standard output")
      ->required();
  get->add_option("--format", flags->format,
                  "proof: a file for `receipt verify`; html: a page that "
                  "verifies itself in a browser, offline; cose: RFC 9942, "
                  "with the entry in a file beside it")
      ->check(CLI::IsMember({"proof", "html", "cose"}))
      ->capture_default_str();
  get->add_option("--http", flags->log_files,
                  "With --format cose: the log's http:// or https:// address")
      ->type_name("URL");
  get->add_option("--witnesses", flags->witnesses,
                  "Policy file (tlog-policy): the receipt in the newest tree, "
                  "which these witnesses must have cosigned");
  AddConnectionOptions(get, &flags->settings);
  SetAction(get, run, [flags, run] { return Get(*flags, *run); });
}

void AddVerify(CLI::App* receipt, Invocation* run) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verify = receipt->add_subcommand(
      "verify", "Check receipt files, without asking anybody");
  verify->footer(
      "Exit code 0: all valid. 1: one is not; the message says why.\n"
      "What a valid receipt proves: the log has this entry at this index and\n"
      "cannot take it out or alter it without showing two histories.");
  verify->add_option("FILE", flags->files, "Receipt files; -: standard input")
      ->required();
  verify->add_option("--field", flags->fields,
                     "path=value that the statement must say; several allowed");
  verify->add_option("--submission", flags->submission,
                     "The statement must be this one, its seals open with its "
                     "openings");
  verify->add_option("--signer", flags->signers,
                     "Public key that must have signed it; several allowed");
  verify->add_option("--statement", flags->statement,
                     "The statement must be this one: JSON or text proto, with "
                     "its whole header");
  verify->add_option("--openings", flags->openings,
                     "What `submit` wrote beside the receipt: each must open a "
                     "seal");
  verify->add_option("--entry", flags->entry,
                     "The entry's bytes, for files that do not carry them");
  verify->add_option("--witnesses", flags->witnesses,
                     "Policy file (tlog-policy): witnesses that must have "
                     "cosigned");
  AddTrustOptions(verify, &flags->settings);
  SetAction(verify, run, [flags, run] { return Verify(*flags, *run); });
}

}  // namespace

void AddReceipt(CLI::App* app, Invocation* run) {
  CLI::App* receipt =
      AddGroup(app, "receipt", "Receipts: fetch one, or check files offline");
  receipt->footer(
      "Examples:\n"
      "  sightline receipt get 17 --out entry-17.tlog-proof\n"
      "  sightline receipt get 17 --format html --out entry-17.html\n"
      "  sightline receipt verify --vkey log.example.com+... "
      "entry-17.tlog-proof");
  AddGet(receipt, run);
  AddVerify(receipt, run);
}

}  // namespace sightline::cli
