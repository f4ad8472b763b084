#include "cmd/cli/app.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "cmd/cli/admin.h"
#include "cmd/cli/ask.h"
#include "cmd/cli/audit.h"
#include "cmd/cli/certs.h"
#include "cmd/cli/checkpoint.h"
#include "cmd/cli/completion.h"
#include "cmd/cli/evidence.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/export.h"
#include "cmd/cli/import.h"
#include "cmd/cli/init.h"
#include "cmd/cli/keygen.h"
#include "cmd/cli/log_info.h"
#include "cmd/cli/mirror.h"
#include "cmd/cli/mirror_server.h"
#include "cmd/cli/monitor.h"
#include "cmd/cli/prove.h"
#include "cmd/cli/receipt.h"
#include "cmd/cli/registrar.h"
#include "cmd/cli/registry.h"
#include "cmd/cli/report.h"
#include "cmd/cli/review.h"
#include "cmd/cli/sealed.h"
#include "cmd/cli/submit.h"
#include "cmd/cli/tail.h"
#include "cmd/cli/tally.h"
#include "crypto/random.h"
#include "services/version.h"

namespace sightline::cli {
namespace {

// Set by SIGPIPE: a signal handler can reach nothing else.
volatile std::sig_atomic_t g_reader_left = 0;

// In the order of `--help`.
constexpr void (*kCommands[])(CLI::App*, Invocation*) = {
    &AddKeygen,  &AddCerts,      &AddInit,       &AddRegistrarCommands,
    &AddSubmit,  &AddRespond,    &AddReview,     &AddTally,
    &AddSealed,  &AddReceipt,    &AddProve,      &AddAsk,
    &AddReport,  &AddTail,       &AddExport,     &AddAudit,
    &AddMonitor, &AddEvidence,   &AddMirror,     &AddMirrorServer,
    &AddImport,  &AddLogInfo,    &AddCheckpoint, &AddRegistry,
    &AddAdmin,   &AddCompletion,
};

void AddCommonOptions(CLI::App* app, Invocation* run) {
  app->add_flag("--json", run->json, "Results and errors as JSON");
  app->add_option("--color", run->color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  app->add_option("--config", run->config_file,
                  "Settings; else ~/.config/sightline/config.toml");
  app->add_option("--profile", run->profile,
                  "Which [profiles.NAME] of the settings to use");
}

void Describe(CLI::App* app) {
  app->set_version_flag("--version", std::string(services::kVersion));
  app->description(
      "Sightline: a transparency log for police requests for footage.\n"
      "Every answer of the log is verified against its key before it is "
      "shown.");
  app->footer(absl::StrCat(
      "`sightline COMMAND --help` shows the options of a command.\n",
      kExitCodesHelp));
  app->require_subcommand(1);
  // Common options may stand after the subcommand as well.
  app->fallthrough();
}

// An option that may be given several times takes one value each time;
// otherwise `--vkey V FILE` would swallow FILE.
void TakeOneValueEach(CLI::App* app) {
  for (CLI::Option* option : app->get_options()) {
    if (!option->get_positional()) option->allow_extra_args(false);
  }
  for (CLI::App* command : app->get_subcommands({})) TakeOneValueEach(command);
}

// "sightline receipt verify": as far as the command line was understood.
std::string CommandGiven(const CLI::App& app) {
  std::string words = app.get_name();
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    absl::StrAppend(&words, " ", at->get_name());
  }
  return words;
}

// Prints help, or what is wrong with the command line.
int ParseFailed(const CLI::App& app, const CLI::ParseError& error,
                const Invocation& run) {
  if (error.get_exit_code() == 0) {
    app.exit(error, *run.around.out, *run.around.err);
    return kExitOk;
  }
  run.MakeOutput().Error(
      absl::InvalidArgumentError(error.what()),
      absl::StrCat("`", CommandGiven(app), " --help` shows what there is"));
  return kExitUsage;
}

// CLI11 would only say that a subcommand is required.
std::string UnknownCommand(const CLI::App& app,
                           const std::vector<std::string>& args) {
  if (args.empty() || absl::StartsWith(args[0], "-")) return "";
  const auto named = [&](const CLI::App* sub) {
    return sub->get_name() == args[0];
  };
  if (!app.get_subcommands(named).empty()) return "";
  return absl::StrCat("\"", args[0],
                      "\" is no command; `sightline --help` lists them");
}

int Perform(const Invocation& run) {
  const absl::StatusOr<int> code = run.action();
  Output out = run.MakeOutput();
  out.Flush();
  if (!out.ok() && run.around.reader_left()) return kExitReaderLeft;
  if (code.ok() && !out.ok()) {
    out.Error(absl::InternalError("cannot write to standard output"), "");
    return kExitUsage;
  }
  if (code.ok()) return *code;
  out.Error(code.status(), HintFor(code.status()));
  return ExitCodeFor(code.status());
}

}  // namespace

int Run(std::vector<std::string> args, Surroundings surroundings) {
  Invocation run(std::move(surroundings));
  CLI::App app("", "sightline");
  Describe(&app);
  AddCommonOptions(&app, &run);
  for (const auto add : kCommands) add(&app, &run);
  TakeOneValueEach(&app);
  const std::string unknown = UnknownCommand(app, args);
  if (!unknown.empty()) {
    // Nothing was parsed: the option is looked for where it may stand.
    run.json = std::find(args.begin(), args.end(), "--json") != args.end();
    run.MakeOutput().Error(absl::InvalidArgumentError(unknown), "");
    return kExitUsage;
  }
  std::reverse(args.begin(), args.end());  // CLI11 takes them from the back
  try {
    app.parse(std::move(args));
  } catch (const CLI::ParseError& error) {
    return ParseFailed(app, error, run);
  }
  return Perform(run);
}

Surroundings ProcessSurroundings() {
  // gRPC's sockets raise no signal, so this one is about our output.
  std::signal(SIGPIPE, [](int) { g_reader_left = 1; });
  Surroundings around;
  around.in = &std::cin;
  around.out = &std::cout;
  around.err = &std::cerr;
  around.out_is_terminal = isatty(STDOUT_FILENO) == 1;
  around.err_is_terminal = isatty(STDERR_FILENO) == 1;
  around.env = [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
  around.reader_left = [] { return g_reader_left != 0; };
  around.clock = base::Clock::Real();
  around.rng = crypto::Rng::Real();
  return around;
}

}  // namespace sightline::cli
