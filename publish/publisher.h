// Decides what the world may see: signs trees, re-reads each batch from the store
// and re-hashes it, and only then releases its checkpoint and its receipts.
//
// Source:  docs/architecture.md "Life of an entry"; c2sp.org/tlog-checkpoint.
// Errors:  health(): kDataLoss once a batch did not read back as it was hashed. It
//          never recovers: a restart checks the store first.
// Threads: thread-safe; one thread of its own verifies and releases.
// Durable: a checkpoint is released only after the commit that carried it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "checkpoint/note_signer.h"
#include "crypto/sha256.h"
#include "sequencer/integrated_batch.h"
#include "storage/log_store.h"

namespace sightline::publish {

// The newest tree that the world may see.
struct PublishedTree {
  uint64_t tree_size = 0;
  crypto::Digest root_hash{};
  std::string checkpoint;  // signed note
};

struct Options {
  // Batches that may wait between commit and release.
  size_t max_batches = 4;
  // Readers that may wait for a size at once (long-polls, streams).
  size_t max_watchers = 16384;
};

class Publisher final : public sequencer::BatchSink {
 public:
  // Which of `signers` sign a tree of that size; the log's own entries decide.
  using KeyCounts = std::function<bool(const checkpoint::NoteSigner& key,
                                       uint64_t tree_size)>;

  // Begins with the store's newest checkpoint as the published tree (recovery.h has
  // checked it). The arguments outlive the publisher.
  static absl::StatusOr<std::unique_ptr<Publisher>> Create(
      const Options& options, storage::LogStore* store, std::string origin,
      std::vector<checkpoint::NoteSigner> signers, KeyCounts key_counts);

  ~Publisher() override;  // Shutdown()

  // sequencer::BatchSink, called by the sequencer alone.
  absl::StatusOr<std::string> Sign(uint64_t tree_size,
                                   const crypto::Digest& root) override;
  void Publish(std::shared_ptr<sequencer::IntegratedBatch> batch) override;

  // Never blocks on the pipeline.
  std::shared_ptr<const PublishedTree> current() const;

  // Calls `wake` once when the published tree has at least `tree_size` leaves (at
  // once when it has), or when the publisher shuts down. A wake-up is a hint: look
  // at current(). Returns a handle for StopWatching. kResourceExhausted: too many.
  absl::StatusOr<uint64_t> Watch(uint64_t tree_size,
                                 std::function<void()> wake);
  // After it returns, the wake-up will not begin; one already running may finish.
  void StopWatching(uint64_t handle);

  absl::Status health() const;

  // Releases what was handed over, wakes every watcher, joins the thread.
  void Shutdown();

 private:
  Publisher(const Options& options, storage::LogStore* store,
            std::string origin, std::vector<checkpoint::NoteSigner> signers,
            KeyCounts key_counts);

  void Run();
  absl::Status Verify(const sequencer::IntegratedBatch& batch) const;
  void Release(const sequencer::IntegratedBatch& batch);
  static void Tell(std::shared_ptr<sequencer::IntegratedBatch> batch,
                   const absl::Status& status);

  const Options options_;
  storage::LogStore* const store_;
  const std::string origin_;
  const std::vector<checkpoint::NoteSigner> signers_;
  const KeyCounts key_counts_;

  mutable base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<std::shared_ptr<sequencer::IntegratedBatch>> queue_
      ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const PublishedTree> current_ ABSL_GUARDED_BY(mutex_);
  std::multimap<uint64_t, std::pair<uint64_t, std::function<void()>>> watchers_
      ABSL_GUARDED_BY(mutex_);
  uint64_t next_handle_ ABSL_GUARDED_BY(mutex_) = 1;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status health_ ABSL_GUARDED_BY(mutex_);

  std::thread thread_;
};

}  // namespace sightline::publish
