// Entries that can be read and nothing else: enough of a log's store for what
// derives views. Tests and benchmarks only.
//
// Threads: thread-compatible.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/log_store.h"

namespace sightline::records {

class EntryListStore final : public storage::LogStore {
 public:
  explicit EntryListStore(std::vector<std::string> entries)
      : entries_(std::move(entries)) {}

  void Append(std::string entry) { entries_.push_back(std::move(entry)); }
  void Truncate(size_t size) { entries_.resize(size); }

  absl::StatusOr<storage::TreeState> ReadTreeState() const override {
    storage::TreeState state;
    state.tree_size = entries_.size();
    return state;
  }
  absl::Status ReadEntries(
      uint64_t begin, uint64_t end,
      absl::FunctionRef<bool(uint64_t index, absl::string_view entry)> visit)
      const override {
    if (end > entries_.size()) return absl::OutOfRangeError("beyond the list");
    for (uint64_t i = begin; i < end; ++i) {
      if (!visit(i, entries_[i])) break;
    }
    return absl::OkStatus();
  }

  absl::Status Commit(const storage::Batch&) override { return Not(); }
  absl::StatusOr<tiles::PinnedBytes> StoredTile(uint8_t,
                                                uint64_t) const override {
    return Not();
  }
  absl::Status FindByIdentity(
      absl::Span<const crypto::Digest>,
      std::vector<std::optional<uint64_t>>*) const override {
    return Not();
  }
  absl::StatusOr<std::optional<uint64_t>> FindByLeafHash(
      const crypto::Digest&) const override {
    return Not();
  }
  absl::StatusOr<storage::FeedHead> ReadFeedHead(
      absl::string_view) const override {
    return Not();
  }
  absl::Status ReadFeedHeads(
      absl::FunctionRef<void(const storage::FeedHead&)>) const override {
    return Not();
  }
  absl::StatusOr<std::string> ReadCheckpointCovering(uint64_t) const override {
    return Not();
  }
  absl::StatusOr<uint64_t> ReadBatchEnd(uint64_t) const override {
    return Not();
  }
  absl::StatusOr<std::string> ReadNewestCheckpoint() const override {
    return Not();
  }
  absl::StatusOr<std::vector<uint64_t>> ReadControlIndices(
      uint64_t) const override {
    return Not();
  }
  absl::StatusOr<std::string> ReadSealedPayload(uint64_t) const override {
    return Not();
  }
  absl::Status PurgeErased() override { return Not(); }
  absl::Status ReplaceSealedPayloads(
      absl::FunctionRef<
          absl::StatusOr<std::string>(uint64_t, absl::string_view)>) override {
    return Not();
  }

 private:
  static absl::Status Not() {
    return absl::UnimplementedError("a list of entries only");
  }

  std::vector<std::string> entries_;
};

}  // namespace sightline::records
