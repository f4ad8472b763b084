// Checks a whole log through its server.
//
// The client library proves every run of entries against a signed checkpoint on
// the way; the check then reads what they say, as check_log.h does for a local
// store. A server shows no tiles here (they are served over HTTP), so the root is
// computed from the entries alone.
//
// Errors:  the client's, where the log cannot be reached. An answer that does not
//          hold is a problem of the log.
// Threads: as CheckLog; the client is used by all of its threads.
// Memory:  beside CheckLog's, one page of entries per thread.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "checkpoint/log_keys.h"
#include "client/log_client.h"
#include "monitor/check_options.h"
#include "monitor/check_report.h"
#include "tiles/entry_source.h"

namespace sightline::monitor {

// Entries as a server gives them, proven.
class ServerEntrySource final : public tiles::EntrySource {
 public:
  // `log` outlives the source.
  explicit ServerEntrySource(client::LogClient* log) : log_(log) {}

  absl::Status ReadEntries(uint64_t begin, uint64_t end,
                           Visitor visit) override;

 private:
  client::LogClient* const log_;
};

// Checks the newest tree of the log behind `log`. `trusted` are the keys that the
// client trusts.
absl::StatusOr<CheckReport> CheckServer(client::LogClient* log,
                                        const checkpoint::LogKeySet& trusted,
                                        const CheckOptions& options);

}  // namespace sightline::monitor
