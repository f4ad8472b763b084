// Decides what the world may see: signs trees, re-reads each batch from the store
// and re-hashes it, and only then releases its receipts and, when the witnesses
// have cosigned (or none are asked), its checkpoint.
//
//   integrated()  what submitters' receipts are in: signed by the log
//   cosigned()    the newest tree with the witness quorum
//   current()     what readers are served: the integrated tree without witnesses
//                 or when failing open, else the cosigned one
//
// Source:  docs/architecture.md "Life of an entry"; c2sp.org/tlog-checkpoint.
// Errors:  health(): kDataLoss once a batch did not read back as it was hashed;
//          kFailedPrecondition once witnesses know of a larger or another tree.
//          It never recovers: a restart checks the store first.
// Threads: thread-safe; one thread of its own verifies and releases, another asks
//          the witnesses.
// Durable: a checkpoint is released only after the commit that carried it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "checkpoint/note_signer.h"
#include "crypto/sha256.h"
#include "publish/cosigner.h"
#include "publish/tree_feed.h"
#include "sequencer/integrated_batch.h"
#include "storage/log_store.h"
#include "telemetry/diagnostics.h"
#include "telemetry/histogram.h"

namespace sightline::publish {

struct Options {
  // Batches that may wait between commit and release.
  size_t max_batches = 4;
  // Readers that may wait for a size at once (long-polls, streams).
  size_t max_watchers = 16384;
};

// Since the start.
struct PublisherStats {
  // Of each batch: re-reading it, hashing it again, and releasing its tree.
  telemetry::Histogram::Snapshot release;
  uint64_t rounds_without_quorum = 0;
};

class Publisher final : public sequencer::BatchSink {
 public:
  // Which of `signers` sign a tree of that size; the log's own entries decide.
  using KeyCounts = std::function<bool(const checkpoint::NoteSigner& key,
                                       uint64_t tree_size)>;

  // Who else must sign. Pointers outlive the publisher.
  struct Cosigning {
    Witnesses witnesses;
    telemetry::Diagnostics* diagnostics = telemetry::NoDiagnostics();
  };

  // Begins with the store's newest checkpoint as the integrated tree (recovery.h
  // has checked it), and with the tree that was last stored with its quorum.
  // kFailedPrecondition: that one is not a tree of this store. The arguments
  // outlive the publisher.
  static absl::StatusOr<std::unique_ptr<Publisher>> Create(
      const Options& options, storage::LogStore* store, std::string origin,
      std::vector<checkpoint::NoteSigner> signers, KeyCounts key_counts,
      const std::optional<Cosigning>& cosigning = std::nullopt);

  ~Publisher() override;  // Shutdown()

  // sequencer::BatchSink, called by the sequencer alone.
  absl::StatusOr<std::string> Sign(uint64_t tree_size,
                                   const crypto::Digest& root) override;
  void Publish(std::shared_ptr<sequencer::IntegratedBatch> batch) override;

  // What readers are served. Never blocks on the pipeline.
  std::shared_ptr<const PublishedTree> current() const {
    return served_.current();
  }
  absl::StatusOr<uint64_t> Watch(uint64_t tree_size,
                                 std::function<void()> wake) {
    return served_.Watch(tree_size, std::move(wake));
  }
  void StopWatching(uint64_t handle) { served_.StopWatching(handle); }

  // The newest tree that reads back as it was signed; never behind current().
  std::shared_ptr<const PublishedTree> integrated() const {
    return integrated_.current();
  }

  // The newest tree with the quorum. Who watches is woken as well when a round
  // ends without one.
  bool has_witnesses() const { return cosigner_ != nullptr; }
  // Whether readers may be served a tree without the quorum.
  bool fails_open() const {
    return cosigning_.has_value() && cosigning_->witnesses.fail_open;
  }
  std::shared_ptr<const PublishedTree> cosigned() const {
    return cosigned_.current();
  }
  absl::StatusOr<uint64_t> WatchCosigned(uint64_t tree_size,
                                         std::function<void()> wake) {
    return cosigned_.Watch(tree_size, std::move(wake));
  }

  absl::Status health() const;

  PublisherStats stats() const;

  // Releases what was handed over, wakes every watcher, joins the thread.
  void Shutdown();

 private:
  Publisher(const Options& options, storage::LogStore* store,
            std::string origin, std::vector<checkpoint::NoteSigner> signers,
            KeyCounts key_counts);

  absl::Status Begin(const std::optional<Cosigning>& cosigning);
  absl::Status TakeUpCosigned();
  void TakeCosigned(absl::StatusOr<witness::CosignedTree> cosigned);
  void Stop(const absl::Status& why);
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

  TreeFeed integrated_;
  TreeFeed cosigned_;
  TreeFeed served_;
  std::optional<Cosigning> cosigning_;  // fixed once Create is done
  telemetry::Histogram release_;
  std::atomic<uint64_t> rounds_without_quorum_{0};

  mutable base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<std::shared_ptr<sequencer::IntegratedBatch>> queue_
      ABSL_GUARDED_BY(mutex_);
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status health_ ABSL_GUARDED_BY(mutex_);

  std::thread thread_;
  std::unique_ptr<Cosigner> cosigner_;  // null: no witnesses
};

}  // namespace sightline::publish
