#include "cmd/cli/check_folder.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "monitor/check_log.h"
#include "monitor/store_records.h"
#include "statement/seal.h"
#include "storage/rocksdb_log_store.h"
#include "storage/store_log_reader.h"
#include "witness/file_cosigned_store.h"

namespace sightline::cli {
namespace {

class FolderRecords final : public monitor::StoreRecords {
 public:
  // `sealer` may be null.
  FolderRecords(const std::string& data_dir,
                const storage::RocksDbLogStore* store,
                const admission::PayloadSealer* sealer)
      : cosigned_folder_(absl::StrCat(data_dir, "/cosigned")),
        store_(store),
        sealer_(sealer) {}

  absl::StatusOr<monitor::StoredTree> ReadTree() const override {
    ASSIGN_OR_RETURN(const storage::TreeState state, store_->ReadTreeState());
    return monitor::StoredTree{state.tree_size, state.root_hash,
                               state.last_admitted_unix_ms};
  }

  absl::Status FindByIdentity(
      absl::Span<const crypto::Digest> hashes,
      std::vector<std::optional<uint64_t>>* out) const override {
    return store_->FindByIdentity(hashes, out);
  }
  absl::StatusOr<std::optional<uint64_t>> FindByLeafHash(
      const crypto::Digest& leaf_hash) const override {
    return store_->FindByLeafHash(leaf_hash);
  }
  absl::Status CheckHashIndex() const override {
    return store_->CheckHashIndex();
  }
  absl::Status CheckPendingPurge() const override {
    return store_->CheckPendingPurge();
  }
  absl::StatusOr<std::string> ReadCosigned(
      absl::string_view origin) const override {
    ASSIGN_OR_RETURN(auto tree,
                     witness::ReadCosignedTree(cosigned_folder_, origin));
    if (!tree.has_value()) return absl::NotFoundError("none");
    return std::move(tree->note);
  }

  absl::StatusOr<std::vector<monitor::StoredFeedHead>> ReadFeedHeads()
      const override {
    std::vector<monitor::StoredFeedHead> heads;
    RETURN_IF_ERROR(store_->ReadFeedHeads([&](const storage::FeedHead& head) {
      heads.push_back({head.feed, head.ordinal, head.last_index});
    }));
    return heads;
  }
  absl::StatusOr<std::vector<uint64_t>> ReadControlIndices() const override {
    return store_->ReadControlIndices(std::numeric_limits<uint64_t>::max());
  }

  absl::StatusOr<std::string> ReadCheckpointCovering(
      uint64_t index) const override {
    return store_->ReadCheckpointCovering(index);
  }

  absl::StatusOr<uint64_t> ReadBatchEnd(uint64_t index) const override {
    return store_->ReadBatchEnd(index);
  }

  absl::StatusOr<std::string> ReadSealedPayload(uint64_t index) const override {
    return store_->ReadSealedPayload(index);
  }
  absl::Status CheckSealedPayload(const crypto::Digest& identity_hash,
                                  const v1::Statement& statement,
                                  absl::string_view payload) const override {
    if (sealer_ == nullptr) return admission::CheckPayloadForm(payload);
    const auto opened = sealer_->Open(identity_hash, payload);
    // Of another key than the one given: nothing more can be told.
    if (absl::IsFailedPrecondition(opened.status())) {
      return absl::DataLossError(opened.status().message());
    }
    RETURN_IF_ERROR(opened.status());
    const google::protobuf::RepeatedPtrField<v1::SealOpening> openings(
        opened->begin(), opened->end());
    const absl::Status fits =
        statement::CheckOpenings(statement, openings).ToStatus();
    return fits.ok() ? fits : absl::DataLossError(fits.message());
  }

 private:
  const std::string cosigned_folder_;
  const storage::RocksDbLogStore* const store_;
  const admission::PayloadSealer* const sealer_;
};

}  // namespace

absl::StatusOr<monitor::CheckReport> CheckFolder(
    const std::string& data_dir, const checkpoint::LogKeySet* trusted,
    const admission::PayloadSealer* sealer,
    const monitor::CheckOptions& options) {
  storage::RocksDbOptions store_options;
  store_options.create_if_missing = false;
  store_options.read_only = true;
  ASSIGN_OR_RETURN(const auto store,
                   storage::RocksDbLogStore::Open(data_dir, store_options));
  storage::StoreLogReader reader(store.get());
  const FolderRecords records(data_dir, store.get(), sealer);
  monitor::CheckSources sources;
  ASSIGN_OR_RETURN(sources.checkpoint, store->ReadNewestCheckpoint());
  sources.entries = &reader;
  sources.tiles = &reader;
  sources.stored_tiles = store.get();
  sources.records = &records;
  return monitor::CheckLog(sources, trusted, options);
}

}  // namespace sightline::cli
