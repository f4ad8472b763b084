#include "cmd/cli/tail.h"

#include <map>
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
#include "cmd/cli/output.h"
#include "cmd/cli/settings.h"
#include "statement/describe.h"
#include "statement/entry_codec.h"
#include "statement/json.h"
#include "statement/statement_codec.h"
#include "statement/submitter_id.h"
#include "statement/text.h"

namespace sightline::cli {
namespace {

struct Flags {
  Settings settings;
  FilterFlags filter;
  bool follow = false;
  uint64_t count = 0;
};

// Official names, each asked of the registry once in a run.
class Names {
 public:
  explicit Names(client::LogClient* log) : log_(log) {}

  // "" when the registry cannot say. kDataLoss: what it says does not hold.
  absl::StatusOr<std::string> Of(const std::string& submitter) {
    if (submitter == statement::kRegistrar) return "";
    const auto known = names_.find(submitter);
    if (known != names_.end()) return known->second;
    auto answer = log_->GetSubmitter(submitter);
    if (absl::IsDataLoss(answer.status())) return answer.status();
    if (!answer.ok()) return "";
    return names_[submitter] = answer->submitter.name();
  }

 private:
  client::LogClient* const log_;
  std::map<std::string, std::string> names_;
};

std::string Quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// `text` with the name behind the first mention of the submitter.
std::string WithName(std::string text, const std::string& submitter,
                     const std::string& name) {
  const size_t at = text.find(submitter);
  if (name.empty() || at == std::string::npos) return text;
  return text.insert(at + submitter.size(),
                     absl::StrCat(" (", statement::Printable(name), ")"));
}

absl::Status Show(const client::EntryView& view, Names& names, Output& out) {
  ASSIGN_OR_RETURN(const v1::Entry entry, statement::ParseEntry(view.bytes));
  ASSIGN_OR_RETURN(const v1::Statement statement,
                   statement::ParseStatement(entry.statement().payload()));
  const std::string& submitter = statement.header().submitter();
  ASSIGN_OR_RETURN(const std::string name, names.Of(submitter));
  if (!out.json()) {
    out.Line(
        WithName(statement::DescribeEntry(view.index, entry), submitter, name));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(std::string json,
                   statement::EntryToJson(view.index, view.bytes));
  if (!name.empty()) {
    json.pop_back();
    absl::StrAppend(&json, ",\"submitter_name\":", Quoted(name), "}");
  }
  out.JsonText(json);
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
  Names names(&session->log());
  uint64_t shown = 0;
  while (out.ok()) {
    ASSIGN_OR_RETURN(const auto entries, stream->Next());
    if (!entries.has_value()) return kExitOk;
    for (const client::EntryView& view : entries->entries()) {
      RETURN_IF_ERROR(Show(view, names, out));
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
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  AddConnectionOptions(tail, &flags->settings);
  SetAction(tail, run, [flags, run] { return Tail(*flags, *run); });
}

}  // namespace sightline::cli
