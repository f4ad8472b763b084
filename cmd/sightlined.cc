// sightlined: the log server. One process, one folder.
//
// Exit: 0 stopped as asked; 1 could not start or serve; 2 flags or configuration.
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <initializer_list>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "admission/payload_sealer.h"
#include "base/clock.h"
#include "base/rate_limit.h"
#include "base/status_macros.h"
#include "checkpoint/cose_signer.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/policy.h"
#include "cmd/daemon_main.h"
#include "cmd/note_keys.h"
#include "cmd/seal_key.h"
#include "cmd/sightlined_options.h"
#include "crypto/key_file.h"
#include "crypto/tls_client.h"
#include "proto/sightline/v1/statement.pb.h"
#include "publish/cosigner.h"
#include "publish/store_consistency.h"
#include "services/log_instance.h"
#include "services/seal_keeper.h"
#include "services/server.h"
#include "statement/registry.h"
#include "statement/statement_codec.h"
#include "storage/rocksdb_log_store.h"
#include "storage/rocksdb_view_store.h"
#include "telemetry/diagnostic_lines.h"
#include "telemetry/diagnostics.h"
#include "web/log_front.h"
#include "web/metrics_handler.h"
#include "web/scitt_handler.h"
#include "web/server.h"
#include "witness/file_cosigned_store.h"
#include "witness/http_transport.h"
#include "witness/panel.h"
#include "witness/transport.h"

namespace sightline::daemon {
namespace {

constexpr absl::Duration kReadGrace = absl::Seconds(2);

// Without a key it destroys what was erased, and opens nothing.
absl::StatusOr<services::SealKeeperOptions> ReadKeeper(const Flags& flags) {
  services::SealKeeperOptions options;
  options.submitter = flags.keeper;
  if (!flags.keeper_key.empty()) {
    ASSIGN_OR_RETURN(options.key, crypto::ReadKeyFile(flags.keeper_key));
  }
  RETURN_IF_ERROR(options.Validate());
  return options;
}

absl::StatusOr<std::optional<v1::SignedStatement>> ReadGenesis(
    const std::string& path) {
  if (path.empty()) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)),
                          std::istreambuf_iterator<char>());
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  absl::StatusOr<v1::SignedStatement> genesis =
      statement::ParseSignedStatement(bytes);
  if (!genesis.ok()) return base::Annotate(genesis.status(), path);
  return *std::move(genesis);
}

uint64_t TreeSize(services::LogInstance& log) {
  return log.publisher().current()->tree_size;
}

// What is wrong with files that were to be read; OK when nothing is.
absl::Status AllFaults(std::initializer_list<absl::Status> read) {
  std::vector<std::string> faults;
  absl::Status first;
  for (const absl::Status& status : read) {
    if (status.ok()) continue;
    first.Update(status);
    faults.emplace_back(status.message());
  }
  return absl::Status(first.code(), absl::StrJoin(faults, "; "));
}

// As many files as this process may have open, once it has asked for all.
uint64_t RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

// Clients over HTTP must never take the files that the store needs: they get half.
void KeepFilesForTheStore(web::ServerOptions* http,
                          telemetry::Diagnostics* diagnostics) {
  const uint64_t files = RaiseFileLimit();
  const uint64_t most = std::max<uint64_t>(files / 2, 1);
  if (http->max_connections <= most) return;
  diagnostics->Warning("http_connections_limited",
                       {{"configured", http->max_connections},
                        {"limit", most},
                        {"open_files", files}});
  http->max_connections = most;
}

// What operators ask, on an address of its own.
class MetricsFront {
 public:
  // `http` may be null. Pointers outlive the result.
  static absl::StatusOr<std::unique_ptr<MetricsFront>> Start(
      const Settings& settings, const services::LogInstance* log,
      web::LogFront* http, const base::Clock* clock,
      telemetry::Diagnostics* diagnostics) {
    web::MetricsSources sources;
    sources.log = log;
    if (http != nullptr) {
      sources.http = &http->server();
      sources.connect = &http->connect();
    }
    if (settings.server.tls.has_value()) {
      sources.certificates.push_back(
          {"grpc", settings.server.tls->certificate});
    }
    if (settings.http.has_value() && settings.http->server.tls.has_value()) {
      sources.certificates.push_back(
          {"https", settings.http->server.tls->certificate});
    }
    std::unique_ptr<MetricsFront> front(new MetricsFront(std::move(sources)));
    ASSIGN_OR_RETURN(front->server_,
                     web::Server::Start(*settings.metrics, &front->handler_,
                                        clock, diagnostics));
    return front;
  }

  web::Server& server() { return *server_; }

 private:
  explicit MetricsFront(web::MetricsSources sources)
      : handler_(std::move(sources)) {}

  web::MetricsHandler handler_;
  std::unique_ptr<web::Server> server_;
};

// The log's keys and receipts in COSE.
web::ScittHandler MakeScittHandler(services::LogInstance* log,
                                   std::vector<checkpoint::CoseSigner> signers,
                                   const base::Rate& receipts_per_client,
                                   const base::Clock* clock,
                                   telemetry::Diagnostics* diagnostics) {
  web::ScittHandler::Parts parts;
  parts.published = [log] { return log->publisher().current(); };
  // Every key that the log has ever named.
  parts.keys = [log] {
    std::vector<web::ScittHandler::LogKey> keys;
    log->admission().ReadRegistry([&](const statement::Registry& registry) {
      for (const v1::LogKey& key :
           registry.LogKeys(log->publisher().current()->tree_size)) {
        keys.push_back({key.vkey(), key.first_size(), key.end_size()});
      }
    });
    return keys;
  };
  parts.store = &log->store();
  parts.signers = std::move(signers);
  parts.receipts_per_client = receipts_per_client;
  parts.clock = clock;
  parts.diagnostics = diagnostics;
  return web::ScittHandler(std::move(parts));
}

// The log's witnesses, and all that is needed to ask them.
struct WitnessParts {
  std::unique_ptr<witness::Transport> transport;
  std::unique_ptr<publish::StoreConsistency> proofs;
  std::unique_ptr<witness::CosignedStore> store;
  std::unique_ptr<witness::Panel> panel;
  publish::Witnesses witnesses;
};

// Nothing when no witnesses are wanted.
absl::StatusOr<std::optional<checkpoint::Policy>> ReadPolicy(
    const std::string& path) {
  if (path.empty()) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)),
                         std::istreambuf_iterator<char>());
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  auto policy = checkpoint::Policy::Parse(text);
  if (!policy.ok()) return base::Annotate(policy.status(), path);
  for (const checkpoint::Policy::Witness& witness : policy->witnesses()) {
    if (witness.url.empty()) continue;
    const absl::Status url = witness::CheckUrl(witness.url);
    if (!url.ok()) return base::Annotate(url, path);
  }
  return *std::move(policy);
}

absl::StatusOr<WitnessParts> OpenWitnesses(
    const Flags& flags, const std::optional<checkpoint::Policy>& policy,
    const storage::LogStore* log_store, const base::Clock* clock,
    telemetry::Diagnostics* diagnostics) {
  WitnessParts parts;
  if (!policy.has_value()) return parts;
  if (!flags.witness_ca.empty()) {
    // Now, not when the first witness is asked.
    RETURN_IF_ERROR(crypto::ReadAuthorities(flags.witness_ca).status());
  }
  parts.transport = witness::MakeHttpTransport(flags.witness_ca);
  parts.proofs = std::make_unique<publish::StoreConsistency>(log_store);
  ASSIGN_OR_RETURN(parts.store, witness::FileCosignedStore::Open(
                                    absl::StrCat(flags.data_dir, "/cosigned")));
  ASSIGN_OR_RETURN(parts.panel, witness::Panel::Create(
                                    {}, *policy, parts.transport.get(),
                                    parts.proofs.get(), clock, diagnostics));
  parts.witnesses.panel = parts.panel.get();
  parts.witnesses.store = parts.store.get();
  parts.witnesses.fail_open = flags.witness_fail_open;
  parts.witnesses.round = absl::Seconds(flags.witness_round_seconds);
  return parts;
}

// Everything after the configuration is understood.
absl::Status Serve(const Flags& flags, const Settings& settings,
                   const StopSignals& stop_signals) {
  const base::Clock* const clock = base::Clock::Real();
  const auto diagnostics =
      telemetry::DiagnosticsOnStderr(settings.lines, clock);
  auto signers = ReadNoteSigners(flags.log_keys);
  const auto sealer =
      MakeSealer({flags.seal_key, flags.seal_key_command, flags.old_seal_keys});
  auto keeper_options = ReadKeeper(flags);
  const auto genesis = ReadGenesis(flags.genesis);
  const auto policy = ReadPolicy(flags.witness_policy);
  RETURN_IF_ERROR(
      AllFaults({signers.status(), sealer.status(), keeper_options.status(),
                 genesis.status(), policy.status()}));
  ASSIGN_OR_RETURN(const auto store, storage::RocksDbLogStore::Open(
                                         flags.data_dir, settings.store));
  ASSIGN_OR_RETURN(
      const WitnessParts witnesses,
      OpenWitnesses(flags, *policy, store.get(), clock, diagnostics.get()));
  ASSIGN_OR_RETURN(
      const auto views,
      storage::RocksDbViewStore::Open(absl::StrCat(flags.data_dir, "/views")));
  services::LogParts parts;
  if (witnesses.panel != nullptr) parts.witnesses = &witnesses.witnesses;
  parts.diagnostics = diagnostics.get();
  parts.store = store.get();
  parts.views = views.get();
  parts.clock = clock;
  parts.sealer = sealer->get();
  std::vector<checkpoint::CoseSigner> cose;
  for (const checkpoint::NoteSigner& signer : *signers) {
    ASSIGN_OR_RETURN(checkpoint::CoseSigner same,
                     checkpoint::CoseSigner::Create(signer));
    cose.push_back(std::move(same));
  }
  parts.signers = *std::move(signers);
  parts.genesis = genesis->has_value() ? &**genesis : nullptr;
  ASSIGN_OR_RETURN(const auto log,
                   services::LogInstance::Open(settings.log, std::move(parts)));
  ASSIGN_OR_RETURN(const auto server,
                   services::Server::Start(settings.server, log.get(), clock,
                                           diagnostics.get()));
  for (const std::string& address : server->addresses()) {
    std::cout << "listening on " << address << std::endl;
    diagnostics->Info("serving", {{"address", address},
                                  {"origin", log->origin()},
                                  {"tree_size", TreeSize(*log)}});
  }
  ASSIGN_OR_RETURN(const auto keeper, services::SealKeeper::Create(
                                          *std::move(keeper_options), log.get(),
                                          clock, diagnostics.get()));
  keeper->Start();
  web::ScittHandler scitt =
      MakeScittHandler(log.get(), std::move(cose), settings.receipts_per_client,
                       clock, diagnostics.get());
  std::unique_ptr<web::LogFront> http;
  if (settings.http.has_value()) {
    web::LogFrontOptions options = *settings.http;
    KeepFilesForTheStore(&options.server, diagnostics.get());
    for (const char* path : web::ScittHandler::kPaths) {
      options.more.emplace_back(path, &scitt);
    }
    ASSIGN_OR_RETURN(
        http, web::LogFront::Start(options, log.get(), server.get(), clock,
                                   diagnostics.get()));
    size_t in_the_clear = options.server.listen.size();
    for (const std::string& address : http->server().addresses()) {
      std::cout << (in_the_clear > 0 ? "serving HTTP on " : "serving HTTPS on ")
                << address << std::endl;
      if (in_the_clear > 0) --in_the_clear;
    }
  }
  std::unique_ptr<MetricsFront> metrics;
  if (settings.metrics.has_value()) {
    ASSIGN_OR_RETURN(metrics,
                     MetricsFront::Start(settings, log.get(), http.get(), clock,
                                         diagnostics.get()));
    std::cout << "serving metrics on " << metrics->server().addresses().front()
              << std::endl;
  }
  diagnostics->Info("stopping", {{"signal", stop_signals.Wait()}});
  keeper->Shutdown();
  const absl::Duration grace = absl::Seconds(flags.shutdown_grace_seconds);
  server->Shutdown(grace);
  // The log can be read while it finishes writing. Reads are short.
  if (http != nullptr) http->Shutdown(std::min(grace, kReadGrace));
  diagnostics->Info("stopped", {{"tree_size", TreeSize(*log)}});
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  CLI::App app{
      "Serves a Sightline log from one folder.\n"
      "Exit status: 0 stopped as asked, 1 could not start or serve, 2 flags or "
      "configuration."};
  Flags flags;
  AddFlags(&app, &flags);
  absl::StatusOr<Settings> settings;
  return RunDaemon(
      "sightlined", &app, argc, argv,
      [&] {
        settings = ToSettings(flags);
        return settings.status();
      },
      [&](const StopSignals& stop_signals) {
        return Serve(flags, *settings, stop_signals);
      });
}

}  // namespace
}  // namespace sightline::daemon

int main(int argc, char** argv) { return sightline::daemon::Main(argc, argv); }
