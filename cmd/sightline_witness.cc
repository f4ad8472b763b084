// sightline-witness: cosigns the checkpoints of the logs that it is given.
//
// Exit: 0 stopped as asked; 1 could not start or serve; 2 flags or configuration.
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "checkpoint/note_signer.h"
#include "cmd/daemon_main.h"
#include "cmd/note_keys.h"
#include "cmd/witness_options.h"
#include "telemetry/diagnostic_lines.h"
#include "witness/file_cosigned_store.h"
#include "witness/handler.h"
#include "witness/http_server.h"
#include "witness/log_list.h"
#include "witness/witness.h"

namespace sightline::daemon {
namespace {

absl::StatusOr<std::vector<witness::ListedLog>> ReadLogs(
    const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)),
                         std::istreambuf_iterator<char>());
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  auto logs = witness::ParseLogList(text);
  if (!logs.ok()) return base::Annotate(logs.status(), path);
  return logs;
}

absl::Status Serve(const WitnessFlags& flags, const WitnessSettings& settings,
                   const StopSignals& stop_signals) {
  const base::Clock* const clock = base::Clock::Real();
  const auto diagnostics =
      telemetry::DiagnosticsOnStderr(settings.lines, clock);
  witness::Witness::Parts parts;
  ASSIGN_OR_RETURN(parts.logs, ReadLogs(flags.logs));
  ASSIGN_OR_RETURN(parts.signers, ReadNoteSigners(flags.keys));
  ASSIGN_OR_RETURN(const auto store,
                   witness::FileCosignedStore::Open(flags.data_dir));
  parts.store = store.get();
  parts.clock = clock;
  parts.diagnostics = diagnostics.get();
  std::vector<std::string> vkeys;
  for (const auto& signer : parts.signers) vkeys.push_back(signer.vkey());
  const size_t logs = parts.logs.size();
  ASSIGN_OR_RETURN(const auto witness,
                   witness::Witness::Create(std::move(parts)));
  witness::WitnessHandler handler(settings.handler, witness.get(), clock);
  ASSIGN_OR_RETURN(const auto server,
                   witness::HttpServer::Start(settings.http, &handler));
  for (const std::string& vkey : vkeys) {
    std::cout << "cosigning as " << vkey << "\n";
  }
  std::cout << "listening on "
            << (absl::StrContains(settings.http.host, ":")
                    ? absl::StrCat("[", settings.http.host, "]")
                    : settings.http.host)
            << ":" << server->port() << settings.handler.prefix << " for "
            << logs << (logs == 1 ? " log" : " logs") << std::endl;
  diagnostics->Info("stopping", {{"signal", stop_signals.Wait()}});
  server->Shutdown();
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  CLI::App app{
      "Cosigns the checkpoints of the logs that it is given, each log's "
      "largest consistent tree.\n"
      "Speaks c2sp.org/tlog-witness over HTTP; put a proxy in front for "
      "HTTPS.\n"
      "Exit status: 0 stopped as asked, 1 could not start or serve, 2 flags or "
      "configuration."};
  WitnessFlags flags;
  AddWitnessFlags(&app, &flags);
  absl::StatusOr<WitnessSettings> settings;
  return RunDaemon(
      "sightline-witness", &app, argc, argv,
      [&] {
        settings = ToWitnessSettings(flags);
        return settings.status();
      },
      [&](const StopSignals& stop_signals) {
        return Serve(flags, *settings, stop_signals);
      });
}

}  // namespace
}  // namespace sightline::daemon

int main(int argc, char** argv) { return sightline::daemon::Main(argc, argv); }
