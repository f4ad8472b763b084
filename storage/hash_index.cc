#include "storage/hash_index.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/rocksdb_layout.h"
#include "storage/stored_hashes.h"

namespace sightline::storage {
namespace {

// So many runs of a size become one.
constexpr size_t kMergeWidth = 4;
// Full runs that may wait for their file before Append waits, too.
constexpr size_t kMaxWaiting = 1;
// How far ahead of its use a cache line is fetched.
constexpr size_t kAhead = 12;

std::vector<uint64_t> Fingerprints(absl::Span<const crypto::Digest> hashes,
                                   const FingerprintSalt& salt) {
  std::vector<uint64_t> fingerprints;
  fingerprints.reserve(hashes.size());
  for (const crypto::Digest& hash : hashes) {
    fingerprints.push_back(Fingerprint(hash, salt));
  }
  return fingerprints;
}

// Calls prefetch(i) some steps before visit(i), for each i below n.
template <typename Prefetch, typename Visit>
void ForEachPrefetched(size_t n, Prefetch prefetch, Visit visit) {
  for (size_t i = 0; i < std::min(n, kAhead); ++i) prefetch(i);
  for (size_t i = 0; i < n; ++i) {
    if (i + kAhead < n) prefetch(i + kAhead);
    visit(i);
  }
}

// Picks, of the stored runs, the largest that fit together from 0 on. What is
// left over was merged into them by a process that ended before removing it.
std::vector<RunRange> LiveRuns(const std::vector<RunRange>& stored) {
  std::vector<RunRange> live;
  uint64_t position = 0;
  for (size_t i = 0; i < stored.size(); ++i) {
    const bool is_largest =
        i + 1 == stored.size() || stored[i + 1].begin != stored[i].begin;
    if (stored[i].begin != position || !is_largest) continue;
    live.push_back(stored[i]);
    position = stored[i].end;
  }
  return live;
}

}  // namespace

HashIndex::HashIndex(const RocksDbDatabase* database,
                     const FingerprintSalt& salt)
    : database_(database),
      salt_(salt),
      run_entries_(database->options().index_run_entries) {}

HashIndex::~HashIndex() {
  {
    base::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  if (thread_.joinable()) thread_.join();
}

absl::StatusOr<std::unique_ptr<HashIndex>> HashIndex::Open(
    const RocksDbDatabase* database, const FingerprintSalt& salt,
    uint64_t tree_size) {
  std::unique_ptr<HashIndex> index(new HashIndex(database, salt));
  RETURN_IF_ERROR(index->LoadRuns(tree_size));
  if (!database->options().read_only) {
    index->thread_ = std::thread(&HashIndex::RunBackground, index.get());
  }
  RETURN_IF_ERROR(index->Replay(tree_size));
  return index;
}

absl::Status HashIndex::LoadRuns(uint64_t tree_size) {
  ASSIGN_OR_RETURN(const std::vector<RunRange> stored, ListRuns(*database_));
  const std::vector<RunRange> live = LiveRuns(stored);
  auto view = std::make_shared<View>();
  for (const RunRange& range : live) {
    ASSIGN_OR_RETURN(Run run, IndexRun::Load(*database_, range));
    view->runs.push_back(std::move(run));
  }
  for (const RunRange& range : stored) {
    if (database_->options().read_only) break;
    if (std::find(live.begin(), live.end(), range) != live.end()) continue;
    RETURN_IF_ERROR(DeleteRun(*database_, range));
  }
  const uint64_t end = live.empty() ? 0 : live.back().end;
  if (end > tree_size) {
    return absl::DataLossError(
        absl::StrCat("hash index has ", end, " entries, the tree ", tree_size));
  }
  current_ = std::make_shared<RecentHashes>(end, run_entries_, salt_);
  view->recent.push_back(current_);
  base::MutexLock lock(&mutex_);
  view_ = std::move(view);
  return absl::OkStatus();
}

absl::Status HashIndex::Replay(uint64_t tree_size) {
  StoredHashes stored(database_);
  std::vector<crypto::Digest> identities, leaf_hashes;
  uint64_t begin = current_->begin();
  while (begin < tree_size) {
    const uint64_t end =
        std::min(tree_size, BundleBegin(begin) + kBundleEntries);
    RETURN_IF_ERROR(
        stored.ReadRange(HashKind::kIdentity, begin, end, &identities));
    RETURN_IF_ERROR(
        stored.ReadRange(HashKind::kLeaf, begin, end, &leaf_hashes));
    RETURN_IF_ERROR(AwaitRoom());
    Append(identities, leaf_hashes);
    begin = end;
  }
  return absl::OkStatus();
}

absl::Status HashIndex::AwaitRoom() {
  base::MutexLock lock(&mutex_);
  while (status_.ok() && waiting_.size() > kMaxWaiting) {
    changed_.Wait(&mutex_);
  }
  return status_;
}

void HashIndex::Append(absl::Span<const crypto::Digest> identity_hashes,
                       absl::Span<const crypto::Digest> leaf_hashes) {
  while (!identity_hashes.empty()) {
    if (current_->room() == 0) StartRun();
    const size_t n = std::min<size_t>(current_->room(), identity_hashes.size());
    current_->Append(identity_hashes.subspan(0, n), leaf_hashes.subspan(0, n));
    identity_hashes.remove_prefix(n);
    leaf_hashes.remove_prefix(n);
  }
}

void HashIndex::StartRun() {
  auto next =
      std::make_shared<RecentHashes>(current_->end(), run_entries_, salt_);
  {
    base::MutexLock lock(&mutex_);
    auto view = std::make_shared<View>(*view_);
    view->recent.push_back(next);
    view_ = std::move(view);
    if (thread_.joinable()) {
      waiting_.push_back(current_);
      idle_ = false;
    }
  }
  changed_.NotifyAll();
  current_ = std::move(next);
}

std::shared_ptr<const HashIndex::View> HashIndex::view() const {
  base::MutexLock lock(&mutex_);
  return view_;
}

absl::Status HashIndex::Find(HashKind kind,
                             absl::Span<const crypto::Digest> hashes,
                             std::vector<std::optional<uint64_t>>* out) const {
  for (;;) {
    const std::shared_ptr<const View> seen = view();
    const absl::Status status = FindIn(*seen, kind, hashes, out);
    if (!absl::IsNotFound(status)) return status;
    // A run was merged into a larger one while we looked.
    if (view() != seen) continue;
    return absl::DataLossError(absl::StrCat("hash index: ", status.message()));
  }
}

absl::Status HashIndex::FindIn(
    const View& view, HashKind kind, absl::Span<const crypto::Digest> hashes,
    std::vector<std::optional<uint64_t>>* out) const {
  const size_t n = hashes.size();
  out->assign(n, std::nullopt);
  const std::vector<uint64_t> fingerprints = Fingerprints(hashes, salt_);
  for (const std::shared_ptr<const RecentHashes>& recent : view.recent) {
    ForEachPrefetched(
        n, [&](size_t i) { recent->Prefetch(kind, fingerprints[i]); },
        [&](size_t i) {
          if ((*out)[i].has_value()) return;
          (*out)[i] = recent->Find(kind, hashes[i], fingerprints[i]);
        });
  }
  StoredHashes stored(database_);
  std::vector<size_t> maybe;
  std::vector<uint64_t> indices;
  for (const Run& run : view.runs) {
    const HashFilter& filter = run->filter(kind);
    maybe.clear();
    ForEachPrefetched(
        n, [&](size_t i) { filter.Prefetch(fingerprints[i]); },
        [&](size_t i) {
          if (filter.MayHold(fingerprints[i])) maybe.push_back(i);
        });
    for (const size_t i : maybe) {
      if ((*out)[i].has_value()) continue;
      indices.clear();
      RETURN_IF_ERROR(run->Find(*database_, kind, fingerprints[i], &indices));
      for (const uint64_t index : indices) {
        ASSIGN_OR_RETURN(const crypto::Digest hash, stored.Read(kind, index));
        if (hash == hashes[i]) (*out)[i] = index;
      }
    }
  }
  return absl::OkStatus();
}

absl::Status HashIndex::CheckRuns() const {
  const std::shared_ptr<const View> now = view();
  for (const Run& run : now->runs) {
    const absl::Status status = CheckRun(*database_, *run);
    // Merged away meanwhile.
    if (!status.ok() && !absl::IsNotFound(status)) return status;
  }
  return absl::OkStatus();
}

absl::Status HashIndex::WaitUntilIdle() {
  base::MutexLock lock(&mutex_);
  while (!idle_ && status_.ok()) changed_.Wait(&mutex_);
  return status_;
}

std::vector<RunRange> HashIndex::Runs() const {
  std::vector<RunRange> ranges;
  for (const Run& run : view()->runs) ranges.push_back(run->range());
  return ranges;
}

void HashIndex::RunBackground() {
  while (AwaitWork()) {
    const absl::Status status = BackgroundStep();
    if (status.ok() || absl::IsCancelled(status)) continue;
    {
      base::MutexLock lock(&mutex_);
      status_ = base::Annotate(status, "hash index");
    }
    changed_.NotifyAll();
    return;
  }
}

bool HashIndex::AwaitWork() {
  base::MutexLock lock(&mutex_);
  while (!stopping_ && waiting_.empty() &&
         (merges_put_off_ || DueRuns().empty())) {
    idle_ = true;
    changed_.NotifyAll();
    changed_.Wait(&mutex_);
  }
  idle_ = false;
  return !stopping_;
}

absl::Status HashIndex::BackgroundStep() {
  RETURN_IF_ERROR(WriteWaiting());
  return MergeDue();
}

absl::Status HashIndex::WriteWaiting() {
  for (;;) {
    std::shared_ptr<const RecentHashes> full;
    {
      base::MutexLock lock(&mutex_);
      if (stopping_) return absl::CancelledError("closing");
      if (waiting_.empty()) return absl::OkStatus();
      full = waiting_.front();
    }
    ASSIGN_OR_RETURN(Run run, WriteRun(*database_, *full));
    PublishRun(std::move(run));
  }
}

void HashIndex::PublishRun(Run run) {
  {
    base::MutexLock lock(&mutex_);
    auto view = std::make_shared<View>(*view_);
    view->runs.push_back(std::move(run));
    view->recent.erase(view->recent.begin());
    view_ = std::move(view);
    waiting_.pop_front();
    merges_put_off_ = false;
  }
  changed_.NotifyAll();
}

absl::Status HashIndex::MergeDue() {
  std::vector<Run> runs;
  {
    base::MutexLock lock(&mutex_);
    runs = DueRuns();
  }
  if (runs.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool has_room, HasRoomFor(runs));
  if (!has_room) {
    base::MutexLock lock(&mutex_);
    merges_put_off_ = true;
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(
      Run merged, MergeRuns(*database_, runs, [this] { return PauseMerge(); }));
  PublishMerge(runs, std::move(merged));
  // Nobody who starts looking now will ask for the old ones.
  for (const Run& run : runs) {
    RETURN_IF_ERROR(DeleteRun(*database_, run->range()));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> HashIndex::HasRoomFor(absl::Span<const Run> runs) {
  // For either kind of hash a record, and its bits of the filter.
  constexpr uint64_t kBytesPerEntry = 2 * (12 + 2);
  uint64_t entries = 0;
  for (const Run& run : runs) entries += run->size();
  ASSIGN_OR_RETURN(const uint64_t free_bytes, database_->FreeBytes());
  return free_bytes >=
         entries * kBytesPerEntry + database_->options().reserve_bytes;
}

// A new run goes first: whoever appends waits for it, nobody for a merge.
absl::Status HashIndex::PauseMerge() { return WriteWaiting(); }

void HashIndex::PublishMerge(absl::Span<const Run> old_runs, Run run) {
  base::MutexLock lock(&mutex_);
  auto view = std::make_shared<View>(*view_);
  const auto first =
      std::find(view->runs.begin(), view->runs.end(), old_runs.front());
  const auto rest =
      view->runs.erase(first, first + static_cast<ptrdiff_t>(old_runs.size()));
  view->runs.insert(rest, std::move(run));
  view_ = std::move(view);
}

std::vector<HashIndex::Run> HashIndex::DueRuns() const {
  const std::vector<Run>& runs = view_->runs;
  for (size_t i = 0; i + kMergeWidth <= runs.size(); ++i) {
    const auto begin = runs.begin() + static_cast<ptrdiff_t>(i);
    const auto end = begin + static_cast<ptrdiff_t>(kMergeWidth);
    const bool alike = std::all_of(begin, end, [&](const Run& run) {
      return SizeClass(*run) == SizeClass(**begin);
    });
    const uint64_t entries =
        (*(end - 1))->range().end - (*begin)->range().begin;
    if (alike && entries <= kMaxRunEntries) return std::vector<Run>(begin, end);
  }
  return {};
}

int HashIndex::SizeClass(const IndexRun& run) const {
  static_assert(kMergeWidth == 4);
  const uint64_t runs = std::max<uint64_t>(1, run.size() / run_entries_);
  return static_cast<int>(std::bit_width(runs)) / 2;
}

}  // namespace sightline::storage
