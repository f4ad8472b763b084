#include "cmd/cli/tail.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "client/entry_stream.h"
#include "client/log_client.h"
#include "cmd/cli/connect.h"
#include "cmd/cli/exit_code.h"
#include "cmd/cli/filter_flags.h"
#include "cmd/cli/settings.h"
#include "statement/describe.h"
#include "statement/entry_codec.h"
#include "statement/json.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  FilterFlags filter;
  bool follow = false;
  uint64_t count = 0;
};

absl::Status Show(const client::EntryView& view, Output& out) {
  if (out.json()) {
    ASSIGN_OR_RETURN(const std::string json,
                     statement::EntryToJson(view.index, view.bytes));
    out.JsonText(json);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const v1::Entry entry, statement::ParseEntry(view.bytes));
  out.Line(statement::DescribeEntry(view.index, entry));
  return absl::OkStatus();
}

absl::StatusOr<int> Tail(const Flags& flags, Invocation& run) {
  ASSIGN_OR_RETURN(const Settings settings, Resolve(flags.settings, run));
  client::EntryStreamOptions options;
  options.start_index = flags.filter.from;
  options.follow = flags.follow;
  options.max_failures = flags.follow ? 0 : 4;
  ASSIGN_OR_RETURN(options.filter, ToFilter(flags.filter));
  Output out = run.MakeOutput();
  options.on_retry = [&out](const absl::Status& why, absl::Duration wait) {
    out.Note(absl::StrCat(why.message(), "; trying again in ",
                          absl::FormatDuration(wait)));
  };
  ASSIGN_OR_RETURN(const auto session, Session::Open(settings, run));
  const auto stream = session->log().StreamEntries(std::move(options));
  uint64_t shown = 0;
  while (out.ok()) {
    ASSIGN_OR_RETURN(const auto entries, stream->Next());
    if (!entries.has_value()) return kExitOk;
    for (const client::EntryView& view : entries->entries()) {
      RETURN_IF_ERROR(Show(view, out));
      if (++shown == flags.count) return kExitOk;
    }
    out.Flush();
  }
  return kExitOk;  // nobody reads any more: app.cc says so
}

}  // namespace

void AddTail(CLI::App* app, Invocation* run) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* tail = app->add_subcommand(
      "tail", "Print entries as they are published, each one verified");
  tail->footer(
      "Examples:\n"
      "  sightline tail --follow\n"
      "  sightline tail --from 1000 --kind footage_request --json\n"
      "  sightline tail --submitter ori:CA0194200 --since 2026-05-30");
  AddFilterOptions(tail, &flags->filter);
  tail->add_flag("--follow,-f", flags->follow,
                 "Wait for new entries; reconnects by itself");
  tail->add_option("--count,-n", flags->count, "Stop after so many; 0: never")
      ->capture_default_str();
  AddConnectionOptions(tail, &flags->settings);
  SetAction(tail, run, [flags, run] { return Tail(*flags, *run); });
}

}  // namespace sightline::cli
