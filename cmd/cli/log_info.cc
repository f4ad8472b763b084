#include "cmd/cli/log_info.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "client/log_client.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/settings.h"
#include "crypto/sha256.h"

namespace sightline::cli {
namespace {

absl::StatusOr<int> Show(const Settings& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags, run));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  ASSIGN_OR_RETURN(const client::LogInfo info, session->log().GetLog());
  const std::string root = base::HexEncode(crypto::AsBytes(info.tree->root));
  Output out = run.MakeOutput();
  if (out.json()) {
    Json keys = Json::array();
    for (const v1::LogKey& key : info.log_keys) {
      keys.push_back({{"vkey", key.vkey()},
                      {"first_size", key.first_size()},
                      {"end_size", key.end_size()}});
    }
    out.Document({{"origin", info.origin},
                  {"tree_size", info.tree->size},
                  {"root_hash", root},
                  {"log_keys", keys},
                  {"checkpoint", info.tree->note},
                  {"server_version", info.server_version}});
    return kExitOk;
  }
  out.Field("origin", info.origin);
  out.Field("entries", absl::StrCat(info.tree->size));
  out.Field("root hash", root);
  for (const v1::LogKey& key : info.log_keys) {
    out.Field("log key",
              absl::StrCat(key.vkey(), ", tree sizes from ", key.first_size(),
                           key.end_size() == 0
                               ? ""
                               : absl::StrCat(" to before ", key.end_size())));
  }
  out.Field("server", absl::StrCat("sightlined ", info.server_version));
  return kExitOk;
}

absl::StatusOr<int> Checkpoint(const Settings& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags, run));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  ASSIGN_OR_RETURN(const client::TreePtr tree, session->log().GetCheckpoint());
  Output out = run.MakeOutput();
  if (out.json()) {
    out.Document({{"tree_size", tree->size},
                  {"root_hash", base::HexEncode(crypto::AsBytes(tree->root))},
                  {"checkpoint", tree->note}});
  } else {
    out.Raw(tree->note);
  }
  return kExitOk;
}

}  // namespace

void AddLogInfo(CLI::App* app, Invocation* run) {
  CLI::App* log = AddGroup(app, "log", "What the log is and where it stands");
  log->footer(
      "Examples:\n"
      "  sightline log show\n"
      "  sightline log checkpoint > newest.checkpoint");
  const auto flags = std::make_shared<Settings>();
  CLI::App* show = log->add_subcommand("show", "Origin, size, root and keys");
  AddConnectionOptions(show, flags.get());
  SetAction(show, run, [flags, run] { return Show(*flags, *run); });
  CLI::App* note = log->add_subcommand(
      "checkpoint", "The newest checkpoint, verified, as a signed note");
  AddConnectionOptions(note, flags.get());
  SetAction(note, run, [flags, run] { return Checkpoint(*flags, *run); });
}

}  // namespace sightline::cli
