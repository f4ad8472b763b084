// What a monitor knows, in a folder, so that it goes on where it stopped however it
// stopped.
//
// Source:  docs/formats.md "Monitor's folder".
// Shapes:  state.json, as of one moment; control (u64 index, u32 length, bytes)
//          and identities (8 bytes an entry), which only grow: state.json says how
//          much of them counts. evidence/NAME.evidence.
// Errors:  kFailedPrecondition: another log's folder, or another process has it.
//          kDataLoss: the files contradict each other. kInternal: the disk.
// Threads: thread-compatible; one at a time has the folder (a lock).
// Durable: when Save returns OK, all of it is on disk; a crash leaves the state
//          before or after.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "monitor/alert.h"
#include "monitor/live_check.h"
#include "monitor/static_files.h"

namespace sightline::monitor {

// What a peer had first of what the log has not proven since.
struct UnprovenTree {
  std::string peer;
  std::string note;
  int64_t since_unix_ms = 0;
};

// All but what LiveCheck knows.
struct MonitorMemory {
  std::string origin;
  std::string note;  // newest verified; "": none yet
  uint64_t alerts_from = 0;
  int64_t since_unix_ms = 0;
  std::string open = "";           // RuleBook::Save
  std::vector<Alert> recent;       // for the feed, oldest first
  std::vector<Alert> undelivered;  // of the webhook
  // Trouble that was told of and lasts: not told again.
  std::vector<std::string> told;
  std::vector<UnprovenTree> unproven;  // at most one a peer
};

class MonitorFolder {
 public:
  // Makes the folder when it is not there.
  static absl::StatusOr<std::unique_ptr<MonitorFolder>> Open(
      const std::string& folder);
  ~MonitorFolder();

  // Nothing has been kept yet: the empty state.
  absl::Status Load(LiveState* live, MonitorMemory* memory);
  absl::Status Save(const LiveCheck& check, const LiveCheck::Taken& taken,
                    const MonitorMemory& memory);
  // Returns the file's path in the folder.
  absl::StatusOr<std::string> KeepEvidence(absl::string_view name,
                                           absl::string_view evidence);

 private:
  MonitorFolder(std::string folder, StaticFiles files, int lock)
      : folder_(std::move(folder)), files_(std::move(files)), lock_(lock) {}

  absl::Status Replace(const std::string& name, absl::string_view bytes);
  absl::Status Append(const std::string& name, uint64_t at,
                      absl::string_view bytes);

  const std::string folder_;
  StaticFiles files_;
  const int lock_;
  uint64_t control_bytes_ = 0;
  uint64_t identity_bytes_ = 0;
};

}  // namespace sightline::monitor
