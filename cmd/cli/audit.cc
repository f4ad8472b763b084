#include "cmd/cli/audit.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/log_keys.h"
#include "client/resource_log_reader.h"
#include "cmd/cli/check_folder.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/open_resources.h"
#include "cmd/cli/progress_bar.h"
#include "cmd/cli/settings.h"
#include "cmd/seal_key.h"
#include "crypto/sha256.h"
#include "monitor/check_log.h"
#include "monitor/check_options.h"
#include "monitor/check_report.h"
#include "monitor/check_server.h"
#include "monitor/problem.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  std::string data_dir;
  std::string seal_key;
  std::string files;
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

absl::StatusOr<monitor::CheckReport> CheckDataDir(
    const Flags& flags, const Settings& settings,
    const monitor::CheckOptions& options) {
  ASSIGN_OR_RETURN(const auto trusted, Trusted(settings));
  ASSIGN_OR_RETURN(const auto sealer,
                   daemon::MakeSealer({flags.seal_key, "", {}}));
  return CheckFolder(flags.data_dir, trusted.has_value() ? &*trusted : nullptr,
                     sealer.get(), options);
}

// A log as files: at an HTTP address, or in a folder.
absl::StatusOr<monitor::CheckReport> CheckFiles(
    const std::string& where, const Settings& settings,
    const monitor::CheckOptions& options, const Invocation& run) {
  ASSIGN_OR_RETURN(const auto trusted, Trusted(settings));
  ASSIGN_OR_RETURN(const auto resources,
                   OpenResources(where, settings.ca, run));
  client::ResourceLogReader reader(resources.get());
  // No checkpoint is no log: rather a slip in the address than a finding.
  RETURN_IF_ERROR(reader.ReadCheckpoint().status());
  return monitor::CheckLog(&reader, trusted.has_value() ? &*trusted : nullptr,
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
          {"policies_believed", report.trails_believed},
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
    out.Line(
        absl::StrCat(out.Paint(Color::kRed, "NOT SOUND"), "  ",
                     report.checkpoint.origin, ": ", report.problem_count,
                     report.problem_count == 1 ? " problem" : " problems"));
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
  if (report.trails_believed > 0) {
    out.Field("not checked",
              absl::StrCat("which policy governs the seals of ",
                           report.trails_believed,
                           report.trails_believed == 1 ? " entry" : " entries",
                           ": what they are about could not be read"));
  }
  if (report.seconds > 0) {
    out.Field("rate", absl::StrFormat("%.0f entries a second",
                                      static_cast<double>(report.entries) /
                                          report.seconds));
  }
}

absl::StatusOr<int> Audit(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  if (!flags.seal_key.empty() && flags.data_dir.empty()) {
    return absl::InvalidArgumentError(
        "--seal-key: sealed payloads are in a folder; give --data-dir, too");
  }
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
      !flags.files.empty() ? CheckFiles(flags.files, settings, options, run)
      : !flags.data_dir.empty() ? CheckDataDir(flags, settings, options)
                                : CheckOverNetwork(settings, options, run);
  if (!report.ok() && absl::IsDataLoss(report.status()) &&
      !flags.data_dir.empty()) {
    run.MakeOutput().Error(report.status(),
                           "the folder is damaged beyond reading; "
                           "docs/operations.md says what to do");
    return kExitNotValid;
  }
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
      "Without --vkey, files and folders are checked against the keys that "
      "their own first entry names.\nOf a server's folder all that is derived "
      "from the entries is checked, too: indices, feed heads,\nevery "
      "checkpoint; "
      "sealed payloads for their form, or with --seal-key for what is in "
      "them.\n\nExamples:\n"
      "  sightline audit https://log.example.com --vkey log.example.com+...\n"
      "  sightline audit /srv/www/log\n"
      "  sightline audit --data-dir /var/lib/sightline\n"
      "  sightline audit --server log.example.com:7443 --vkey "
      "log.example.com+...");
  CLI::Option* const files = audit->add_option(
      "log", flags->files,
      "http:// or https:// address or folder of a log's files (checkpoint, "
      "tile/...), as "
      "c2sp.org/tlog-tiles has them, instead of a server");
  files->type_name("URL|DIR");
  audit
      ->add_option("--data-dir", flags->data_dir,
                   "A server's folder, in use or at rest, instead of a server")
      ->excludes(files);
  audit->add_option("--seal-key", flags->seal_key,
                    "With --data-dir: open every sealed payload with this key "
                    "and hold it against what was sealed");
  audit->add_flag("--hashes-only", flags->hashes_only,
                  "Leave out signatures and what entries say, and of a "
                  "folder's records all but the checkpoints");
  audit->add_flag("--at-rest", flags->at_rest,
                  "Nobody is writing: look beyond the checkpoint, too");
  audit->add_option("--threads", flags->threads, "0: one for each core")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  AddConnectionOptions(audit, &flags->settings);
  SetAction(audit, run, [flags, run] { return Audit(*flags, *run); });
}

}  // namespace sightline::cli
