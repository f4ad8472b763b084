// Works entries into the views.
//
// Source:  docs/records.md "Views"; keys: view_keys.h.
// Errors:  kDataLoss: an entry that is none, or a stored view that does not
//          parse. Nothing is written until the caller writes the batch.
// Threads: thread-compatible.
// Cost:    a request 15 keys and, once a batch, its counts; what speaks of one also
//          its timeline, twice.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/sightline/v1/record.pb.h"
#include "records/entry_facts.h"
#include "records/pending_views.h"
#include "records/reconcile.h"
#include "records/request_row.h"
#include "storage/view_store.h"

namespace sightline::records {

class ViewWriter {
 public:
  // `snapshot` outlives the writer and holds all entries before the first one.
  explicit ViewWriter(const storage::ViewSnapshot* snapshot)
      : pending_(snapshot) {}

  // In order of their index.
  absl::Status Apply(uint64_t index, absl::string_view entry);

  // Everything applied, as one change. The writer is spent.
  absl::StatusOr<storage::ViewBatch> Finish();

  // Leaf hash of the last entry applied.
  const std::string& last_leaf_hash() const { return last_leaf_hash_; }
  void Put(const std::string& key, std::string value) {
    pending_.Put(key, std::move(value));
  }

 private:
  struct Held {
    RequestParts parts;
    v1::SubmitterFacts agency;
    v1::PolicyFacts policy;
  };

  absl::Status ApplyFeed(const RecordEntry& entry);
  absl::Status ApplyRegistry(const RecordEntry& entry);
  absl::Status ApplyRequest(const RecordEntry& entry);
  void PutLists(const v1::RequestRow& row);
  absl::Status ApplySeals(const RecordEntry& entry);
  // Whether an unsealing brings what its face still hid.
  absl::StatusOr<bool> OpensFace(const RecordEntry& entry);
  absl::Status CountSealed(uint32_t month, uint64_t sealed, uint64_t opened);
  absl::Status ApplyEvent(const RecordEntry& entry);
  absl::Status ApplyToRequest(uint64_t root, const v1::TimelineEvent& event);
  absl::Status ApplyToSeals(const v1::TimelineEvent& event);
  void PutSeal(const v1::SealRow& seal);
  void DeleteSeal(const v1::SealRow& seal);
  absl::StatusOr<Held*> Hold(uint64_t root);
  absl::Status FillParties(Held* held);
  // Takes a row out of the counts, or puts it in.
  absl::Status CountRow(const v1::RequestRow& row, bool in);
  absl::Status FlushCounts();

  PendingViews pending_;
  std::string last_leaf_hash_;
  std::map<uint64_t, Held> held_;  // requests that this batch speaks of
  std::map<std::string, v1::Statistics> statistics_;  // by key
  std::map<Book, ClassCounts> books_;                 // changes
};

}  // namespace sightline::records
