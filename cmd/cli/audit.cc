#include "cmd/cli/audit.h"

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/log_keys.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/progress_bar.h"
#include "cmd/cli/settings.h"
#include "crypto/sha256.h"
#include "monitor/check_log.h"
#include "monitor/check_options.h"
#include "monitor/check_report.h"
#include "monitor/check_server.h"
#include "monitor/problem.h"
#include "storage/rocksdb_log_store.h"
#include "storage/store_log_reader.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  std::string data_dir;
  bool hashes_only = false;
  bool at_rest = false;
  int threads = 0;
};

// The keys to trust, if any were named: without, the log's own word counts.
absl::StatusOr<std::optional<checkpoint::LogKeySet>> Trusted(
    const Settings& settings) {
  if (settings.vkeys.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(checkpoint::LogKeySet keys, TrustedKeys(settings));
  return keys;
}

absl::StatusOr<monitor::CheckReport> CheckFolder(
    const Flags& flags, const Settings& settings,
    const monitor::CheckOptions& options) {
  storage::RocksDbOptions store_options;
  store_options.create_if_missing = false;
  store_options.read_only = true;
  ASSIGN_OR_RETURN(const auto store, storage::RocksDbLogStore::Open(
                                         flags.data_dir, store_options));
  ASSIGN_OR_RETURN(const auto trusted, Trusted(settings));
  storage::StoreLogReader reader(store.get());
  monitor::CheckSources sources;
  ASSIGN_OR_RETURN(sources.checkpoint, store->ReadNewestCheckpoint());
  sources.entries = &reader;
  sources.tiles = &reader;
  sources.stored_tiles = store.get();
  return monitor::CheckLog(sources, trusted.has_value() ? &*trusted : nullptr,
                           options);
}

absl::StatusOr<monitor::CheckReport> CheckOverNetwork(
    const Settings& settings, const monitor::CheckOptions& options,
    const Invocation& run) {
  ASSIGN_OR_RETURN(const checkpoint::LogKeySet keys, TrustedKeys(settings));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  return monitor::CheckServer(&session->log(), keys, options);
}

Json Feeds(const monitor::CheckReport& report) {
  Json feeds = Json::array();
  for (const monitor::FeedTotals& feed : report.feeds) {
    feeds.push_back({{"submitter", feed.submitter},
                     {"entries", feed.entries},
                     {"last_index", feed.last_index}});
  }
  return feeds;
}

Json Document(const monitor::CheckReport& report) {
  Json problems = Json::array();
  for (const monitor::Problem& problem : report.problems) {
    Json json = {{"kind", std::string(monitor::ProblemKindName(problem.kind))},
                 {"text", monitor::ProblemText(problem)}};
    if (problem.index.has_value()) json["index"] = *problem.index;
    problems.push_back(json);
  }
  return {{"sound", report.sound()},
          {"origin", report.checkpoint.origin},
          {"tree_size", report.checkpoint.tree_size},
          {"root_hash",
           base::HexEncode(crypto::AsBytes(report.checkpoint.root_hash))},
          {"signed_by", report.signed_by},
          {"entries", report.entries},
          {"tiles", report.tiles},
          {"signatures", report.signatures},
          {"seconds", report.seconds},
          {"feeds", Feeds(report)},
          {"problem_count", report.problem_count},
          {"problems", problems}};
}

void Show(const monitor::CheckReport& report, Output& out) {
  if (report.sound()) {
    out.Line(absl::StrCat(out.Paint(Color::kGreen, "SOUND"), "  ",
                          report.checkpoint.origin, ", ",
                          report.checkpoint.tree_size, " entries"));
  } else {
    out.Line(absl::StrCat(out.Paint(Color::kRed, "NOT SOUND"), "  ",
                          report.checkpoint.origin, ": ", report.problem_count,
                          " problems"));
  }
  for (const monitor::Problem& problem : report.problems) {
    out.Line(absl::StrCat("  ", monitor::ProblemText(problem)));
  }
  out.Field("root hash",
            base::HexEncode(crypto::AsBytes(report.checkpoint.root_hash)));
  for (const std::string& key : report.signed_by) out.Field("signed by", key);
  out.Field("checked",
            absl::StrFormat(
                "%d entries (%.1f MB), %d tiles, %d signatures of %d "
                "submitters",
                report.entries, static_cast<double>(report.entry_bytes) / 1e6,
                report.tiles, report.signatures, report.feeds.size()));
  if (report.seconds > 0) {
    out.Field("rate", absl::StrFormat("%.0f entries a second",
                                      static_cast<double>(report.entries) /
                                          report.seconds));
  }
}

absl::StatusOr<int> Audit(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  ProgressBar bar(run, "entries");
  monitor::CheckOptions options;
  options.depth = flags.hashes_only ? monitor::CheckDepth::kHashes
                                    : monitor::CheckDepth::kSignatures;
  options.threads = flags.threads;
  options.at_rest = flags.at_rest;
  options.progress = [&bar](uint64_t done, uint64_t total) {
    bar.Show(done, total);
  };
  absl::StatusOr<monitor::CheckReport> report =
      flags.data_dir.empty() ? CheckOverNetwork(settings, options, run)
                             : CheckFolder(flags, settings, options);
  if (!report.ok()) return report.status();
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document(Document(*report));
  } else {
    Show(*report, out);
  }
  return report->sound() ? kExitOk : kExitNotValid;
}

}  // namespace

void AddAudit(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* audit =
      app->add_subcommand("audit",
                          "Check the whole log: every leaf, tile, signature, "
                          "feed link and registry "
                          "rule");
  audit->footer(
      "Exit code 0: sound. 1: problems, all of them named.\n"
      "Without --vkey a folder is checked against the keys that its own first "
      "entry names.\n\nExamples:\n"
      "  sightline audit --data-dir /var/lib/sightline\n"
      "  sightline audit --server log.example.com:7443 --vkey "
      "log.example.com+...");
  audit->add_option(
      "--data-dir", flags->data_dir,
      "A server's folder, in use or at rest, instead of a server");
  audit->add_flag("--hashes-only", flags->hashes_only,
                  "Leave out signatures and what entries say");
  audit->add_flag("--at-rest", flags->at_rest,
                  "Nobody is writing: look beyond the checkpoint, too");
  audit->add_option("--threads", flags->threads, "0: one for each core")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  AddConnectionOptions(audit, &flags->settings);
  SetAction(audit, run, [flags, run] { return Audit(*flags, *run); });
}

}  // namespace sightline::cli
