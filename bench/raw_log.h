// A log without admission: whatever is submitted becomes leaf data, through the
// sequencer, the store and the publisher that the server uses.
//
// Source:  docs/architecture.md "Life of an entry", from sequence to publish.
// Shapes:  the identity of an entry is the hash of its bytes, so the same bytes
//          again are a duplicate.
// Errors:  those of RocksDbLogStore::Open, Publisher::Create, Sequencer::Create.
// Threads: thread-safe, but for batch_sizes().
// Durable: as sequencer/sequencer.h says.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "admission/admitted_entry.h"
#include "admission/gate.h"
#include "publish/publisher.h"
#include "sequencer/entry_encoder.h"
#include "sequencer/integrated_batch.h"
#include "sequencer/sequencer.h"
#include "storage/rocksdb_log_store.h"

namespace sightline::bench {

struct RawLogOptions {
  std::string origin = "bench.example/log";
  // Of the Ed25519 key that signs the checkpoints, 32 bytes.
  std::string key_seed = std::string(32, 'L');
  storage::RocksDbOptions store;
  sequencer::Options sequencer;
};

class RawLog {
 public:
  // In the folder `path`, which is made if it is not there.
  static absl::StatusOr<std::unique_ptr<RawLog>> Open(
      const std::string& path, const RawLogOptions& options);

  ~RawLog();  // Shutdown()

  RawLog(const RawLog&) = delete;
  RawLog& operator=(const RawLog&) = delete;

  // As Sequencer::Submit.
  absl::Status Submit(absl::string_view feed, std::string entry,
                      sequencer::Completion done);
  // The same of an entry that is more than its bytes.
  absl::Status Submit(admission::AdmittedEntry entry,
                      sequencer::Completion done);

  sequencer::Sequencer& sequencer() { return *sequencer_; }
  publish::Publisher& publisher() { return *publisher_; }
  storage::RocksDbLogStore& store() { return *store_; }
  // What verifies its checkpoints.
  const std::string& vkey() const { return vkey_; }

  // Entries of each batch that was committed. REQUIRES: after Shutdown.
  const std::vector<size_t>& batch_sizes() const { return sink_.batch_sizes; }

  // Finishes and publishes what was submitted. Idempotent.
  void Shutdown();

 private:
  // Passes everything on to the publisher, and notes how batches form.
  class CountingSink final : public sequencer::BatchSink {
   public:
    absl::StatusOr<std::string> Sign(uint64_t tree_size,
                                     const crypto::Digest& root) override {
      return publisher->Sign(tree_size, root);
    }
    void Publish(std::shared_ptr<sequencer::IntegratedBatch> batch) override {
      batch_sizes.push_back(batch->size());
      publisher->Publish(std::move(batch));
    }

    publish::Publisher* publisher = nullptr;
    std::vector<size_t> batch_sizes;
  };

  RawLog() = default;

  std::string vkey_;
  admission::OpenGate gate_;
  const sequencer::RawEntryEncoder encoder_{};
  CountingSink sink_;
  std::unique_ptr<storage::RocksDbLogStore> store_;
  std::unique_ptr<publish::Publisher> publisher_;
  std::unique_ptr<sequencer::Sequencer> sequencer_;
};

}  // namespace sightline::bench
