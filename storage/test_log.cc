#include "storage/test_log.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "merkle/hash.h"
#include "tiles/entry_bundle.h"
#include "tiles/memory_tiles.h"
#include "tiles/pinned_bytes.h"

namespace sightline::storage {
namespace {

// Steele, Lea and Flood's SplitMix64.
uint64_t Next(uint64_t* state) {
  uint64_t z = *state += 0x9E3779B97F4A7C15;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
  z = (z ^ z >> 27) * 0x94D049BB133111EB;
  return z ^ z >> 31;
}

std::string Pseudorandom(uint64_t seed, uint64_t index, size_t bytes) {
  uint64_t state = seed * 1'000'003 + index;
  std::string out;
  out.reserve(bytes + 8);
  while (out.size() < bytes) base::AppendU64(Next(&state), &out);
  out.resize(bytes);
  return out;
}

absl::Status Differs(absl::string_view what, uint64_t which) {
  return absl::DataLossError(absl::StrCat(what, " ", which, " differs"));
}

// What a check reads and what it must be.
class Checker {
 public:
  Checker(const LogStore& store, const TestLog& log)
      : store_(store), log_(log) {}

  absl::Status State() {
    ASSIGN_OR_RETURN(const TreeState state, store_.ReadTreeState());
    if (state != log_.state()) return Differs("tree state at", state.tree_size);
    return absl::OkStatus();
  }

  absl::Status Entries() {
    uint64_t next = 0;
    absl::Status status;
    RETURN_IF_ERROR(store_.ReadEntries(
        0, log_.size(), [&](uint64_t index, absl::string_view entry) {
          if (index != next++ || entry != log_.Entry(index)) {
            status = Differs("entry", index);
          }
          return status.ok();
        }));
    RETURN_IF_ERROR(status);
    return next == log_.size() ? absl::OkStatus() : Differs("end of", next);
  }

  // By tiles that share no code with those that were stored.
  absl::Status Tiles() {
    std::vector<merkle::Hash> leaf_hashes;
    for (uint64_t i = 0; i < log_.size(); ++i) {
      leaf_hashes.push_back(log_.LeafHash(i));
    }
    const tiles::MemoryTiles want =
        tiles::MemoryTiles::FromLeafHashes(std::move(leaf_hashes));
    for (const auto& [key, value] : want.tiles()) {
      ASSIGN_OR_RETURN(const tiles::PinnedBytes tile,
                       store_.StoredTile(key.first, key.second));
      if (tile.bytes() != value) return Differs("tile", key.second);
    }
    return absl::OkStatus();
  }

  absl::Status Hashes() {
    std::vector<crypto::Digest> identities;
    for (uint64_t i = 0; i < log_.size(); ++i) {
      identities.push_back(log_.IdentityHash(i));
    }
    identities.push_back(log_.IdentityHash(log_.size()));
    std::vector<std::optional<uint64_t>> found;
    RETURN_IF_ERROR(store_.FindByIdentity(identities, &found));
    if (found.size() != identities.size()) return Differs("size", found.size());
    for (uint64_t i = 0; i < log_.size(); ++i) {
      if (found[i] != i) return Differs("index by identity hash", i);
      ASSIGN_OR_RETURN(const std::optional<uint64_t> index,
                       store_.FindByLeafHash(log_.LeafHash(i)));
      if (index != i) return Differs("index by leaf hash", i);
    }
    if (found.back().has_value()) return Differs("unknown hash", log_.size());
    return absl::OkStatus();
  }

  absl::Status Feeds() {
    std::map<std::string, FeedHead> feeds;
    RETURN_IF_ERROR(store_.ReadFeedHeads(
        [&](const FeedHead& head) { feeds[head.feed] = head; }));
    if (feeds.size() != log_.feeds().size()) {
      return Differs("number of feeds", feeds.size());
    }
    for (const auto& [name, want] : log_.feeds()) {
      ASSIGN_OR_RETURN(const FeedHead head, store_.ReadFeedHead(name));
      for (const FeedHead& got : {head, feeds[name]}) {
        if (got.feed != name || got.ordinal != want.ordinal ||
            got.last_index != want.last_index) {
          return Differs("head of a feed at", want.last_index);
        }
      }
    }
    return absl::OkStatus();
  }

  absl::Status Checkpoints() {
    uint64_t index = 0;
    for (const uint64_t size : log_.published_sizes()) {
      for (; index < size; ++index) {
        ASSIGN_OR_RETURN(const std::string note,
                         store_.ReadCheckpointCovering(index));
        if (note != log_.Checkpoint(size)) {
          return Differs("checkpoint covering", index);
        }
      }
    }
    const absl::StatusOr<std::string> newest = store_.ReadNewestCheckpoint();
    if (log_.size() == 0 && absl::IsNotFound(newest.status())) {
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(newest.status());
    if (*newest != log_.Checkpoint(log_.size())) {
      return Differs("newest checkpoint at", log_.size());
    }
    return absl::OkStatus();
  }

  absl::Status ControlAndSealed() {
    std::vector<uint64_t> want;
    for (uint64_t i = 0; i < log_.size(); ++i) {
      if (TestLog::IsControl(i)) want.push_back(i);
      const absl::StatusOr<std::string> sealed = store_.ReadSealedPayload(i);
      if (!TestLog::HasSealedPayload(i)) {
        if (!absl::IsNotFound(sealed.status())) return Differs("sealed", i);
        continue;
      }
      RETURN_IF_ERROR(sealed.status());
      if (*sealed != log_.SealedCiphertext(i)) return Differs("sealed", i);
    }
    ASSIGN_OR_RETURN(const std::vector<uint64_t> got,
                     store_.ReadControlIndices(log_.size()));
    if (got != want) return Differs("control indices below", log_.size());
    return absl::OkStatus();
  }

 private:
  const LogStore& store_;
  const TestLog& log_;
};

}  // namespace

std::string TestLog::Entry(uint64_t index) const {
  const size_t bytes = fixed_entry_bytes_ != 0
                           ? fixed_entry_bytes_
                           : static_cast<size_t>(index * 37 % 301);
  std::string entry = Pseudorandom(seed_, index, bytes);
  // Short ones, too, must differ from each other.
  const std::string number = base::U64(index);
  return entry.size() < number.size() && index > 0 ? number : entry;
}

crypto::Digest TestLog::LeafHash(uint64_t index) const {
  return merkle::LeafHash(Entry(index));
}

crypto::Digest TestLog::IdentityHash(uint64_t index) const {
  return crypto::Sha256(absl::StrCat("identity ", seed_, " ", index));
}

std::string TestLog::Checkpoint(uint64_t tree_size) const {
  return absl::StrCat("example.com/test\n", tree_size, "\n\n", seed_, "\n");
}

std::string TestLog::SealedCiphertext(uint64_t index) const {
  return Pseudorandom(~seed_, index, 1 + index % 50);
}

std::string TestLog::FeedOf(uint64_t index) {
  return absl::StrCat("feed-", index % 11);
}

Batch TestLog::Make(size_t n) {
  entries_.clear();
  ends_.clear();
  leaf_hashes_.clear();
  identity_hashes_.clear();
  next_feeds_ = feeds_;
  changed_feeds_.clear();
  sealed_.clear();
  control_.clear();
  for (size_t i = 0; i < n; ++i) AddEntry(size() + i);
  for (const auto& [name, head] : next_feeds_) {
    if (head.last_index >= size()) changed_feeds_.push_back(head);
  }
  tree_.Reset(range_, leaf_hashes_);
  next_state_ = {size() + n, tree_.root(),
                 1'790'000'000'000 + static_cast<int64_t>(size() + n)};
  checkpoint_ = Checkpoint(next_state_.tree_size);

  Batch batch;
  batch.expected_tree_size = size();
  batch.entries = entries_;
  batch.entry_ends = ends_;
  batch.leaf_hashes = leaf_hashes_;
  batch.identity_hashes = identity_hashes_;
  batch.tiles = tile_builder_.Build(tree_).value();
  batch.feeds = changed_feeds_;
  batch.sealed = sealed_;
  batch.control_indices = control_;
  batch.state = next_state_;
  batch.checkpoint = checkpoint_;
  return batch;
}

void TestLog::AddEntry(uint64_t index) {
  const std::string entry = Entry(index);
  tiles::AppendEntry(entry, &entries_).IgnoreError();  // never too long
  ends_.push_back(static_cast<uint32_t>(entries_.size()));
  leaf_hashes_.push_back(merkle::LeafHash(entry));
  identity_hashes_.push_back(IdentityHash(index));
  FeedHead& head = next_feeds_[FeedOf(index)];
  head = {FeedOf(index), head.ordinal + 1, index};
  if (HasSealedPayload(index)) {
    sealed_.push_back({index, SealedCiphertext(index)});
  }
  if (IsControl(index)) control_.push_back(index);
}

void TestLog::Adopt() {
  range_ = tree_.range();
  tile_builder_.Commit();
  feeds_ = next_feeds_;
  state_ = next_state_;
  published_sizes_.push_back(state_.tree_size);
}

absl::Status CheckStore(const LogStore& store, const TestLog& log) {
  Checker checker(store, log);
  RETURN_IF_ERROR(checker.State());
  RETURN_IF_ERROR(checker.Entries());
  RETURN_IF_ERROR(checker.Tiles());
  RETURN_IF_ERROR(checker.Hashes());
  RETURN_IF_ERROR(checker.Feeds());
  RETURN_IF_ERROR(checker.Checkpoints());
  return checker.ControlAndSealed();
}

}  // namespace sightline::storage
