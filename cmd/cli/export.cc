#include "cmd/cli/export.h"

#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "client/entry_stream.h"
#include "client/log_client.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/filter_flags.h"
#include "cmd/cli/settings.h"
#include "crypto/sha256.h"
#include "statement/describe.h"
#include "statement/entry_codec.h"
#include "statement/json.h"
#include "statement/kinds.h"
#include "statement/statement_codec.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  FilterFlags filter;
  uint64_t to = 0;
  std::string format = "jsonl";
  std::string out = "-";
};

// Columns are only ever added, at the end.
constexpr char kCsvHeader[] =
    "index,admitted,submitter,kind,feed_ordinal,policy,findings,leaf_hash,"
    "summary";

std::string CsvField(absl::string_view text) {
  if (text.find_first_of(",\"\r\n") == absl::string_view::npos) {
    return std::string(text);
  }
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

absl::StatusOr<std::string> CsvRow(const client::EntryView& view) {
  ASSIGN_OR_RETURN(const v1::Entry entry, statement::ParseEntry(view.bytes));
  ASSIGN_OR_RETURN(const v1::Statement statement,
                   statement::ParseStatement(entry.statement().payload()));
  std::vector<std::string> findings;
  for (const v1::Finding& finding : entry.findings()) {
    findings.push_back(finding.rule_id());
  }
  const std::string policy = entry.has_policy()
                                 ? absl::StrCat(entry.policy().policy_id(), "/",
                                                entry.policy().version())
                                 : "";
  const std::vector<std::string> fields = {
      absl::StrCat(view.index),
      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ",
                       absl::FromUnixMillis(entry.admitted_unix_ms()),
                       absl::UTCTimeZone()),
      CsvField(statement.header().submitter()),
      std::string(statement::KindName(statement::KindOf(statement))),
      absl::StrCat(entry.feed_ordinal()),
      CsvField(policy),
      CsvField(absl::StrJoin(findings, ";")),
      base::HexEncode(crypto::AsBytes(view.leaf_hash)),
      CsvField(statement::DescribeStatement(statement))};
  return absl::StrJoin(fields, ",");
}

absl::StatusOr<std::string> Row(const client::EntryView& view,
                                const std::string& format) {
  if (format == "csv") return CsvRow(view);
  return statement::EntryToJson(view.index, view.bytes);
}

absl::StatusOr<uint64_t> WriteRows(const Flags& flags, client::LogClient& log,
                                   std::ostream& out) {
  client::EntryStreamOptions options;
  options.start_index = flags.filter.from;
  options.max_failures = 4;
  ASSIGN_OR_RETURN(options.filter, ToFilter(flags.filter));
  const auto stream = log.StreamEntries(std::move(options));
  if (flags.format == "csv") out << kCsvHeader << "\n";
  uint64_t rows = 0;
  while (out.good()) {
    ASSIGN_OR_RETURN(const auto entries, stream->Next());
    if (!entries.has_value()) break;
    for (const client::EntryView& view : entries->entries()) {
      if (flags.to != 0 && view.index >= flags.to) return rows;
      ASSIGN_OR_RETURN(const std::string row, Row(view, flags.format));
      out << row << "\n";
      ++rows;
    }
  }
  out.flush();
  if (!out.good()) return absl::InternalError("cannot write the output");
  return rows;
}

absl::StatusOr<int> Export(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  if (flags.out != "-") RETURN_IF_ERROR(CheckAbsent(flags.out));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  if (flags.out == "-") {
    RETURN_IF_ERROR(WriteRows(flags, session->log(), *run.around.out).status());
    return kExitOk;
  }
  std::ofstream file(flags.out, std::ios::binary);
  ASSIGN_OR_RETURN(const uint64_t rows, WriteRows(flags, session->log(), file));
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document({{"file", flags.out}, {"entries", rows}});
  } else {
    out.Line(
        absl::StrCat(rows, " entries, each verified, written to ", flags.out));
  }
  return kExitOk;
}

}  // namespace

void AddExport(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* command = app->add_subcommand(
      "export", "Write entries, each one verified, as JSON lines or CSV");
  command->footer(
      "Examples:\n"
      "  sightline export --format csv --out log.csv\n"
      "  sightline export --submitter ori:CA0194200 --since 2026-01-01");
  AddFilterOptions(command, &flags->filter);
  command
      ->add_option("--to", flags->to, "Leaf index to stop before; 0: the end")
      ->capture_default_str();
  command->add_option("--format", flags->format, "jsonl or csv")
      ->check(CLI::IsMember({"jsonl", "csv"}))
      ->capture_default_str();
  command
      ->add_option("--out", flags->out,
                   "File, never overwritten; -: standard "
                   "output")
      ->capture_default_str();
  AddConnectionOptions(command, &flags->settings);
  SetAction(command, run, [flags, run] { return Export(*flags, *run); });
}

}  // namespace sightline::cli
