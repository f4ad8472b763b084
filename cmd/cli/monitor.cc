#include "cmd/cli/monitor.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/policy.h"
#include "client/log_client.h"
#include "client/resource_log_reader.h"
#include "client/resources.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/files.h"
#include "cmd/cli/open_resources.h"
#include "cmd/cli/settings.h"
#include "cmd/cli/stop_on_signal.h"
#include "crypto/sha256.h"
#include "monitor/alert.h"
#include "monitor/live_check.h"
#include "monitor/log_monitor.h"
#include "monitor/monitor_config.h"
#include "monitor/monitor_folder.h"
#include "monitor/stream_feed.h"
#include "monitor/tile_feed.h"
#include "monitor/webhook.h"

namespace sightline::cli {
namespace {

constexpr size_t kMaxCheckpointBytes = 64 << 10;

struct Flags {
  Settings settings;
  std::string files;
  std::string state;
  std::string rules;
  std::string policy;
  std::string alerts_from = "now";
  bool once = false;
  double poll_seconds = 5;
};

// The vkeys of the settings, without their ranges of tree sizes.
std::vector<std::string> VkeysOf(const Settings& settings) {
  std::vector<std::string> vkeys;
  for (const std::string& vkey : settings.vkeys) {
    vkeys.push_back(
        std::vector<std::string>(absl::StrSplit(vkey, '@')).front());
  }
  return vkeys;
}

// What the monitor is made of; members go in the reverse order.
struct Whole {
  std::unique_ptr<client::Resources> resources;
  std::unique_ptr<client::ResourceLogReader> reader;
  std::vector<std::unique_ptr<client::Resources>> peer_resources;
  std::vector<std::unique_ptr<client::ResourceLogReader>> peer_readers;
  std::unique_ptr<monitor::LogFeed> feed;
  std::unique_ptr<monitor::MonitorFolder> folder;
  std::unique_ptr<checkpoint::Policy> policy;
  std::unique_ptr<monitor::Webhook> webhook;
  std::unique_ptr<monitor::LogMonitor> monitor;
  bool trouble = false;
};

absl::StatusOr<uint64_t> SizeShown(const std::string& note,
                                   const checkpoint::LogKeySet& keys) {
  ASSIGN_OR_RETURN(const auto opened, keys.OpenCheckpoint(note));
  return opened.checkpoint.tree_size;
}

// Opens the log, and finds out where it stands: rules begin there.
absl::StatusOr<uint64_t> OpenFeed(const Flags& flags, const Settings& settings,
                                  const checkpoint::LogKeySet& keys,
                                  const Invocation& run, Whole* whole) {
  if (!flags.files.empty()) {
    ASSIGN_OR_RETURN(whole->resources,
                     OpenResources(flags.files, settings.ca, run));
    whole->reader =
        std::make_unique<client::ResourceLogReader>(whole->resources.get());
    whole->feed = std::make_unique<monitor::TileFeed>(whole->reader.get());
    ASSIGN_OR_RETURN(const std::string note, whole->reader->ReadCheckpoint());
    return SizeShown(note, keys);
  }
  monitor::StreamFeed::Connector connect =
      [settings, &run](const std::string& remembered) {
        return ConnectClient(settings, remembered, run);
      };
  ASSIGN_OR_RETURN(const auto client, connect(""));
  ASSIGN_OR_RETURN(const client::TreePtr tree, client->GetCheckpoint());
  // What was verified before is where the stream must go on from.
  monitor::LiveState ignored;
  monitor::MonitorMemory memory;
  RETURN_IF_ERROR(whole->folder->Load(&ignored, &memory));
  ASSIGN_OR_RETURN(whole->feed, monitor::StreamFeed::Create(std::move(connect),
                                                            memory.note));
  return tree->size;
}

absl::Status OpenPeers(const monitor::MonitorConfig& config,
                       const std::string& origin, const Invocation& run,
                       Whole* whole, std::vector<monitor::PeerView>* peers) {
  const std::string by_origin = absl::StrCat(
      base::HexEncode(crypto::AsBytes(crypto::Sha256(origin))), "/checkpoint");
  for (const monitor::Peer& peer : config.witnesses) {
    ASSIGN_OR_RETURN(auto resources, OpenResources(peer.at, peer.ca_file, run));
    client::Resources* const at = resources.get();
    peers->push_back({peer.name, [at, by_origin] {
                        return at->Get(by_origin, kMaxCheckpointBytes);
                      }});
    whole->peer_resources.push_back(std::move(resources));
  }
  for (const monitor::Peer& peer : config.mirrors) {
    ASSIGN_OR_RETURN(auto resources, OpenResources(peer.at, peer.ca_file, run));
    auto reader = std::make_unique<client::ResourceLogReader>(resources.get());
    client::ResourceLogReader* const at = reader.get();
    peers->push_back({peer.name, [at] { return at->ReadCheckpoint(); }, at});
    whole->peer_resources.push_back(std::move(resources));
    whole->peer_readers.push_back(std::move(reader));
  }
  return absl::OkStatus();
}

bool IsTrouble(const monitor::Alert& alert) {
  return alert.kind == "unsound" || alert.kind == "inconsistent" ||
         alert.kind == "split-view";
}

absl::Status Build(const Flags& flags, const Settings& settings,
                   Invocation& run, Whole* whole) {
  monitor::LogMonitor::Options options;
  options.config = monitor::DefaultMonitorConfig();
  if (!flags.rules.empty()) {
    ASSIGN_OR_RETURN(const std::string yaml, ReadFile(flags.rules));
    auto config = monitor::ParseMonitorConfig(yaml);
    if (!config.ok()) return base::Annotate(config.status(), flags.rules);
    options.config = *std::move(config);
  }
  if (!flags.policy.empty()) {
    ASSIGN_OR_RETURN(const std::string text, ReadFile(flags.policy));
    auto policy = checkpoint::Policy::Parse(text);
    if (!policy.ok()) return base::Annotate(policy.status(), flags.policy);
    whole->policy = std::make_unique<checkpoint::Policy>(*std::move(policy));
    options.policy = whole->policy.get();
  }
  ASSIGN_OR_RETURN(options.keys, TrustedKeys(settings));
  options.vkeys = VkeysOf(settings);
  options.tick = absl::Seconds(flags.poll_seconds);
  ASSIGN_OR_RETURN(whole->folder, monitor::MonitorFolder::Open(flags.state));
  ASSIGN_OR_RETURN(options.alerts_from,
                   OpenFeed(flags, settings, options.keys, run, whole));
  if (flags.alerts_from != "now" &&
      !absl::SimpleAtoi(flags.alerts_from, &options.alerts_from)) {
    return absl::InvalidArgumentError(
        "--alerts-from: want an index or \"now\"");
  }
  monitor::LogMonitor::Parts parts;
  RETURN_IF_ERROR(OpenPeers(options.config, options.keys.origin(), run, whole,
                            &parts.peers));
  const monitor::WebhookConfig& webhook = options.config.webhook;
  if (!webhook.url.empty()) {
    monitor::Webhook::Options to;
    to.max_queue = webhook.max_queue;
    ASSIGN_OR_RETURN(
        monitor::AlertPoster post,
        monitor::HttpPoster(webhook.url, webhook.ca_file, webhook.timeout));
    whole->webhook =
        std::make_unique<monitor::Webhook>(to, std::move(post), run.around.rng);
  }
  parts.feed = whole->feed.get();
  parts.folder = whole->folder.get();
  parts.clock = run.around.clock;
  parts.rng = run.around.rng;
  parts.webhook = whole->webhook.get();
  parts.output = [whole, &run](const monitor::Alert& alert) {
    whole->trouble = whole->trouble || IsTrouble(alert);
    run.MakeOutput().JsonText(monitor::AlertToJson(alert));
  };
  parts.note = [&run](absl::string_view text) { run.MakeOutput().Note(text); };
  ASSIGN_OR_RETURN(whole->monitor, monitor::LogMonitor::Create(
                                       std::move(options), std::move(parts)));
  return absl::OkStatus();
}

// Until it has seen all that there is.
absl::Status LookOnce(monitor::LogMonitor& monitor) {
  uint64_t before = 0;
  bool first = true;
  while (first || monitor.size() > before) {
    first = false;
    before = monitor.size();
    const absl::Status status = monitor.RunOnce(absl::Seconds(1));
    // What the log did wrong has been told.
    if (absl::IsDataLoss(status)) break;
    RETURN_IF_ERROR(status);
  }
  return monitor.Keep();
}

absl::StatusOr<int> Monitor(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  Whole whole;
  std::optional<StopOnSignal> stop;  // goes before what it stops
  if (!flags.once) stop.emplace();
  RETURN_IF_ERROR(Build(flags, settings, run, &whole));
  if (flags.once) {
    RETURN_IF_ERROR(LookOnce(*whole.monitor));
    if (whole.webhook != nullptr) {
      if (!whole.webhook->AwaitEmpty(absl::Seconds(settings.timeout_seconds))) {
        run.MakeOutput().Note(absl::StrCat(
            "alerts wait: ", whole.webhook->last_failure().message()));
      }
      RETURN_IF_ERROR(whole.monitor->Keep());
    }
    run.MakeOutput().Note(
        absl::StrCat(whole.monitor->size(), " entries checked"));
    return whole.trouble || whole.monitor->in_trouble() ? kExitNotValid
                                                        : kExitOk;
  }
  stop->Start([&whole] { whole.monitor->Stop(); });
  RETURN_IF_ERROR(whole.monitor->Run());
  return kExitOk;
}

}  // namespace

void AddMonitor(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* monitor = app->add_subcommand(
      "monitor",
      "Follow the log, check every entry and checkpoint, and raise alerts by "
      "rule");
  monitor->footer(
      "Alerts go to standard output as JSON lines, and to a webhook or an Atom "
      "file, as the\nrules file says (docs/monitor.md). Goes on where it "
      "stopped. A log that signs two\nhistories is convicted by a file that "
      "`sightline evidence verify` checks anywhere.\nWith --once, exit code 1: "
      "the log did something wrong.\n\nExamples:\n"
      "  sightline monitor --state /var/lib/sightline-monitor --rules "
      "rules.yaml\n"
      "  sightline monitor https://log.example.com --vkey log.example.com+... "
      "--state s\n"
      "  sightline monitor --state s --once");
  monitor
      ->add_option("log", flags->files,
                   "http:// or https:// address or folder of a log's files, "
                   "instead of a "
                   "server that is followed by its stream")
      ->type_name("URL|DIR");
  monitor
      ->add_option("--state", flags->state,
                   "Folder where the monitor keeps what it knows")
      ->required()
      ->type_name("DIR");
  monitor->add_option("--rules", flags->rules,
                      "YAML file of rules, peers and outputs; without, only "
                      "what is wrong with the log is told");
  monitor->add_option("--policy", flags->policy,
                      "Trust policy (C2SP): checkpoints must have its quorum");
  monitor
      ->add_option("--alerts-from", flags->alerts_from,
                   "First run: rules speak of entries from this index on; "
                   "\"now\": of new ones")
      ->capture_default_str();
  monitor->add_flag("--once", flags->once,
                    "Look at all that there is, then end");
  monitor
      ->add_option("--poll-seconds", flags->poll_seconds,
                   "How often an address or folder is looked at, and what is "
                   "due")
      ->check(CLI::Range(0.05, 3600.0))
      ->capture_default_str();
  AddConnectionOptions(monitor, &flags->settings);
  SetAction(monitor, run, [flags, run] { return Monitor(*flags, *run); });
}

}  // namespace sightline::cli
