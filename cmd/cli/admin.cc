#include "cmd/cli/admin.h"

#include <cstdint>
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/record_client.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/settings.h"

namespace sightline::cli {
namespace {

absl::StatusOr<int> Reindex(const Settings& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags, run));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  ASSIGN_OR_RETURN(const uint64_t tree_size,
                   client::RecordClient(&session->log()).Reindex());
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document({{"tree_size", tree_size}});
  } else {
    out.Line(absl::StrCat("The views are derived anew from ", tree_size,
                          " entries."));
  }
  return kExitOk;
}

}  // namespace

void AddAdmin(CLI::App* app, Invocation* run) {
  CLI::App* const admin =
      AddGroup(app, "admin", "What registrars have the server do");
  admin->footer("Example:\n  sightline admin reindex --profile registrar");
  const auto flags = std::make_shared<Settings>();
  CLI::App* const reindex = admin->add_subcommand(
      "reindex", "Derive the views that `ask` is answered from anew");
  AddConnectionOptions(reindex, flags.get());
  SetAction(reindex, run, [flags, run] { return Reindex(*flags, *run); });
}

}  // namespace sightline::cli
