// A log made up for tests: batches as a sequencer would hand them to a store,
// and a check that a store holds exactly what was committed.
//
// Shapes:  everything follows from seed and index; a copy is a log that forks.
//          Sizes of entries vary from 0 to a few hundred bytes.
// Threads: thread-compatible.
//
// Example:
//   TestLog log;
//   ASSERT_OK(store.Commit(log.Make(300)));
//   log.Adopt();
//   EXPECT_OK(CheckStore(store, log));
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "crypto/sha256.h"
#include "merkle/batch_tree.h"
#include "merkle/compact_range.h"
#include "storage/log_store.h"
#include "tiles/tile_builder.h"

namespace sightline::storage {

class TestLog {
 public:
  explicit TestLog(uint64_t seed = 1, size_t fixed_entry_bytes = 0)
      : seed_(seed), fixed_entry_bytes_(fixed_entry_bytes) {}

  // The next batch, of `n` entries. Valid until the next call of Make or Adopt.
  Batch Make(size_t n);

  // Moves on: the batch last made is in the store.
  void Adopt();

  uint64_t size() const { return state_.tree_size; }
  const TreeState& state() const { return state_; }

  std::string Entry(uint64_t index) const;
  crypto::Digest LeafHash(uint64_t index) const;
  crypto::Digest IdentityHash(uint64_t index) const;
  std::string Checkpoint(uint64_t tree_size) const;
  // Of the entries that have one.
  static bool HasSealedPayload(uint64_t index) { return index % 5 == 2; }
  std::string SealedCiphertext(uint64_t index) const;
  static bool IsControl(uint64_t index) { return index % 7 == 0; }
  static std::string FeedOf(uint64_t index);

  // After what was adopted.
  const std::map<std::string, FeedHead>& feeds() const { return feeds_; }
  const std::vector<uint64_t>& published_sizes() const {
    return published_sizes_;
  }

 private:
  void AddEntry(uint64_t index);

  uint64_t seed_;
  size_t fixed_entry_bytes_;

  TreeState state_;
  merkle::CompactRange range_;
  tiles::TileBuilder tile_builder_;
  std::map<std::string, FeedHead> feeds_;
  std::vector<uint64_t> published_sizes_;

  // The batch last made.
  std::string entries_;
  std::vector<uint32_t> ends_;
  std::vector<crypto::Digest> leaf_hashes_;
  std::vector<crypto::Digest> identity_hashes_;
  std::map<std::string, FeedHead> next_feeds_;
  std::vector<FeedHead> changed_feeds_;
  std::vector<SealedPayload> sealed_;
  std::vector<uint64_t> control_;
  merkle::BatchTree tree_;
  TreeState next_state_;
  std::string checkpoint_;
};

// Reads everything that `log` has adopted, in every way a store can be asked.
// Names the first thing that differs.
absl::Status CheckStore(const LogStore& store, const TestLog& log);

}  // namespace sightline::storage
