#include "cmd/cli/invocation.h"

#include "CLI/CLI.hpp"

namespace sightline::cli {
namespace {

// https://no-color.org: any value that is not empty.
bool WantsColor(const Invocation& run, bool is_terminal) {
  if (run.color != "auto") return run.color == "always";
  if (run.around.env("NO_COLOR").has_value()) return false;
  return is_terminal && run.around.env("TERM").value_or("") != "dumb";
}

}  // namespace

Output Invocation::MakeOutput() const {
  return Output(around.out, around.err, json,
                WantsColor(*this, around.out_is_terminal),
                WantsColor(*this, around.err_is_terminal));
}

void SetAction(CLI::App* command, Invocation* run, Action action) {
  command->callback(
      [run, action = std::move(action)] { run->action = action; });
}

CLI::App* AddGroup(CLI::App* app, const std::string& name,
                   const std::string& description) {
  CLI::App* group = app->add_subcommand(name, description);
  group->require_subcommand(1);
  return group;
}

}  // namespace sightline::cli
