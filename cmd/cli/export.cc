#include "cmd/cli/export.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "client/entry_stream.h"
#include "client/field_text.h"
#include "client/log_client.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/export_tiles.h"
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
  std::string tiles;
  std::string data_dir;
};

// Columns are only ever added, at the end.
constexpr absl::string_view kEntryColumns[] = {
    "index",  "admitted", "submitter", "kind",   "feed_ordinal",
    "policy", "findings", "leaf_hash", "summary"};

// A column of a field of the statement; "" where the kind has no such field.
struct FieldColumn {
  absl::string_view name;
  absl::string_view path;
};
constexpr FieldColumn kFieldColumns[] = {
    {"statement_id", "header.statement_id"},
    {"claimed", "header.claimed_time"},
    {"channel", "footage_request.channel"},
    {"legal_process", "footage_request.legal_process"},
    {"custodian", "footage_request.custodian"},
    {"offence_code", "footage_request.offence_code"},
    {"purpose", "footage_request.purpose"},
    {"assembly_related", "footage_request.assembly_related"},
    {"incident_begin", "footage_request.incident_window.begin"},
    {"incident_end", "footage_request.incident_window.end"},
    {"footage_begin", "footage_request.footage_window.begin"},
    {"footage_end", "footage_request.footage_window.end"},
    {"area_county", "footage_request.area.county_fips"},
    {"area_s2_cell", "footage_request.area.s2_cell"},
    {"area_state", "footage_request.area.state"},
    {"area_square_metres", "footage_request.area.area_square_metres"},
    {"recipients", "footage_request.recipients"},
    {"unit", "footage_request.unit"},
    {"escalates", "footage_request.escalates.index"},
    {"answers", "footage_response.request.index"},
    {"outcome", "footage_response.outcome"},
    {"refusal_ground", "footage_response.refusal_ground"},
    {"notified", "footage_response.notified"},
    {"shared", "footage_response.shared"},
    {"declined", "footage_response.declined"},
    {"no_action", "footage_response.no_action"},
    {"opted_out", "footage_response.opted_out"},
    {"clips", "footage_response.clips"},
    {"camera_hours_given", "footage_response.camera_hours_given"},
};

std::string CsvHeader() {
  std::vector<absl::string_view> names(std::begin(kEntryColumns),
                                       std::end(kEntryColumns));
  for (const FieldColumn& column : kFieldColumns) names.push_back(column.name);
  names.push_back("sealed");
  return absl::StrJoin(names, ",");
}

std::string CsvField(absl::string_view text) {
  if (text.find_first_of(",\"\r\n") == absl::string_view::npos) {
    return std::string(text);
  }
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

// The text of a field, if the statement is of the kind that has it.
std::string FieldOf(const v1::Statement& statement, absl::string_view path) {
  const absl::string_view kind = path.substr(0, path.find('.'));
  if (kind != "header" &&
      kind != statement::KindName(statement::KindOf(statement))) {
    return "";
  }
  // What was left open is empty here, as it is in JSON.
  const std::string text = client::FieldText(statement, path).value_or("");
  return text == "UNSPECIFIED" ? "" : CsvField(text);
}

std::string SealedPaths(const v1::Statement& statement) {
  std::vector<absl::string_view> paths;
  for (const auto& sealed : statement.header().sealed()) {
    paths.push_back(sealed.path());
  }
  return CsvField(absl::StrJoin(paths, ";"));
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
  std::vector<std::string> fields = {
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
  for (const FieldColumn& column : kFieldColumns) {
    fields.push_back(FieldOf(statement, column.path));
  }
  fields.push_back(SealedPaths(statement));
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
  if (flags.format == "csv") out << CsvHeader() << "\n";
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
  if (!flags.tiles.empty()) {
    return ExportTileFiles(flags.tiles, flags.data_dir, settings, run);
  }
  if (flags.out != "-") RETURN_IF_ERROR(CheckAbsent(flags.out));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  if (flags.out == "-") {
    RETURN_IF_ERROR(WriteRows(flags, session->log(), *run.around.out).status());
    return kExitOk;
  }
  std::ofstream file(flags.out, std::ios::binary);
  const auto rows = WriteRows(flags, session->log(), file);
  if (!rows.ok()) {
    // Half a file would pass for a whole one.
    std::error_code ignored;
    std::filesystem::remove(flags.out, ignored);
    return rows.status();
  }
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document({{"file", flags.out}, {"entries", *rows}});
  } else {
    out.Line(
        absl::StrCat(*rows, " entries, each verified, written to ", flags.out));
  }
  return kExitOk;
}

}  // namespace

void AddExport(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* command =
      app->add_subcommand("export",
                          "Write entries, each one verified, as JSON lines or "
                          "CSV; or the whole log "
                          "as static files");
  command->footer(
      "Examples:\n"
      "  sightline export --format csv --out log.csv\n"
      "  sightline export --submitter ori:CA0194200 --since 2026-01-01\n"
      "  sightline export --tiles /srv/www/log --data-dir /var/lib/sightline");
  AddFilterOptions(command, &flags->filter);
  command
      ->add_option("--to", flags->to, "Leaf index to stop before; 0: the end")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--format", flags->format, "jsonl or csv")
      ->check(CLI::IsMember({"jsonl", "csv"}))
      ->capture_default_str();
  command
      ->add_option("--out", flags->out,
                   "File, never overwritten; -: standard "
                   "output")
      ->capture_default_str();
  CLI::Option* const tiles =
      command
          ->add_option(
              "--tiles", flags->tiles,
              "Instead: bring this folder to the log's newest tree, as "
              "files that any web server can serve (checkpoint, "
              "tile/...); what is there already is kept")
          ->type_name("DIR");
  command
      ->add_option("--data-dir", flags->data_dir,
                   "With --tiles: a server's folder, instead of a server")
      ->needs(tiles);
  AddConnectionOptions(command, &flags->settings);
  SetAction(command, run, [flags, run] { return Export(*flags, *run); });
}

}  // namespace sightline::cli
