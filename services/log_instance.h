// One running log: store, admission, sequencer and publisher put together.
//
// Source:  docs/architecture.md "Life of an entry", docs/operations.md
//          "Start-up".
// Errors:  Open: kDataLoss: the store fails its right edge or its records
//          (record_checks.h), or a control entry is not what its tile says. kFailedPrecondition: an empty store
//          without a genesis statement, a genesis statement of another log, or
//          no log key that counts for the next tree; or a witness has cosigned
//          a larger or another tree (rollback guard). kUnavailable: not enough
//          witnesses answer to know that, or to serve a first checkpoint.
// Threads: thread-safe.
// Durable: when Open returns, entry 0 is published.
// Cost:    Open: the right edge, and two reads per control entry and feed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "admission/admission.h"
#include "admission/payload_sealer.h"
#include "base/clock.h"
#include "checkpoint/note_signer.h"
#include "proto/sightline/v1/statement.pb.h"
#include "publish/cosigner.h"
#include "publish/publisher.h"
#include "sequencer/entry_encoder.h"
#include "sequencer/sequencer.h"
#include "storage/log_store.h"
#include "storage/view_store.h"
#include "telemetry/diagnostics.h"
#include "tiles/log_reader.h"
#include "tiles/node_cache.h"
#include "tiles/tile_source.h"
#include "witness/remote_witness.h"

namespace sightline::services {

struct LogOptions {
  admission::QuotaOptions quota;
  sequencer::Options sequencer;
  publish::Options publisher;
};

// What a log is made of. Pointers outlive the log; those that say so may be
// null.
struct LogParts {
  storage::LogStore* store = nullptr;
  const base::Clock* clock = nullptr;
  // Null: statements with sealed fields are refused.
  const admission::PayloadSealer* sealer = nullptr;
  std::vector<checkpoint::NoteSigner> signers;
  // Entry 0 of an empty store. May be null for a store that has entries;
  // otherwise it must be theirs.
  const v1::SignedStatement* genesis = nullptr;
  // Where views of the record are kept. Null: no RecordService.
  storage::ViewStore* views = nullptr;
  // Null: no witnesses. Their panel is the log's alone, and shut down with it.
  const publish::Witnesses* witnesses = nullptr;
  telemetry::Diagnostics* diagnostics = telemetry::NoDiagnostics();
};

class LogInstance {
 public:
  // Checks the store, replays its control entries, starts the pipeline and, in
  // an empty store, logs the genesis entry.
  static absl::StatusOr<std::unique_ptr<LogInstance>> Open(
      const LogOptions& options, LogParts parts);

  ~LogInstance();  // Shutdown()

  LogInstance(const LogInstance&) = delete;
  LogInstance& operator=(const LogInstance&) = delete;

  // As the genesis entry says.
  const std::string& origin() const { return origin_; }
  const storage::LogStore& store() const { return *store_; }
  // May be null.
  storage::ViewStore* view_store() const { return view_store_; }
  // Null: the log keeps no sealed fields.
  const admission::PayloadSealer* sealer() const { return sealer_; }
  // LogStore::PurgeErased.
  absl::Status PurgeErased() { return store_->PurgeErased(); }
  // The nodes of the stored tiles, for proofs.
  const tiles::NodeReader& nodes() const { return nodes_; }
  admission::Admission& admission() { return *admission_; }
  const admission::Admission& admission() const { return *admission_; }
  sequencer::Sequencer& sequencer() { return *sequencer_; }
  const sequencer::Sequencer& sequencer() const { return *sequencer_; }
  publish::Publisher& publisher() { return *publisher_; }
  const publish::Publisher& publisher() const { return *publisher_; }

  // OK while entries can be written; otherwise why not.
  absl::Status health() const;

  // Finishes and publishes what was submitted. Idempotent.
  void Shutdown();

 private:
  // Entries that statements link to: those that are published.
  class PublishedEntries final : public admission::EntrySource {
   public:
    explicit PublishedEntries(const storage::LogStore* store) : store_(store) {}
    void set_publisher(const publish::Publisher* publisher) {
      publisher_ = publisher;
    }
    absl::StatusOr<std::string> ReadEntry(uint64_t index) const override;

   private:
    const storage::LogStore* const store_;
    const publish::Publisher* publisher_ = nullptr;
  };

  explicit LogInstance(LogParts parts);

  absl::Status ReadGenesis(const v1::SignedStatement* given);
  absl::Status Replay();
  absl::Status CheckStore() const;
  absl::Status StartPipeline(const LogOptions& options);
  absl::Status LogGenesis();
  absl::Status CheckWitnesses() const;
  absl::StatusOr<witness::SignedTree> WhereItStands() const;
  absl::Status AwaitServed();
  std::vector<v1::LogKey> LogKeys(uint64_t tree_size) const;
  bool KeyCounts(const checkpoint::NoteSigner& key, uint64_t tree_size) const;

  storage::LogStore* const store_;
  storage::ViewStore* const view_store_;
  const tiles::TileNodeReader stored_nodes_;
  const tiles::NodeCache nodes_;
  const base::Clock* const clock_;
  const admission::PayloadSealer* const sealer_;
  const publish::Witnesses* const witnesses_;
  telemetry::Diagnostics* const diagnostics_;
  std::vector<checkpoint::NoteSigner> signers_;  // until the publisher has them

  storage::TreeState opened_;  // where the store stood
  v1::SignedStatement genesis_;
  v1::Statement genesis_statement_;
  std::string origin_;
  PublishedEntries published_entries_;
  const sequencer::StatementEntryEncoder encoder_;
  std::unique_ptr<admission::Admission> admission_;
  std::unique_ptr<publish::Publisher> publisher_;
  std::unique_ptr<sequencer::Sequencer> sequencer_;
};

}  // namespace sightline::services
