#include "storage/rocksdb_log_store.h"

#include <algorithm>
#include <limits>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "rocksdb/write_batch.h"
#include "storage/batch_check.h"
#include "storage/hash_index.h"
#include "storage/rocksdb_database.h"
#include "storage/rocksdb_layout.h"
#include "storage/rocksdb_status.h"
#include "storage/sealed_purge.h"
#include "storage/segment_reader.h"
#include "tiles/entry_bundle.h"

namespace sightline::storage {
namespace {

// RocksDB's own bound on one write is 4 GiB, with keys and headers.
constexpr size_t kMaxBatchBytes = size_t{1} << 30;
// A batch's memory is kept for the next one up to here.
constexpr size_t kMaxKeptBytes = size_t{16} << 20;
// Payloads are replaced in writes of so many bytes.
constexpr size_t kReplaceBytes = size_t{1} << 20;
// Reading more entries than these is a scan.
constexpr uint64_t kScanEntries = 4 * kBundleEntries;

constexpr size_t kSaltBytes = 16;

absl::string_view AsBytes(absl::Span<const crypto::Digest> hashes) {
  static_assert(sizeof(crypto::Digest) == crypto::kDigestSize);
  return {reinterpret_cast<const char*>(hashes.data()),
          hashes.size() * crypto::kDigestSize};
}

size_t SizeOf(const Batch& batch) {
  size_t bytes = batch.entries.size() + AsBytes(batch.identity_hashes).size() +
                 batch.checkpoint.size();
  for (const tiles::StoredTile& tile : batch.tiles) bytes += tile.value.size();
  for (const SealedPayload& payload : batch.sealed) {
    bytes += payload.ciphertext.size();
  }
  return bytes;
}

absl::Status MissingEntry(uint64_t index) {
  return absl::DataLossError(absl::StrCat("entry ", index, " is missing"));
}

std::string DrawSalt() {
  std::random_device random;
  std::string salt;
  while (salt.size() < kSaltBytes) base::AppendU32(random(), &salt);
  return salt;
}

absl::Status WrongSegment(const SegmentReader& segment,
                          absl::string_view what) {
  return absl::DataLossError(absl::StrCat("entries ", segment.begin(), "-",
                                          segment.end(), ": ", what));
}

// Visits the entries of a segment that are in [begin, end). False when the
// visitor has had enough.
absl::StatusOr<bool> VisitSegment(
    const SegmentReader& segment, uint64_t begin, uint64_t end,
    absl::FunctionRef<bool(uint64_t index, absl::string_view entry)> visit) {
  tiles::EntryBundleReader reader(segment.value());
  absl::string_view entry;
  uint64_t index = segment.begin();
  const uint64_t stop = std::min(end, segment.end());
  for (; index < stop && reader.Next(&entry); ++index) {
    if (index >= begin && !visit(index, entry)) return false;
  }
  if (!reader.status().ok()) {
    return WrongSegment(segment, reader.status().message());
  }
  if (index < stop) return WrongSegment(segment, "too few of them");
  return true;
}

// Whether the segment holds what its key says.
absl::Status CheckSegment(Family family, const SegmentReader& segment) {
  const uint64_t want = segment.end() - segment.begin();
  if (family == Family::kIdentities) {
    return segment.value().size() == want * crypto::kDigestSize
               ? absl::OkStatus()
               : WrongSegment(segment, "as many identity hashes are not there");
  }
  tiles::EntryBundleReader reader(segment.value());
  absl::string_view entry;
  while (reader.Next(&entry)) {
  }
  return reader.status().ok() && reader.count() == want
             ? absl::OkStatus()
             : WrongSegment(segment, "malformed");
}

}  // namespace

RocksDbLogStore::RocksDbLogStore(std::unique_ptr<RocksDbDatabase> database)
    : database_(std::move(database)),
      write_(std::make_unique<rocksdb::WriteBatch>()) {}

RocksDbLogStore::~RocksDbLogStore() = default;

absl::StatusOr<std::unique_ptr<RocksDbLogStore>> RocksDbLogStore::Open(
    absl::string_view path, const Options& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<RocksDbDatabase> database,
                   RocksDbDatabase::Open(path, options));
  std::unique_ptr<RocksDbLogStore> store(
      new RocksDbLogStore(std::move(database)));
  const absl::Status status = store->Load();
  if (!status.ok()) {
    return base::Annotate(status, absl::StrCat("data folder ", path));
  }
  return store;
}

absl::Status RocksDbLogStore::Load() {
  RETURN_IF_ERROR(LoadTreeState());
  RETURN_IF_ERROR(LoadPendingPurge());
  RETURN_IF_ERROR(CheckNewestSegments());
  ASSIGN_OR_RETURN(const std::string salt, ReadOrMakeSalt());
  ASSIGN_OR_RETURN(
      hash_index_,
      HashIndex::Open(database_.get(),
                      {base::ReadU64(salt),
                       base::ReadU64(absl::string_view(salt).substr(8))},
                      state().tree_size));
  return absl::OkStatus();
}

absl::Status RocksDbLogStore::LoadTreeState() {
  rocksdb::PinnableSlice value;
  const absl::Status status =
      database_->Get(Family::kMeta, kTreeStateKey, &value);
  if (absl::IsNotFound(status)) return absl::OkStatus();
  RETURN_IF_ERROR(status);
  ASSIGN_OR_RETURN(const TreeState state, ParseTreeState(ToView(value)));
  Publish(state);
  return absl::OkStatus();
}

absl::Status RocksDbLogStore::LoadPendingPurge() {
  base::MutexLock lock(&commit_mutex_);
  rocksdb::PinnableSlice value;
  const absl::Status status = database_->Get(Family::kMeta, kPurgeKey, &value);
  if (absl::IsNotFound(status)) return absl::OkStatus();
  RETURN_IF_ERROR(status);
  const auto purge = ParsePendingPurge(ToView(value));
  purge_status_ = purge.status();
  // All of them: one that is purged for nothing does no harm, one that is forgotten
  // would be read back.
  pending_purge_ = purge.value_or(
      PendingPurge{.last = std::numeric_limits<uint64_t>::max()});
  return absl::OkStatus();
}

absl::Status RocksDbLogStore::CheckPendingPurge() const {
  base::MutexLock lock(&commit_mutex_);
  return purge_status_;
}

void RocksDbLogStore::Publish(const TreeState& state) {
  base::MutexLock lock(&state_mutex_);
  state_ = state;
}

TreeState RocksDbLogStore::state() const {
  base::MutexLock lock(&state_mutex_);
  return state_;
}

// The tree state and the entries come from one write, so they can only disagree
// when stored bytes have changed since.
absl::Status RocksDbLogStore::CheckNewestSegments() const {
  const uint64_t tree_size = state().tree_size;
  uint64_t ends[2] = {0, 0};
  constexpr Family kBoth[] = {Family::kEntries, Family::kIdentities};
  for (int i = 0; i < 2; ++i) {
    SegmentReader segment(*database_, kBoth[i], /*scan=*/false);
    const absl::Status status = segment.SeekToLast();
    if (absl::IsNotFound(status)) continue;
    RETURN_IF_ERROR(status);
    RETURN_IF_ERROR(CheckSegment(kBoth[i], segment));
    ends[i] = segment.end();
  }
  if (ends[0] != tree_size || ends[1] != tree_size) {
    return absl::DataLossError(
        absl::StrCat("tree size is ", tree_size, ", but entries end at ",
                     ends[0], " and their identity hashes at ", ends[1]));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> RocksDbLogStore::ReadOrMakeSalt() {
  rocksdb::PinnableSlice value;
  const absl::Status status =
      database_->Get(Family::kMeta, kIndexSaltKey, &value);
  if (absl::IsNotFound(status) && state().tree_size == 0) {
    const std::string salt = DrawSalt();
    if (!database_->options().read_only) {
      RETURN_IF_ERROR(database_->Put(Family::kMeta, kIndexSaltKey, salt));
    }
    return salt;
  }
  if (absl::IsNotFound(status) || (status.ok() && value.size() != kSaltBytes)) {
    return absl::DataLossError("the hash index's salt is missing or damaged");
  }
  RETURN_IF_ERROR(status);
  return value.ToString();
}

absl::Status RocksDbLogStore::Commit(const Batch& batch) {
  base::MutexLock lock(&commit_mutex_);
  RETURN_IF_ERROR(CheckWritable(batch));
  const absl::Status status = Write(batch);
  if (!status.ok()) {
    failure_ = status;
    return status;
  }
  // The batch is durable: nothing from here on can fail.
  hash_index_->Append(batch.identity_hashes, batch.leaf_hashes);
  Publish(batch.state);
  return absl::OkStatus();
}

absl::Status RocksDbLogStore::CheckWritable(const Batch& batch) {
  if (database_->options().read_only) {
    return absl::FailedPreconditionError("the store was opened read-only");
  }
  if (!failure_.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "a commit failed before; open the store again: ", failure_.message()));
  }
  RETURN_IF_ERROR(CheckBatch(batch, state().tree_size));
  RETURN_IF_ERROR(CheckSpace(batch));
  const absl::Status status = hash_index_->AwaitRoom();
  if (status.ok()) return status;
  return absl::FailedPreconditionError(
      absl::StrCat("open the store again: ", status.message()));
}

absl::Status RocksDbLogStore::CheckSpace(const Batch& batch) const {
  const size_t bytes = SizeOf(batch);
  if (bytes > kMaxBatchBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("batch: ", bytes, " bytes, at most ", kMaxBatchBytes));
  }
  ASSIGN_OR_RETURN(const uint64_t free_bytes, database_->FreeBytes());
  const uint64_t want = bytes + database_->options().reserve_bytes;
  if (free_bytes < want) {
    return absl::ResourceExhaustedError(
        absl::StrCat("disk full: ", free_bytes, " bytes free at ",
                     database_->path(), ", a commit wants ", want));
  }
  return absl::OkStatus();
}

absl::Status RocksDbLogStore::Write(const Batch& batch) {
  FillWrite(batch);
  rocksdb::WriteOptions options;
  options.sync = true;
  const rocksdb::Status status = database_->db()->Write(options, write_.get());
  if (write_->GetDataSize() > kMaxKeptBytes) {
    write_ = std::make_unique<rocksdb::WriteBatch>();
  }
  return UnknownOutcome(status);
}

void RocksDbLogStore::FillWrite(const Batch& batch) {
  write_->Clear();
  FillSegments(batch);
  for (const tiles::StoredTile& tile : batch.tiles) {
    Put(Family::kTiles, TileKey(tile.level, tile.index).view(), tile.value);
  }
  for (const FeedHead& head : batch.feeds) {
    Put(Family::kFeeds, head.feed, EncodeFeedHead(head));
  }
  for (const uint64_t index : batch.control_indices) {
    Put(Family::kControl, NumberKey(index).view(), "");
  }
  for (const SealedPayload& payload : batch.sealed) {
    Put(Family::kSealed, NumberKey(payload.index).view(), payload.ciphertext);
  }
  EraseSealed(batch.erased);
  Put(Family::kCheckpoints, NumberKey(batch.state.tree_size).view(),
      batch.checkpoint);
  Put(Family::kMeta, kTreeStateKey, EncodeTreeState(batch.state));
}

void RocksDbLogStore::Put(Family family, absl::string_view key,
                          absl::string_view value) {
  // Fails only beyond a size that CheckSpace has refused.
  write_->Put(database_->family(family), ToSlice(key), ToSlice(value))
      .PermitUncheckedError();
}

// The mark goes with what it stands for, so that a crash forgets neither.
void RocksDbLogStore::MarkForPurge(uint64_t index) {
  PendingPurge purge = pending_purge_.value_or(PendingPurge{0, index, index});
  purge.stamp = database_->db()->GetLatestSequenceNumber() + 1;
  purge.first = std::min(purge.first, index);
  purge.last = std::max(purge.last, index);
  pending_purge_ = purge;
  Put(Family::kMeta, kPurgeKey, EncodePendingPurge(purge));
}

void RocksDbLogStore::EraseSealed(absl::Span<const uint64_t> indices) {
  for (const uint64_t index : indices) {
    write_
        ->Delete(database_->family(Family::kSealed),
                 ToSlice(NumberKey(index).view()))
        .PermitUncheckedError();
    MarkForPurge(index);
  }
}

void RocksDbLogStore::FillSegments(const Batch& batch) {
  const uint64_t first = batch.expected_tree_size;
  const size_t n = batch.entry_ends.size();
  size_t byte = 0;
  for (size_t i = 0; i < n;) {
    const uint64_t bundle_end = BundleBegin(first + i) + kBundleEntries;
    const size_t stop = std::min<uint64_t>(n, bundle_end - first);
    const size_t stop_byte = batch.entry_ends[stop - 1];
    const SegmentKey key(first + i, first + stop);
    Put(Family::kEntries, key.view(),
        batch.entries.substr(byte, stop_byte - byte));
    Put(Family::kIdentities, key.view(),
        AsBytes(batch.identity_hashes.subspan(i, stop - i)));
    byte = stop_byte;
    i = stop;
  }
}

absl::StatusOr<TreeState> RocksDbLogStore::ReadTreeState() const {
  return state();
}

absl::Status RocksDbLogStore::ReadEntries(
    uint64_t begin, uint64_t end,
    absl::FunctionRef<bool(uint64_t index, absl::string_view entry)> visit)
    const {
  const uint64_t tree_size = state().tree_size;
  if (end > tree_size || begin > end) {
    return absl::OutOfRangeError(absl::StrCat("entries ", begin, "-", end,
                                              ", the tree has ", tree_size));
  }
  if (begin == end) return absl::OkStatus();
  SegmentReader segment(*database_, Family::kEntries,
                        /*scan=*/end - begin > kScanEntries);
  RETURN_IF_ERROR(segment.Seek(begin));
  for (;;) {
    ASSIGN_OR_RETURN(const bool go_on,
                     VisitSegment(segment, begin, end, visit));
    const uint64_t next = segment.end();
    if (!go_on || next >= end) return absl::OkStatus();
    const absl::Status status = segment.Next();
    if (absl::IsNotFound(status)) return MissingEntry(next);
    RETURN_IF_ERROR(status);
    if (segment.begin() != next) return MissingEntry(next);
  }
}

absl::StatusOr<tiles::PinnedBytes> RocksDbLogStore::StoredTile(
    uint8_t level, uint64_t index) const {
  auto value = std::make_unique<rocksdb::PinnableSlice>();
  const absl::Status status =
      database_->Get(Family::kTiles, TileKey(level, index).view(), value.get());
  if (absl::IsNotFound(status)) {
    return absl::NotFoundError(
        absl::StrCat("no tile ", int{level}, "/", index));
  }
  RETURN_IF_ERROR(status);
  const absl::string_view bytes = ToView(*value);
  return tiles::PinnedBytes(bytes, std::move(value));
}

absl::Status RocksDbLogStore::FindByIdentity(
    absl::Span<const crypto::Digest> identity_hashes,
    std::vector<std::optional<uint64_t>>* out) const {
  return hash_index_->Find(HashKind::kIdentity, identity_hashes, out);
}

absl::StatusOr<std::optional<uint64_t>> RocksDbLogStore::FindByLeafHash(
    const crypto::Digest& leaf_hash) const {
  std::vector<std::optional<uint64_t>> found;
  RETURN_IF_ERROR(hash_index_->Find(HashKind::kLeaf, {&leaf_hash, 1}, &found));
  return found.front();
}

absl::StatusOr<FeedHead> RocksDbLogStore::ReadFeedHead(
    absl::string_view feed) const {
  rocksdb::PinnableSlice value;
  const absl::Status status = database_->Get(Family::kFeeds, feed, &value);
  if (absl::IsNotFound(status)) {
    return absl::NotFoundError(absl::StrCat("no feed ", feed));
  }
  RETURN_IF_ERROR(status);
  return ParseFeedHead(feed, ToView(value));
}

absl::Status RocksDbLogStore::ReadFeedHeads(
    absl::FunctionRef<void(const FeedHead&)> visit) const {
  const std::unique_ptr<rocksdb::Iterator> iterator =
      database_->NewIterator(Family::kFeeds);
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    ASSIGN_OR_RETURN(
        const FeedHead head,
        ParseFeedHead(ToView(iterator->key()), ToView(iterator->value())));
    visit(head);
  }
  return FromRocksDb(iterator->status());
}

absl::StatusOr<std::string> RocksDbLogStore::ReadCheckpointCovering(
    uint64_t index) const {
  if (index >= state().tree_size) {
    return absl::NotFoundError(
        absl::StrCat("no checkpoint covers index ", index));
  }
  const std::unique_ptr<rocksdb::Iterator> iterator =
      database_->NewIterator(Family::kCheckpoints);
  iterator->Seek(ToSlice(NumberKey(index + 1).view()));
  RETURN_IF_ERROR(FromRocksDb(iterator->status()));
  if (iterator->Valid()) return iterator->value().ToString();
  return absl::DataLossError(
      absl::StrCat("the checkpoint that covers index ", index, " is missing"));
}

absl::StatusOr<uint64_t> RocksDbLogStore::ReadBatchEnd(uint64_t index) const {
  const uint64_t tree_size = state().tree_size;
  if (index >= tree_size) {
    return absl::OutOfRangeError(
        absl::StrCat("entry ", index, ", the tree has ", tree_size));
  }
  SegmentReader segment(*database_, Family::kIdentities, /*scan=*/false);
  RETURN_IF_ERROR(segment.Seek(index));
  return segment.end();
}

absl::StatusOr<std::string> RocksDbLogStore::ReadNewestCheckpoint() const {
  const std::unique_ptr<rocksdb::Iterator> iterator =
      database_->NewIterator(Family::kCheckpoints);
  iterator->SeekToLast();
  RETURN_IF_ERROR(FromRocksDb(iterator->status()));
  if (iterator->Valid()) return iterator->value().ToString();
  if (state().tree_size == 0) {
    return absl::NotFoundError("the store is empty");
  }
  return absl::DataLossError("the newest checkpoint is missing");
}

absl::StatusOr<std::vector<uint64_t>> RocksDbLogStore::ReadControlIndices(
    uint64_t tree_size) const {
  std::vector<uint64_t> indices;
  const std::unique_ptr<rocksdb::Iterator> iterator =
      database_->NewIterator(Family::kControl);
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    ASSIGN_OR_RETURN(const uint64_t index,
                     ParseNumberKey(ToView(iterator->key())));
    if (index >= tree_size) break;
    indices.push_back(index);
  }
  RETURN_IF_ERROR(FromRocksDb(iterator->status()));
  return indices;
}

absl::StatusOr<std::string> RocksDbLogStore::ReadSealedPayload(
    uint64_t index) const {
  rocksdb::PinnableSlice value;
  const absl::Status status =
      database_->Get(Family::kSealed, NumberKey(index).view(), &value);
  if (absl::IsNotFound(status)) {
    return absl::NotFoundError(
        absl::StrCat("no sealed payload of index ", index));
  }
  RETURN_IF_ERROR(status);
  return value.ToString();
}

absl::Status RocksDbLogStore::PurgeErased() {
  PendingPurge purge;
  {
    base::MutexLock lock(&commit_mutex_);
    if (!pending_purge_.has_value()) return absl::OkStatus();
    if (database_->options().read_only) {
      return absl::FailedPreconditionError("the store was opened read-only");
    }
    purge = *pending_purge_;
  }
  RETURN_IF_ERROR(PurgeSealed(*database_, purge));
  base::MutexLock lock(&commit_mutex_);
  // Something was erased meanwhile: the next call takes it all.
  if (pending_purge_->stamp != purge.stamp) {
    return absl::UnavailableError("more was erased during a purge");
  }
  RETURN_IF_ERROR(database_->Delete(Family::kMeta, kPurgeKey));
  pending_purge_.reset();
  purge_status_ = absl::OkStatus();
  return absl::OkStatus();
}

absl::Status RocksDbLogStore::WriteReplaced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  const rocksdb::Status status = database_->db()->Write(options, write_.get());
  write_->Clear();
  return FromRocksDb(status);
}

absl::Status RocksDbLogStore::ReplaceSealedPayloads(
    absl::FunctionRef<absl::StatusOr<std::string>(uint64_t index,
                                                  absl::string_view ciphertext)>
        replace) {
  if (database_->options().read_only) {
    return absl::FailedPreconditionError("the store was opened read-only");
  }
  // A payload that is erased meanwhile must not come back.
  base::MutexLock lock(&commit_mutex_);
  const std::unique_ptr<rocksdb::Iterator> iterator =
      database_->NewIterator(Family::kSealed, /*scan=*/true);
  write_->Clear();
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    ASSIGN_OR_RETURN(const uint64_t index,
                     ParseNumberKey(ToView(iterator->key())));
    ASSIGN_OR_RETURN(const std::string replaced,
                     replace(index, ToView(iterator->value())));
    if (replaced == ToView(iterator->value())) continue;
    Put(Family::kSealed, ToView(iterator->key()), replaced);
    MarkForPurge(index);
    if (write_->GetDataSize() >= kReplaceBytes) {
      RETURN_IF_ERROR(WriteReplaced());
    }
  }
  RETURN_IF_ERROR(FromRocksDb(iterator->status()));
  return WriteReplaced();
}

absl::Status RocksDbLogStore::CheckHashIndex() const {
  return hash_index_->CheckRuns();
}

absl::Status RocksDbLogStore::WaitUntilIdle() {
  return hash_index_->WaitUntilIdle();
}

}  // namespace sightline::storage
