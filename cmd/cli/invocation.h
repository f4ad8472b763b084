// One run of the `sightline` command: what surrounds it, and what it is to do.
//
// A subcommand lives in a file of its own, with one function
//
//   void AddKeygen(CLI::App* app, Invocation* run);
//
// that adds the subcommand and sets, as its callback, the action that carries it
// out once the whole command line has been understood (SetAction). app.cc lists
// these functions; nothing else knows them.
//
// Exit:    an action returns the exit code of a verdict, or a Status, which
//          exit_code.h turns into one.
// Threads: one.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "cmd/cli/output.h"
#include "crypto/random.h"

// CLI11 is all in headers, and half of what compiling a command takes: those who
// add options include it.
namespace CLI {
class App;
}  // namespace CLI

namespace sightline::cli {

// What a run gets from outside, so that tests can stand in for it.
struct Surroundings {
  std::istream* in = nullptr;
  std::ostream* out = nullptr;
  std::ostream* err = nullptr;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  // Whether writing has failed because nobody reads any more (`| head`).
  std::function<bool()> reader_left = [] { return false; };
  // A variable of the environment; nothing when it is not set or empty.
  std::function<std::optional<std::string>(const char*)> env;
  const base::Clock* clock = nullptr;
  crypto::Rng* rng = nullptr;
};

using Action = std::function<absl::StatusOr<int>()>;

struct Invocation {
  explicit Invocation(Surroundings surroundings)
      : around(std::move(surroundings)) {}

  const Surroundings around;

  // --- Options of every subcommand ---
  bool json = false;
  std::string color = "auto";  // "auto", "always", "never"
  std::string config_file;     // "": the usual place
  std::string profile;

  // Set by the callback of the subcommand that was given.
  Action action;

  // Made once the options are known.
  Output MakeOutput() const;
};

// Makes `action` what the run does when `command` is given.
void SetAction(CLI::App* command, Invocation* run, Action action);

// A group of subcommands: `sightline receipt ...`.
CLI::App* AddGroup(CLI::App* app, const std::string& name,
                   const std::string& description);

}  // namespace sightline::cli
