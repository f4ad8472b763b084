// The log's durable state, and what every engine under it owes.
//
// Source:  docs/formats.md "Storage"; design "one atomic, synced write".
// Shapes:  a batch is entries [expected_tree_size, state.tree_size), at least one;
//          entry bytes travel in entry-bundle form (u16 length, bytes; tiles/
//          entry_bundle.h), so that an engine stores and serves them verbatim.
// Units:   indices count from 0; times are Unix milliseconds UTC.
// Errors:  kAborted: the tree size was not the expected one; nothing was written.
//          kFailedPrecondition: a Commit failed before and the outcome may be
//          unknown; open the store again. kNotFound: no such thing stored.
//          kDataLoss: stored bytes do not read back as they must.
//          kResourceExhausted: the disk is full; nothing was written.
//          kUnavailable / kInternal from Commit: outcome UNKNOWN; the store refuses
//          further commits and the caller must reload before it signs anything.
// Threads: thread-safe; one writer at a time (a second concurrent Commit would only
//          lose the compare-and-set). Readers never wait for the writer.
// Durable: when Commit returns OK, everything in the batch is on disk and readable;
//          when it returns kAborted or kResourceExhausted, nothing of it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "crypto/sha256.h"
#include "tiles/pinned_bytes.h"
#include "tiles/tile_builder.h"
#include "tiles/tile_source.h"

namespace sightline::storage {

// Where the tree stands. The empty store has the default value.
struct TreeState {
  uint64_t tree_size = 0;
  crypto::Digest root_hash{};         // of tree_size leaves; all zero at size 0
  int64_t last_admitted_unix_ms = 0;  // of entry tree_size - 1

  friend bool operator==(const TreeState&, const TreeState&) = default;
};

// The newest entry of one feed.
struct FeedHead {
  std::string feed;         // submitter id
  uint64_t ordinal = 0;     // 1, 2, 3 ...
  uint64_t last_index = 0;  // leaf index of that entry
};

// A sealed payload of one entry: ciphertext only; the store never sees a plain one.
struct SealedPayload {
  uint64_t index = 0;
  std::string ciphertext;
};

// Views stay valid for the duration of Commit only.
struct Batch {
  // Must equal the stored tree size; the index of the batch's first entry.
  uint64_t expected_tree_size = 0;
  // All entries, one after the other: u16 big-endian length, bytes.
  absl::string_view entries;
  // Where each entry ends in `entries`; size = number of entries.
  absl::Span<const uint32_t> entry_ends;
  absl::Span<const crypto::Digest> leaf_hashes;      // one per entry
  absl::Span<const crypto::Digest> identity_hashes;  // one per entry, unique
  absl::Span<const tiles::StoredTile> tiles;  // changed, whole new values
  absl::Span<const FeedHead> feeds;           // changed, one per feed
  absl::Span<const SealedPayload> sealed;
  // Indices below expected_tree_size whose sealed payload goes with this batch.
  absl::Span<const uint64_t> erased;
  // Entries that change who may submit what (genesis, registry, policies): listed,
  // so that a start-up replays these alone.
  absl::Span<const uint64_t> control_indices;
  TreeState state;               // after the batch
  absl::string_view checkpoint;  // signed note of state.tree_size
};

class LogStore : public tiles::TileSource {
 public:
  // The atomic, synced, compare-and-set write. See the head of the file.
  virtual absl::Status Commit(const Batch& batch) = 0;

  virtual absl::StatusOr<TreeState> ReadTreeState() const = 0;

  // Calls `visit` for each entry of [begin, end), in order, until it returns false.
  // The bytes are valid during the call only. kOutOfRange when end > tree size,
  // kDataLoss when an entry is missing.
  virtual absl::Status ReadEntries(
      uint64_t begin, uint64_t end,
      absl::FunctionRef<bool(uint64_t index, absl::string_view entry)> visit)
      const = 0;

  // tiles::TileSource: StoredTile(level, index).

  // For each hash the index of the entry that has it, if any. `out` is resized.
  virtual absl::Status FindByIdentity(
      absl::Span<const crypto::Digest> identity_hashes,
      std::vector<std::optional<uint64_t>>* out) const = 0;
  virtual absl::StatusOr<std::optional<uint64_t>> FindByLeafHash(
      const crypto::Digest& leaf_hash) const = 0;

  // kNotFound when the feed has no entry.
  virtual absl::StatusOr<FeedHead> ReadFeedHead(
      absl::string_view feed) const = 0;
  // Every feed, by name.
  virtual absl::Status ReadFeedHeads(
      absl::FunctionRef<void(const FeedHead&)> visit) const = 0;

  // The signed note of the smallest published tree that holds `index`; the tree a
  // receipt of that entry was given in.
  virtual absl::StatusOr<std::string> ReadCheckpointCovering(
      uint64_t index) const = 0;
  // Where the batch that holds `index` ended, or the next multiple of 256 when it
  // did not end before: the store's own memory of its batches, beside their
  // checkpoints. kOutOfRange: beyond the tree.
  virtual absl::StatusOr<uint64_t> ReadBatchEnd(uint64_t index) const = 0;
  // The newest signed note. kNotFound in an empty store.
  virtual absl::StatusOr<std::string> ReadNewestCheckpoint() const = 0;

  // Indices below `tree_size` that Batch::control_indices listed, ascending.
  virtual absl::StatusOr<std::vector<uint64_t>> ReadControlIndices(
      uint64_t tree_size) const = 0;

  // Ciphertext of the entry's sealed payload; kNotFound when it has none or it was
  // erased.
  virtual absl::StatusOr<std::string> ReadSealedPayload(
      uint64_t index) const = 0;

  // Destroys what payloads that were erased or replaced have left behind: when it
  // returns OK, no file of the store holds them. Cheap when nothing is left, also
  // of an earlier run. kUnavailable: not all is gone yet; ask again.
  virtual absl::Status PurgeErased() = 0;

  // Puts what `replace` gives in the place of each stored payload, by ascending
  // index. Durable piece by piece: after an error what was replaced before it
  // stays so, and the same call again goes on. No commit runs meanwhile.
  virtual absl::Status ReplaceSealedPayloads(
      absl::FunctionRef<absl::StatusOr<std::string>(
          uint64_t index, absl::string_view ciphertext)>
          replace) = 0;
};

}  // namespace sightline::storage
