// Holds what a store derives from its entries against the entries: hash index and
// identity hashes, feed heads, list of control entries, sealed payloads, every
// signed checkpoint and none missing, and where the tree stands.
//
// Source:  docs/formats.md "Storage".
// Errors:  a Status says that the store cannot be read; what is wrong with it is
//          a problem.
// Threads: Inspect from any thread; Close after the last Inspect.
// Cost:    Inspect: three look-ups per entry. Close: one signature and one root per
//          checkpoint, in one thread.
// Memory:  8 bytes for each sealed payload that is missing.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/mutex.h"
#include "checkpoint/log_keys.h"
#include "monitor/check_options.h"
#include "monitor/check_report.h"
#include "monitor/problem.h"
#include "monitor/store_records.h"
#include "tiles/tile_source.h"

namespace sightline::monitor {

class RecordCheck {
 public:
  // The arguments outlive this.
  RecordCheck(const StoreRecords* records, const tiles::TileSource* tiles,
              ProblemLog* problems)
      : records_(records), tiles_(tiles), problems_(problems) {}

  // Looks up what the store keeps of these entries.
  absl::Status Inspect(absl::Span<const EntryFacts> facts)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Checks what is kept of the log as a whole; `keys` sign for it. With `whole`,
  // Inspect has seen every entry and `report` has feeds and control entries.
  absl::Status Close(const CheckReport& report, bool whole,
                     const checkpoint::LogKeySet& keys)
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  absl::Status CheckIdentities(absl::Span<const EntryFacts> facts);
  absl::Status CheckLeafHash(const EntryFacts& entry);
  absl::Status CheckSealed(const EntryFacts& entry);
  void NoteErasure(const EntryFacts& entry);

  absl::Status CheckTree(const CheckReport& report, bool whole);
  absl::Status CheckCheckpoints(const CheckReport& report,
                                const checkpoint::LogKeySet& keys);
  // What the log keeps of its witnesses is a tree that it still continues.
  absl::Status CheckCosigned(const CheckReport& report,
                             const checkpoint::LogKeySet& keys);
  // That no batch that ended in (begin, end) has lost its checkpoint.
  absl::Status CheckNoneMissing(uint64_t begin, uint64_t end);
  absl::Status CheckFeeds(const CheckReport& report);
  absl::Status CheckControl(const CheckReport& report);
  void CheckMissingPayloads();
  // Reports `status` when it tells of the store; otherwise gives it back.
  absl::Status Take(const absl::Status& status, ProblemKind kind,
                    std::optional<uint64_t> index, absl::string_view where);

  const StoreRecords* const records_;
  const tiles::TileSource* const tiles_;
  ProblemLog* const problems_;

  base::Mutex mutex_;
  // Of the last entry seen.
  uint64_t last_index_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t last_admitted_unix_ms_ ABSL_GUARDED_BY(mutex_) = 0;
  bool last_is_face_ ABSL_GUARDED_BY(mutex_) = false;
  // Entries whose sealed payload is not there, and those that were to be erased.
  std::vector<uint64_t> without_payload_ ABSL_GUARDED_BY(mutex_);
  std::set<uint64_t> erased_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sightline::monitor
