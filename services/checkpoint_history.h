// The signed checkpoints of the past, as the store keeps them.
//
// Source:  docs/formats.md "Checkpoints in the past"; checkpoint/history.h.
// Errors:  kDataLoss: a stored note or entry does not read back.
// Threads: pure but for the store; any thread.
// Cost:    thinned: some twenty entries and one note read for each that is given;
//          every: one note.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "publish/publisher.h"
#include "storage/log_store.h"

namespace sightline::services {

struct HistoryQuery {
  uint64_t after = 0;  // only trees larger than this
  bool every = false;  // not thinned by age
  size_t limit = 1000;
};

struct HistoryPage {
  std::vector<std::string> notes;  // by size
  bool more = false;
};

// Those of trees up to `newest`, which is what is served.
absl::StatusOr<HistoryPage> ReadHistory(const storage::LogStore& store,
                                        const publish::PublishedTree& newest,
                                        const HistoryQuery& query);

}  // namespace sightline::services
