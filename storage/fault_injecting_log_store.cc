#include "storage/fault_injecting_log_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sightline::storage {
namespace {

// Whether the caller may go on after a Commit that answered so.
bool IsOutcomeKnown(const absl::Status& status) {
  return status.ok() || absl::IsAborted(status) ||
         absl::IsResourceExhausted(status) || absl::IsInvalidArgument(status) ||
         absl::IsFailedPrecondition(status);
}

void FlipBit(size_t byte, std::string* bytes) {
  if (byte < bytes->size()) (*bytes)[byte] ^= 1;
}

}  // namespace

void FaultInjectingLogStore::FailCommit(int n, CommitFault fault,
                                        absl::Status status) {
  base::MutexLock lock(&mutex_);
  faults_.push_back({commits_ + n, fault, std::move(status)});
}

void FaultInjectingLogStore::Reopen() {
  base::MutexLock lock(&mutex_);
  failure_ = absl::OkStatus();
}

int FaultInjectingLogStore::commits() const {
  base::MutexLock lock(&mutex_);
  return commits_;
}

void FaultInjectingLogStore::FailReads(absl::Status status) {
  base::MutexLock lock(&mutex_);
  read_status_ = std::move(status);
}

void FaultInjectingLogStore::DamageEntry(uint64_t index) {
  base::MutexLock lock(&mutex_);
  damage_.entries.insert(index);
}

void FaultInjectingLogStore::DamageTile(uint8_t level, uint64_t index,
                                        size_t byte) {
  base::MutexLock lock(&mutex_);
  damage_.tiles.insert({level, index, byte});
}

void FaultInjectingLogStore::DamageCheckpoints() {
  base::MutexLock lock(&mutex_);
  damage_.checkpoints = true;
}

void FaultInjectingLogStore::DamageTreeState() {
  base::MutexLock lock(&mutex_);
  damage_.tree_state = true;
}

void FaultInjectingLogStore::RepairAll() {
  base::MutexLock lock(&mutex_);
  damage_ = Damage();
}

absl::Status FaultInjectingLogStore::read_status() const {
  base::MutexLock lock(&mutex_);
  return read_status_;
}

FaultInjectingLogStore::Damage FaultInjectingLogStore::damage() const {
  base::MutexLock lock(&mutex_);
  return damage_;
}

std::string FaultInjectingLogStore::Note(std::string note) const {
  if (damage().checkpoints) FlipBit(note.size() / 2, &note);
  return note;
}

absl::Status FaultInjectingLogStore::Commit(const Batch& batch) {
  std::optional<Fault> due;
  {
    base::MutexLock lock(&mutex_);
    ++commits_;
    if (!failure_.ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat("a commit failed before: ", failure_.message()));
    }
    for (const Fault& fault : faults_) {
      if (fault.commit == commits_) due = fault;
    }
  }
  absl::Status status = absl::OkStatus();
  if (!due.has_value() || due->fault == CommitFault::kPersisted) {
    status = store_->Commit(batch);
  }
  if (status.ok() && due.has_value()) status = due->status;
  base::MutexLock lock(&mutex_);
  if (!IsOutcomeKnown(status)) failure_ = status;
  return status;
}

absl::StatusOr<TreeState> FaultInjectingLogStore::ReadTreeState() const {
  RETURN_IF_ERROR(read_status());
  ASSIGN_OR_RETURN(TreeState state, store_->ReadTreeState());
  if (damage().tree_state) state.root_hash[0] ^= 1;
  return state;
}

absl::Status FaultInjectingLogStore::ReadEntries(
    uint64_t begin, uint64_t end,
    absl::FunctionRef<bool(uint64_t index, absl::string_view entry)> visit)
    const {
  RETURN_IF_ERROR(read_status());
  const Damage damaged = damage();
  return store_->ReadEntries(begin, end,
                             [&](uint64_t index, absl::string_view entry) {
                               if (damaged.entries.count(index) == 0)
                                 return visit(index, entry);
                               std::string copy(entry);
                               FlipBit(copy.size() / 2, &copy);
                               return visit(index, copy);
                             });
}

absl::StatusOr<tiles::PinnedBytes> FaultInjectingLogStore::StoredTile(
    uint8_t level, uint64_t index) const {
  RETURN_IF_ERROR(read_status());
  ASSIGN_OR_RETURN(tiles::PinnedBytes tile, store_->StoredTile(level, index));
  std::string copy(tile.bytes());
  for (const auto& [damaged_level, damaged_index, byte] : damage().tiles) {
    if (damaged_level == level && damaged_index == index) FlipBit(byte, &copy);
  }
  if (copy == tile.bytes()) return tile;
  return tiles::PinnedBytes::FromString(std::move(copy));
}

absl::Status FaultInjectingLogStore::FindByIdentity(
    absl::Span<const crypto::Digest> identity_hashes,
    std::vector<std::optional<uint64_t>>* out) const {
  RETURN_IF_ERROR(read_status());
  return store_->FindByIdentity(identity_hashes, out);
}

absl::StatusOr<std::optional<uint64_t>> FaultInjectingLogStore::FindByLeafHash(
    const crypto::Digest& leaf_hash) const {
  RETURN_IF_ERROR(read_status());
  return store_->FindByLeafHash(leaf_hash);
}

absl::StatusOr<FeedHead> FaultInjectingLogStore::ReadFeedHead(
    absl::string_view feed) const {
  RETURN_IF_ERROR(read_status());
  return store_->ReadFeedHead(feed);
}

absl::Status FaultInjectingLogStore::ReadFeedHeads(
    absl::FunctionRef<void(const FeedHead&)> visit) const {
  RETURN_IF_ERROR(read_status());
  return store_->ReadFeedHeads(visit);
}

absl::StatusOr<std::string> FaultInjectingLogStore::ReadCheckpointCovering(
    uint64_t index) const {
  RETURN_IF_ERROR(read_status());
  ASSIGN_OR_RETURN(std::string note, store_->ReadCheckpointCovering(index));
  return Note(std::move(note));
}

absl::StatusOr<uint64_t> FaultInjectingLogStore::ReadBatchEnd(
    uint64_t index) const {
  RETURN_IF_ERROR(read_status());
  return store_->ReadBatchEnd(index);
}

absl::StatusOr<std::string> FaultInjectingLogStore::ReadNewestCheckpoint()
    const {
  RETURN_IF_ERROR(read_status());
  ASSIGN_OR_RETURN(std::string note, store_->ReadNewestCheckpoint());
  return Note(std::move(note));
}

absl::StatusOr<std::vector<uint64_t>>
FaultInjectingLogStore::ReadControlIndices(uint64_t tree_size) const {
  RETURN_IF_ERROR(read_status());
  return store_->ReadControlIndices(tree_size);
}

absl::StatusOr<std::string> FaultInjectingLogStore::ReadSealedPayload(
    uint64_t index) const {
  RETURN_IF_ERROR(read_status());
  return store_->ReadSealedPayload(index);
}

absl::Status FaultInjectingLogStore::PurgeErased() {
  return store_->PurgeErased();
}

absl::Status FaultInjectingLogStore::ReplaceSealedPayloads(
    absl::FunctionRef<absl::StatusOr<std::string>(uint64_t index,
                                                  absl::string_view ciphertext)>
        replace) {
  return store_->ReplaceSealedPayloads(replace);
}

}  // namespace sightline::storage
