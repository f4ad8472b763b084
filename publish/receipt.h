// Receipts: leaf index, entry bytes, inclusion proof and signed checkpoint.
//
// The receipt of an entry is always the one in the tree that its own batch made, so
// the same statement gets the same receipt, byte for byte, today or after a restart.
//
// Source:  docs/formats.md "Receipt"; c2sp.org/tlog-proof.
// With the witness quorum a receipt is in whatever cosigned tree holds the entry:
// another one each time, and as good.
//
// Errors:  kOutOfRange: not published. kDataLoss: the store disagrees with itself.
// Threads: pure but for the store; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "merkle/hash.h"
#include "publish/tree_feed.h"
#include "sequencer/integrated_batch.h"
#include "storage/log_store.h"

namespace sightline::publish {

struct Receipt {
  uint64_t index = 0;
  std::string entry;
  std::vector<merkle::Hash> inclusion_proof;
  std::string checkpoint;
};

// From the hashes that the batch still holds. REQUIRES: batch.Holds(index).
Receipt ReceiptFromBatch(const sequencer::IntegratedBatch& batch,
                         uint64_t index);

// From the store; verifies the proof before it returns it. `published_size` is the
// published tree size.
absl::StatusOr<Receipt> ReceiptFromStore(const storage::LogStore& store,
                                         uint64_t index,
                                         uint64_t published_size);

// In `tree`, with its checkpoint; verifies the proof likewise.
absl::StatusOr<Receipt> ReceiptInTree(const storage::LogStore& store,
                                      uint64_t index,
                                      const PublishedTree& tree);

}  // namespace sightline::publish
