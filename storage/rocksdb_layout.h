// Column families, keys and small values of the RocksDB engine.
//
// Source:  docs/formats.md "Storage".
// Shapes:  integers in keys are big-endian, so that keys sort as numbers do.
//          A "segment" is what one batch added to one entry bundle: it starts at
//          the batch's first entry or at a multiple of 256, whichever is later,
//          and never crosses the next multiple. It lies under its last index, so
//          that one seek forward from any of its indices finds it.
// Errors:  kDataLoss: a value is not of its form.
// Threads: pure; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/log_store.h"

namespace sightline::storage {

// The file FORMAT in the data folder holds this line.
inline constexpr char kFormatFile[] = "FORMAT";
inline constexpr char kFormatLine[] = "sightline store 1\n";
// Files of the hash index on their way into the database.
inline constexpr char kIngestFolder[] = "ingest";

enum class Family {
  kMeta,         // RocksDB insists on a family "default": this is it
  kEntries,      // u64 last index, u8 (entries - 1) -> a segment's entries
  kIdentities,   // the same -> 32 bytes per entry
  kTiles,        // u8 level, u64 index -> stored tile
  kCheckpoints,  // u64 tree size -> signed note
  kFeeds,        // feed name -> u64 ordinal, u64 last index
  kControl,      // u64 index -> nothing
  kSealed,       // u64 index -> ciphertext
  kHashIndex,    // index_run.h
};
inline constexpr int kFamilies = 9;

inline constexpr std::array<const char*, kFamilies> kFamilyNames = {
    "default", "entries", "identities", "tiles",     "checkpoints",
    "feeds",   "control", "sealed",     "hash_index"};

// Keys of kMeta.
inline constexpr char kTreeStateKey[] = "tree_state";
inline constexpr char kIndexSaltKey[] = "index_salt";
inline constexpr char kPurgeKey[] = "purge";  // absent: nothing to purge

inline constexpr uint64_t kBundleEntries = 256;

// The index of the entry bundle's first entry that holds `index`.
inline uint64_t BundleBegin(uint64_t index) {
  return index - index % kBundleEntries;
}

// A key of eight bytes on the stack.
class NumberKey {
 public:
  explicit NumberKey(uint64_t number);
  absl::string_view view() const { return {bytes_.data(), bytes_.size()}; }

 private:
  std::array<char, 8> bytes_;
};

// A key of kTiles on the stack.
class TileKey {
 public:
  TileKey(uint8_t level, uint64_t index);
  absl::string_view view() const { return {bytes_.data(), bytes_.size()}; }

 private:
  std::array<char, 9> bytes_;
};

// A key of kEntries and kIdentities on the stack.
class SegmentKey {
 public:
  // REQUIRES: 1 <= end - begin <= 256.
  SegmentKey(uint64_t begin, uint64_t end);
  absl::string_view view() const { return {bytes_.data(), bytes_.size()}; }

 private:
  std::array<char, 9> bytes_;
};

// Entries [begin, end).
struct SegmentRange {
  uint64_t begin = 0;
  uint64_t end = 0;
};

absl::StatusOr<uint64_t> ParseNumberKey(absl::string_view key);
absl::StatusOr<SegmentRange> ParseSegmentKey(absl::string_view key);

// u64 tree size, 32 bytes root hash, u64 time (two's complement).
std::string EncodeTreeState(const TreeState& state);
absl::StatusOr<TreeState> ParseTreeState(absl::string_view value);

std::string EncodeFeedHead(const FeedHead& head);
absl::StatusOr<FeedHead> ParseFeedHead(absl::string_view feed,
                                       absl::string_view value);

// Payloads that were deleted or replaced, and may still lie in files: those of
// indices [first, last]. `stamp` is another one for every write that added to it.
struct PendingPurge {
  uint64_t stamp = 0;
  uint64_t first = 0;
  uint64_t last = 0;
};

// The three, then the first 8 bytes of SHA-256 over them: nothing else in the store
// tells which payloads it was.
std::string EncodePendingPurge(const PendingPurge& purge);
absl::StatusOr<PendingPurge> ParsePendingPurge(absl::string_view value);

}  // namespace sightline::storage
