#include "cmd/cli/checkpoint.h"

#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "client/log_client.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/settings.h"
#include "crypto/sha256.h"
#include "statement/entry_codec.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  bool every = false;
  bool times = true;
};

std::string Hex(const merkle::Hash& hash) {
  return base::HexEncode(crypto::AsBytes(hash));
}

// When the tree's last entry was admitted, from that entry, proven.
absl::StatusOr<std::string> LastAdmitted(const client::SignedTree& tree,
                                         client::LogClient& log) {
  ASSIGN_OR_RETURN(const client::ProvenEntry entry,
                   log.GetEntry(tree.size - 1));
  ASSIGN_OR_RETURN(const statement::EntryPeek peek,
                   statement::PeekEntry(entry.bytes));
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ",
                          absl::FromUnixMillis(peek.admitted_unix_ms),
                          absl::UTCTimeZone());
}

absl::Status Print(const client::SignedTree& tree, client::LogClient& log,
                   bool times, Output& out) {
  std::string admitted;
  if (times) {
    ASSIGN_OR_RETURN(admitted, LastAdmitted(tree, log));
  }
  if (!out.json()) {
    out.Line(absl::StrFormat("%-24s  %10d  %s", times ? admitted : "-",
                             tree.size, Hex(tree.root)));
    return absl::OkStatus();
  }
  Json line = {{"tree_size", tree.size}, {"root_hash", Hex(tree.root)}};
  if (times) line["last_admitted"] = admitted;
  line["checkpoint"] = tree.note;
  out.JsonLine(line);
  return absl::OkStatus();
}

absl::StatusOr<int> History(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  Output out = run.MakeOutput();
  client::TreePtr last;
  uint64_t count = 0;
  for (bool more = true; more && out.ok();) {
    ASSIGN_OR_RETURN(const client::CheckpointPage page,
                     session->log().ListCheckpoints(last, flags.every));
    for (const client::TreePtr& tree : page.trees) {
      RETURN_IF_ERROR(Print(*tree, session->log(), flags.times, out));
      last = tree;
      ++count;
    }
    more = page.more;
  }
  out.Note(absl::StrCat(
      count, " checkpoints, each signed and consistent with the one before"));
  return kExitOk;
}

}  // namespace

void AddCheckpoint(CLI::App* app, Invocation* run) {
  CLI::App* group =
      AddGroup(app, "checkpoint", "What the log has signed in the past");
  group->footer(
      "Checkpoints of the past carry the log's signature alone; cosignatures "
      "are in receipts\nthat were waited for with --witnesses.\n\nExamples:\n"
      "  sightline checkpoint history\n"
      "  sightline checkpoint history --every --json > signed.jsonl");
  const auto flags = std::make_shared<Flags>();
  CLI::App* history = group->add_subcommand(
      "history",
      "Signed checkpoints by size, each proved consistent with the one before: "
      "when its last entry was admitted, size, root hash");
  history->add_flag("--every", flags->every,
                    "Each one that was signed; else fewer the older they are");
  history->add_flag("--times,!--no-times", flags->times,
                    "Without times: one proven entry less for each");
  AddConnectionOptions(history, &flags->settings);
  SetAction(history, run, [flags, run] { return History(*flags, *run); });
}

}  // namespace sightline::cli
