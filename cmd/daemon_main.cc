#include "cmd/daemon_main.h"

#include <csignal>
#include <iostream>

#include "services/version.h"

namespace sightline::daemon {
namespace {

constexpr int kCannotServe = 1;
constexpr int kUsage = 2;

}  // namespace

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

int StopSignals::Wait() const {
  int signal = 0;
  sigwait(&signals_, &signal);
  return signal;
}

int RunDaemon(const std::string& name, CLI::App* app, int argc, char** argv,
              const std::function<absl::Status()>& configure,
              const std::function<absl::Status(const StopSignals&)>& serve) {
  app->set_version_flag("--version", std::string(services::kVersion));
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app->exit(error) == 0 ? 0 : kUsage;
  }
  const absl::Status configured = configure();
  if (!configured.ok()) {
    std::cerr << name << ": " << configured.message() << "\n"
              << name << " --help lists every setting\n";
    return kUsage;
  }
  // Before any thread is started.
  const StopSignals stop_signals;
  std::signal(SIGPIPE, SIG_IGN);
  const absl::Status served = serve(stop_signals);
  if (!served.ok()) {
    std::cerr << name << ": " << served.message() << "\n";
    return kCannotServe;
  }
  return 0;
}

}  // namespace sightline::daemon
