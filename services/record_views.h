// The views of a running log, and the published tree that proves what they say.
//
// Errors:  Open: those of records::Views. Read: kUnavailable while the views are
//          derived anew, saying how far they are; kDataLoss: they cannot be.
// Threads: thread-safe. One thread of its own follows the log.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "publish/publisher.h"
#include "records/follower.h"
#include "records/views.h"
#include "services/log_instance.h"
#include "storage/view_store.h"
#include "telemetry/diagnostics.h"

namespace sightline::services {

class RecordViews {
 public:
  // All outlive the result.
  static absl::StatusOr<std::unique_ptr<RecordViews>> Open(
      LogInstance* log, storage::ViewStore* store,
      telemetry::Diagnostics* diagnostics);

  ~RecordViews();  // Shutdown()

  struct Reading {
    records::ViewsAt views;
    // Of at least views.tree_size entries.
    std::shared_ptr<const publish::PublishedTree> tree;
  };

  // Views of the tree that is published now. A small rest is worked in by the
  // caller: who submits, then asks, finds it.
  absl::StatusOr<Reading> Read();

  // Forgets the views; they are derived anew from here on.
  absl::Status Rebuild();

  void Shutdown();

 private:
  RecordViews(LogInstance* log, std::unique_ptr<records::Views> views)
      : log_(log), views_(std::move(views)) {}

  LogInstance* const log_;
  const std::unique_ptr<records::Views> views_;
  std::unique_ptr<records::Follower> follower_;
};

}  // namespace sightline::services
