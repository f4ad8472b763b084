// What the main function of a daemon does around serving: flags, the signals that
// stop it, exit status.
//
// Exit: 0 stopped as asked; 1 could not start or serve; 2 flags or configuration.
#pragma once

#include <signal.h>

#include <functional>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"

namespace sightline::daemon {

// SIGTERM and SIGINT, which ask for a stop.
class StopSignals {
 public:
  // Blocks them, for this thread and those that it starts: only Wait takes them.
  StopSignals();

  // Waits for one; which it was.
  int Wait() const;

 private:
  sigset_t signals_ = {};
};

// Parses the flags that `app` has, and `--version`; then `configure` makes the
// settings of them, and `serve` returns after a stop. What `configure` or `serve`
// fail with goes to standard error, behind `name`.
int RunDaemon(const std::string& name, CLI::App* app, int argc, char** argv,
              const std::function<absl::Status()>& configure,
              const std::function<absl::Status(const StopSignals&)>& serve);

}  // namespace sightline::daemon
