// The single writer of the tree: takes what is waiting as one batch, drops
// duplicates, numbers, encodes, hashes, and commits it in one atomic synced write.
//
// Source:  docs/architecture.md "Life of an entry"; docs/formats.md "Entry".
// Shapes:  a batch is 1..max_batch entries; a control entry is always the last of
//          its batch. There is no timer: a lone entry is a batch of one, and the
//          next batch gathers while this one commits. A small batch waits for
//          statements that are announced, as long as there are any (ADR 47).
// Errors:  Submit: kUnavailable: the queue is full (retry); kFailedPrecondition: the
//          sequencer has stopped. Completions: kUnavailable for what a shutdown or a
//          failed commit left behind, and when the disk is full, nothing logged;
//          Gate::Recheck's error; kInternal: outcome unknown, submit again after the
//          restart (the same statement gets the same receipt). What a commit failed
//          of is for the operator: see health and refusing.
// Threads: Submit and Shutdown are thread-safe; one thread of its own does the rest.
// Durable: a completion with OK means: in the store, re-read, and published.
//
// After any commit whose outcome is not certain the sequencer stops for good: a log
// that is down can come back, a log that forked cannot.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "admission/admitted_entry.h"
#include "admission/gate.h"
#include "base/mutex.h"
#include "merkle/compact_range.h"
#include "sequencer/entry_encoder.h"
#include "sequencer/integrated_batch.h"
#include "storage/log_store.h"
#include "telemetry/histogram.h"
#include "tiles/tile_builder.h"

namespace sightline::sequencer {

struct Options {
  // Entries, and bytes of entries, that may wait; beyond that Submit refuses.
  size_t max_waiting = 4096;
  size_t max_waiting_bytes = size_t{64} << 20;
  size_t max_batch = 1024;
  // A batch of so many entries waits for no others.
  size_t enough = 256;
  // Submitters whose feed heads are kept in memory between batches.
  size_t max_feeds_cached = 65536;

  absl::Status Validate() const;
};

// Since the start, but for what waits.
struct SequencerStats {
  uint64_t waiting = 0;        // statements
  uint64_t waiting_bytes = 0;  // of their entries
  uint64_t refused = 0;        // as too many waited
  uint64_t batches = 0;        // that added entries
  uint64_t entries = 0;
  uint64_t duplicates = 0;
  uint64_t failed_commits = 0;
  telemetry::Histogram::Snapshot commit;  // the atomic, synced write
};

class Sequencer {
 public:
  // Loads the right edge of the tree from `store`. The arguments outlive the
  // sequencer. kDataLoss when the store's tiles do not give its root.
  static absl::StatusOr<std::unique_ptr<Sequencer>> Create(
      const Options& options, storage::LogStore* store, admission::Gate* gate,
      const EntryEncoder* encoder, BatchSink* sink);

  ~Sequencer();  // Shutdown()

  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;

  // Queues `entry`. When OK, `done` will be called; otherwise it never is, and
  // both arguments are as they were: the caller may hold them and try again.
  absl::Status Submit(admission::AdmittedEntry&& entry, Completion&& done);

  // Says that a statement is being admitted, until the announcement is dropped:
  // after Submit, or when there will be none. Whoever holds one must not wait for
  // an answer, as the sequencer may be waiting for it.
  struct Withdraw {
    void operator()(Sequencer* sequencer) const { sequencer->Withdrawn(); }
  };
  using Announcement = std::unique_ptr<Sequencer, Withdraw>;
  Announcement Announce() ABSL_LOCKS_EXCLUDED(mutex_);

  // Stops taking entries, finishes those that wait, joins the thread. Idempotent.
  void Shutdown();

  // OK while entries can be written; otherwise why not.
  absl::Status health() const;
  // Why the newest batch was refused, nothing of it written, though the log goes
  // on: its disk is full. OK when the newest batch was taken.
  absl::Status refusing() const ABSL_LOCKS_EXCLUDED(mutex_);

  SequencerStats stats() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Item {
    admission::AdmittedEntry entry;
    Completion done;
  };
  // A digest is its own hash.
  struct DigestHash {
    size_t operator()(const crypto::Digest& digest) const {
      size_t hash;
      std::memcpy(&hash, digest.data(), sizeof(hash));
      return hash;
    }
  };
  // What a batch changes besides the store, adopted only after the commit.
  struct Draft {
    std::shared_ptr<IntegratedBatch> batch;
    int64_t last_admitted_unix_ms = 0;
    std::vector<crypto::Digest> identities;
    std::vector<storage::FeedHead> feeds;
    absl::flat_hash_map<std::string, size_t> feed_slots;
    absl::flat_hash_map<crypto::Digest, uint64_t, DigestHash> in_batch;
    std::vector<storage::SealedPayload> sealed;
    std::vector<uint64_t> erased;
    std::vector<uint64_t> control;
  };

  Sequencer(const Options& options, storage::LogStore* store,
            admission::Gate* gate, const EntryEncoder* encoder,
            BatchSink* sink);

  absl::Status Load();
  void Run();
  void Withdrawn() ABSL_LOCKS_EXCLUDED(mutex_);
  // Whether what waits should wait for more.
  bool Gathers() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::vector<Item> TakeBatch() ABSL_LOCKS_EXCLUDED(mutex_);
  void Process(std::vector<Item> items);
  absl::Status FindDuplicates(const std::vector<Item>& items);
  absl::Status Stage(Item* item, size_t position, Draft* draft);
  absl::Status Place(admission::AdmittedEntry* entry, uint64_t index,
                     Draft* draft);
  absl::Status Encode(const admission::AdmittedEntry& entry,
                      const storage::FeedHead& feed, int64_t admitted_unix_ms,
                      IntegratedBatch* batch) const;
  absl::StatusOr<storage::FeedHead*> FeedFor(absl::string_view feed,
                                             Draft* draft);
  absl::Status Commit(Draft* draft);
  absl::Status Write(const storage::Batch& batch);
  void Adopt(Draft* draft);
  void Stop(absl::Status why) ABSL_LOCKS_EXCLUDED(mutex_);
  void SetRefusing(absl::Status why) ABSL_LOCKS_EXCLUDED(mutex_);

  const Options options_;
  storage::LogStore* const store_;
  admission::Gate* const gate_;
  const EntryEncoder* const encoder_;
  BatchSink* const sink_;

  // Owned by the sequencer thread.
  merkle::CompactRange range_;
  tiles::TileBuilder tiles_;
  int64_t last_admitted_unix_ms_ = 0;
  absl::flat_hash_map<std::string, storage::FeedHead> feed_heads_;
  std::vector<crypto::Digest> lookup_;
  std::vector<std::optional<uint64_t>> found_;

  telemetry::Histogram commit_;
  std::atomic<uint64_t> batches_{0};
  std::atomic<uint64_t> entries_{0};
  std::atomic<uint64_t> duplicates_{0};
  std::atomic<uint64_t> failed_commits_{0};

  mutable base::Mutex mutex_;
  base::CondVar wake_;
  std::vector<Item> waiting_ ABSL_GUARDED_BY(mutex_);
  size_t waiting_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t announced_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t refused_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status health_ ABSL_GUARDED_BY(mutex_);
  absl::Status refusing_ ABSL_GUARDED_BY(mutex_);

  std::thread thread_;
};

}  // namespace sightline::sequencer
