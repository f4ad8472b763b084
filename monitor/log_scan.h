// One pass over a log: what CheckLog does with each run of entries.
//
// Threads: Prepare and Finish from any thread, Turn by one at a time, in order
//          (turnstile.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/mutex.h"
#include "merkle/hash.h"
#include "monitor/check_options.h"
#include "monitor/check_report.h"
#include "monitor/duplicate_finder.h"
#include "monitor/entry_check.h"
#include "monitor/problem.h"
#include "monitor/replay.h"
#include "monitor/tile_check.h"
#include "monitor/tree_check.h"
#include "statement/registry.h"

namespace sightline::monitor {

// Entries of a chunk: sixteen tiles. Small enough for the threads to end together,
// large enough for a turn and the start of a scan not to matter.
inline constexpr uint64_t kChunkEntries = 4096;

struct Chunk {
  std::vector<CheckedTile> tiles;
  // At kRules and deeper: one per entry that was read.
  std::vector<CheckedEntry> entries;
  size_t entry_count = 0;
  // At kHashes: entries that change the log's keys.
  std::vector<std::pair<uint64_t, std::string>> key_entries;
  uint64_t entries_read = 0;
  uint64_t bytes_read = 0;
};

class LogScan {
 public:
  // `want_log_keys`: the registry's log keys are wanted even at kHashes. The
  // arguments outlive the scan.
  LogScan(const CheckSources& sources, const CheckOptions& options,
          uint64_t tree_size, bool want_log_keys, ProblemLog* problems);

  uint64_t chunks() const;

  absl::Status Prepare(uint64_t number, Chunk* chunk);
  absl::Status Turn(uint64_t number, Chunk* chunk);
  absl::Status Finish(uint64_t number, Chunk* chunk);

  // Whether the log has anything at its end at all: a checkpoint may name any
  // size, and nobody should walk there in vain.
  absl::StatusOr<bool> HasEnd();

  // After the last chunk.
  absl::Status Close(const merkle::Hash& signed_root, CheckReport* report);

  const statement::Registry& registry() const { return replay_.registry(); }

 private:
  bool contents() const { return options_.depth != CheckDepth::kHashes; }
  // Whether entry `index` is hashed and its signatures are verified.
  bool InRange(uint64_t index) const {
    return index >= options_.from && index < options_.to;
  }
  absl::Status ReadChunk(uint64_t begin, uint64_t end, Chunk* chunk,
                         std::vector<merkle::Hash>* leaves,
                         std::vector<bool>* known);
  // Returns whether the entry was hashed.
  bool TakeEntry(uint64_t index, absl::string_view bytes, Chunk* chunk,
                 merkle::Hash* leaf);
  // Takes leaf hashes that are not known from the tiles.
  absl::Status CheckTiles(uint64_t begin, uint64_t end,
                          absl::Span<merkle::Hash> leaves,
                          const std::vector<bool>& known, Chunk* chunk);
  absl::StatusOr<std::string> ReadBack(uint64_t index);
  absl::Status ApplyKeyEntries(const Chunk& chunk);
  absl::Status CheckLinks(const CheckedEntry& entry);
  absl::Status CompareGroup(absl::Span<const uint64_t> indices);
  absl::Status LookBeyond();
  absl::Status Inspect(const Chunk& chunk);
  void Report(uint64_t entries) ABSL_LOCKS_EXCLUDED(progress_mutex_);

  const CheckSources& sources_;
  const CheckOptions& options_;
  const uint64_t tree_size_;
  const bool want_log_keys_;
  ProblemLog* const problems_;
  const TileFetcher fetcher_;

  // Owned by whoever has the turn.
  TreeCheck tree_;
  Replay replay_;
  DuplicateFinder duplicates_;
  std::vector<uint64_t> control_indices_;

  std::atomic<uint64_t> entries_{0};
  std::atomic<uint64_t> bytes_{0};
  std::atomic<uint64_t> signatures_{0};

  base::Mutex progress_mutex_;
  uint64_t done_ ABSL_GUARDED_BY(progress_mutex_) = 0;
};

}  // namespace sightline::monitor
