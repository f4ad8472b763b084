#include "monitor/check_server.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/entry_run.h"
#include "client/tree_tracker.h"
#include "monitor/check_log.h"

namespace sightline::monitor {
namespace {

// What a server sends at once at most.
constexpr uint64_t kPageEntries = 1000;

}  // namespace

absl::Status ServerEntrySource::ReadEntries(uint64_t begin, uint64_t end,
                                            Visitor visit) {
  while (begin < end) {
    const auto wanted =
        static_cast<uint32_t>(std::min(end - begin, kPageEntries));
    ASSIGN_OR_RETURN(const client::EntryRun run,
                     log_->ListEntries(begin, wanted));
    for (const client::EntryView& entry : run.entries()) {
      if (entry.index >= end) break;
      if (!visit(entry.index, entry.bytes)) return absl::OkStatus();
    }
    if (run.next_index() <= begin) {
      return absl::OutOfRangeError(
          absl::StrCat("the log gives no entry ", begin));
    }
    begin = run.next_index();
  }
  return absl::OkStatus();
}

absl::StatusOr<CheckReport> CheckServer(client::LogClient* log,
                                        const checkpoint::LogKeySet& trusted,
                                        const CheckOptions& options) {
  ASSIGN_OR_RETURN(const client::TreePtr tree, log->GetCheckpoint());
  ServerEntrySource entries(log);
  CheckSources sources;
  sources.checkpoint = tree->note;
  sources.entries = &entries;
  return CheckLog(sources, &trusted, options);
}

}  // namespace sightline::monitor
