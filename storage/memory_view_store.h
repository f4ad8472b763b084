// The view store in memory: for tests, and for whoever derives views of a log
// that is somebody else's.
//
// Threads: thread-safe.
// Cost:    a snapshot is free; the first write while one is held copies all.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "base/mutex.h"
#include "storage/view_store.h"

namespace sightline::storage {

class MemoryViewStore final : public ViewStore {
 public:
  absl::Status Write(const ViewBatch& batch) override;
  std::unique_ptr<const ViewSnapshot> Snapshot() const override;
  absl::Status DropAll() override;

 private:
  using Keys = std::map<std::string, std::string, std::less<>>;
  class Frozen;

  mutable base::Mutex mutex_;
  // Shared with the snapshots that were taken of it.
  std::shared_ptr<Keys> keys_ ABSL_GUARDED_BY(mutex_) =
      std::make_shared<Keys>();
};

}  // namespace sightline::storage
