// A batch that is in the store, with every hash still at hand: what the publisher
// releases and receipts are made from.
//
// Threads: immutable once it has been handed over; read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "crypto/sha256.h"
#include "merkle/batch_tree.h"

namespace sightline::sequencer {

struct IntegratedBatch;

// Where a submitted entry stands once its batch is published.
struct Placement {
  uint64_t index = 0;
  // True when the same statement was in the log, or in this batch, already.
  bool duplicate = false;
  // The batch that holds leaf `index`; null when an earlier one does, whose receipt
  // is then read from the store (publish/receipt.h).
  std::shared_ptr<const IntegratedBatch> batch;
};

// Called exactly once, from the sequencer or publisher thread; must not block.
using Completion = std::function<void(absl::StatusOr<Placement>)>;

struct Waiting {
  uint64_t index = 0;
  bool duplicate = false;
  Completion done;
};

struct IntegratedBatch {
  uint64_t first_index = 0;
  // Entry-bundle form: u16 length, bytes; ends[i] is where entry i ends.
  std::string entries;
  std::vector<uint32_t> ends;
  std::vector<crypto::Digest> leaf_hashes;
  merkle::BatchTree tree;
  // Signed note of tree.new_size(). Empty when the batch added nothing.
  std::string checkpoint;
  // Who waits; emptied by the publisher when it has told them.
  std::vector<Waiting> waiting;

  size_t size() const { return ends.size(); }
  bool Holds(uint64_t index) const {
    return index >= first_index && index - first_index < size();
  }
  // REQUIRES: Holds(index).
  absl::string_view Entry(uint64_t index) const {
    const size_t i = index - first_index;
    const size_t begin = (i == 0 ? 0 : ends[i - 1]) + 2;
    return absl::string_view(entries).substr(begin, ends[i] - begin);
  }
};

// The stage after the sequencer, as the sequencer sees it.
class BatchSink {
 public:
  virtual ~BatchSink() = default;

  // Makes the signed note for a tree that is about to be committed. It must not
  // leave the process before the commit has succeeded.
  virtual absl::StatusOr<std::string> Sign(uint64_t tree_size,
                                           const crypto::Digest& root) = 0;

  // Takes a batch that is durable, in index order. Blocks while the sink has too
  // many in hand: that is how the sequencer is slowed down.
  virtual void Publish(std::shared_ptr<IntegratedBatch> batch) = 0;
};

}  // namespace sightline::sequencer
