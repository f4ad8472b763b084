#include "sequencer/sequencer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "merkle/hash.h"
#include "statement/violations.h"
#include "tiles/proof_builder.h"

namespace sightline::sequencer {
namespace {

constexpr size_t kMaxEntryBytes = 65535;

// Submitters are told no more than this of what befell the store: its own
// statuses name the folders and files of the server.
constexpr absl::string_view kUnknownOutcome =
    "the write may or may not have happened; submit the same statement again "
    "after the restart";
constexpr absl::string_view kStopped =
    "the log has stopped writing; submit the same statement again after the "
    "restart";
constexpr absl::string_view kDiskFull =
    "the disk of the log is full and nothing was logged; submit the same "
    "statement again later";

// For the operator.
absl::Status UnknownOutcome(const absl::Status& cause) {
  return absl::InternalError(
      absl::StrCat("the write may or may not have happened (", cause.message(),
                   "); start again on a disk that works"));
}

// For submitters.
absl::Status Stopped(const absl::Status& health) {
  return absl::Status(health.code(), kStopped);
}

bool NothingWasWritten(const absl::Status& status) {
  return absl::IsResourceExhausted(status);
}

}  // namespace

absl::Status Options::Validate() const {
  if (max_batch == 0 || enough == 0 || max_waiting == 0 ||
      max_waiting_bytes == 0 || max_feeds_cached == 0) {
    return absl::InvalidArgumentError("sequencer: every limit must be above 0");
  }
  return absl::OkStatus();
}

Sequencer::Sequencer(const Options& options, storage::LogStore* store,
                     admission::Gate* gate, const EntryEncoder* encoder,
                     BatchSink* sink)
    : options_(options),
      store_(store),
      gate_(gate),
      encoder_(encoder),
      sink_(sink) {}

absl::StatusOr<std::unique_ptr<Sequencer>> Sequencer::Create(
    const Options& options, storage::LogStore* store, admission::Gate* gate,
    const EntryEncoder* encoder, BatchSink* sink) {
  RETURN_IF_ERROR(options.Validate());
  std::unique_ptr<Sequencer> sequencer(
      new Sequencer(options, store, gate, encoder, sink));
  RETURN_IF_ERROR(sequencer->Load());
  sequencer->thread_ = std::thread([s = sequencer.get()] { s->Run(); });
  return sequencer;
}

Sequencer::~Sequencer() { Shutdown(); }

absl::Status Sequencer::Load() {
  ASSIGN_OR_RETURN(const storage::TreeState state, store_->ReadTreeState());
  const tiles::ProofBuilder proofs(store_);
  ASSIGN_OR_RETURN(range_, proofs.Range(state.tree_size));
  if (state.tree_size > 0 && range_.Root() != state.root_hash) {
    return absl::DataLossError(absl::StrCat(
        "the tiles of ", state.tree_size,
        " entries give another root than the one stored with them"));
  }
  ASSIGN_OR_RETURN(tiles_,
                   tiles::TileBuilder::Create(state.tree_size, *store_));
  last_admitted_unix_ms_ = state.last_admitted_unix_ms;
  return absl::OkStatus();
}

absl::Status Sequencer::Submit(admission::AdmittedEntry&& entry,
                               Completion&& done) {
  const size_t bytes = entry.size_bytes();
  base::MutexLock lock(&mutex_);
  if (!health_.ok()) return Stopped(health_);
  if (closing_) return absl::UnavailableError("the log is shutting down");
  if (waiting_.size() >= options_.max_waiting ||
      waiting_bytes_ + bytes > options_.max_waiting_bytes) {
    ++refused_;
    return absl::UnavailableError("too many statements are waiting; try again");
  }
  waiting_bytes_ += bytes;
  waiting_.push_back(Item{std::move(entry), std::move(done)});
  if (!Gathers()) wake_.NotifyOne();
  return absl::OkStatus();
}

Sequencer::Announcement Sequencer::Announce() {
  base::MutexLock lock(&mutex_);
  ++announced_;
  return Announcement(this);
}

void Sequencer::Withdrawn() {
  base::MutexLock lock(&mutex_);
  --announced_;
  if (!waiting_.empty() && !Gathers()) wake_.NotifyOne();
}

bool Sequencer::Gathers() const {
  return announced_ > 0 && !closing_ && waiting_.size() < options_.enough &&
         waiting_.size() < options_.max_waiting &&
         waiting_bytes_ < options_.max_waiting_bytes / 2;
}

void Sequencer::Shutdown() {
  {
    base::MutexLock lock(&mutex_);
    closing_ = true;
    wake_.NotifyOne();
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status Sequencer::health() const {
  base::MutexLock lock(&mutex_);
  return health_;
}

absl::Status Sequencer::refusing() const {
  base::MutexLock lock(&mutex_);
  return refusing_;
}

void Sequencer::SetRefusing(absl::Status why) {
  base::MutexLock lock(&mutex_);
  refusing_ = std::move(why);
}

void Sequencer::Run() {
  while (true) {
    std::vector<Item> items = TakeBatch();
    if (items.empty()) return;
    Process(std::move(items));
  }
}

// Up to max_batch waiting items, ending after the first control entry. Empty: the
// sequencer is closing and nothing waits.
std::vector<Sequencer::Item> Sequencer::TakeBatch() {
  base::MutexLock lock(&mutex_);
  while ((waiting_.empty() && !closing_) || Gathers()) wake_.Wait(&mutex_);
  size_t count = 0;
  while (count < waiting_.size() && count < options_.max_batch) {
    if (waiting_[count++].entry.control()) break;
  }
  std::vector<Item> items;
  if (count == waiting_.size()) {
    items.swap(waiting_);
  } else {
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
    items.assign(std::make_move_iterator(waiting_.begin()),
                 std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
  }
  for (const Item& item : items) waiting_bytes_ -= item.entry.size_bytes();
  return items;
}

void Sequencer::Process(std::vector<Item> items) {
  absl::Status status = health();
  status = status.ok() ? FindDuplicates(items) : Stopped(status);
  if (!status.ok()) {
    for (Item& item : items) item.done(status);
    return;
  }
  Draft draft;
  draft.last_admitted_unix_ms = last_admitted_unix_ms_;
  draft.batch = std::make_shared<IntegratedBatch>();
  draft.batch->first_index = range_.size();
  draft.batch->waiting.reserve(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    const absl::Status staged = Stage(&items[i], i, &draft);
    if (!staged.ok()) items[i].done(staged);
  }
  if (draft.batch->size() > 0) {
    status = Commit(&draft);
    if (!status.ok()) {
      for (Waiting& waiting : draft.batch->waiting) waiting.done(status);
      return;
    }
  }
  duplicates_ += draft.batch->waiting.size() - draft.batch->size();
  if (!draft.batch->waiting.empty()) sink_->Publish(std::move(draft.batch));
}

absl::Status Sequencer::FindDuplicates(const std::vector<Item>& items) {
  lookup_.clear();
  for (const Item& item : items) lookup_.push_back(item.entry.identity_hash());
  const absl::Status status = store_->FindByIdentity(lookup_, &found_);
  if (absl::IsDataLoss(status)) Stop(status);
  return status;
}

// Gives one item its index, or makes it a duplicate. On failure the draft is as
// before and the caller tells the item.
absl::Status Sequencer::Stage(Item* item, size_t position, Draft* draft) {
  IntegratedBatch& batch = *draft->batch;
  if (found_[position].has_value()) {
    batch.waiting.push_back({*found_[position], true, std::move(item->done)});
    return absl::OkStatus();
  }
  const uint64_t index = batch.first_index + batch.size();
  const crypto::Digest identity = item->entry.identity_hash();
  const auto [twin, inserted] = draft->in_batch.try_emplace(identity, index);
  if (!inserted) {
    batch.waiting.push_back({twin->second, true, std::move(item->done)});
    return absl::OkStatus();
  }
  const absl::Status placed = Place(&item->entry, index, draft);
  if (!placed.ok()) {
    draft->in_batch.erase(identity);
    return placed;
  }
  batch.waiting.push_back({index, false, std::move(item->done)});
  return absl::OkStatus();
}

absl::Status Sequencer::Place(admission::AdmittedEntry* entry, uint64_t index,
                              Draft* draft) {
  const int64_t admitted_ms =
      std::max(entry->admitted_unix_ms(), draft->last_admitted_unix_ms);
  const bool moved = admitted_ms != entry->admitted_unix_ms();
  if (entry->control() || entry->registry_version() != gate_->version() ||
      (moved && entry->governed())) {
    RETURN_IF_ERROR(gate_->Recheck(index, admitted_ms, entry));
  }
  ASSIGN_OR_RETURN(storage::FeedHead* const feed,
                   FeedFor(entry->feed(), draft));
  RETURN_IF_ERROR(Encode(*entry, *feed, admitted_ms, draft->batch.get()));
  draft->last_admitted_unix_ms = admitted_ms;
  draft->identities.push_back(entry->identity_hash());
  ++feed->ordinal;
  feed->last_index = index;
  if (!entry->sealed_payload().empty()) {
    draft->sealed.push_back({index, std::string(entry->sealed_payload())});
  }
  if (entry->erases().has_value()) draft->erased.push_back(*entry->erases());
  if (entry->control()) draft->control.push_back(index);
  return absl::OkStatus();
}

// Appends the entry's leaf data, length first, and its leaf hash to the batch.
absl::Status Sequencer::Encode(const admission::AdmittedEntry& entry,
                               const storage::FeedHead& feed,
                               int64_t admitted_unix_ms,
                               IntegratedBatch* batch) const {
  std::string& out = batch->entries;
  const size_t begin = out.size();
  out.append(2, '\0');
  encoder_->Append(admitted_unix_ms, entry, {feed.ordinal + 1, feed.last_index},
                   &out);
  const size_t length = out.size() - begin - 2;
  if (length > kMaxEntryBytes) {
    out.resize(begin);
    statement::Violations violations;
    violations.Add("statement",
                   absl::StrCat("an entry of ", length, " bytes, want at most ",
                                kMaxEntryBytes));
    return violations.ToStatus();
  }
  out[begin] = static_cast<char>(length >> 8);
  out[begin + 1] = static_cast<char>(length & 0xff);
  batch->ends.push_back(static_cast<uint32_t>(out.size()));
  batch->leaf_hashes.push_back(
      merkle::LeafHash(absl::string_view(out).substr(begin + 2)));
  return absl::OkStatus();
}

// The draft's copy of a feed's head: from this batch, from memory, or from the
// store; a feed without entries has ordinal 0. The pointer is valid until the next
// call.
absl::StatusOr<storage::FeedHead*> Sequencer::FeedFor(absl::string_view feed,
                                                      Draft* draft) {
  const auto [slot, inserted] =
      draft->feed_slots.try_emplace(feed, draft->feeds.size());
  if (!inserted) return &draft->feeds[slot->second];
  const auto cached = feed_heads_.find(feed);
  if (cached != feed_heads_.end()) {
    draft->feeds.push_back(cached->second);
    return &draft->feeds.back();
  }
  absl::StatusOr<storage::FeedHead> stored = store_->ReadFeedHead(feed);
  if (absl::IsNotFound(stored.status())) {
    stored = storage::FeedHead{std::string(feed), 0, 0};
  }
  if (!stored.ok()) {
    draft->feed_slots.erase(slot);
    return stored.status();
  }
  draft->feeds.push_back(*std::move(stored));
  return &draft->feeds.back();
}

absl::Status Sequencer::Commit(Draft* draft) {
  IntegratedBatch& batch = *draft->batch;
  batch.tree.Reset(range_, batch.leaf_hashes);
  ASSIGN_OR_RETURN(const absl::Span<const tiles::StoredTile> changed,
                   tiles_.Build(batch.tree));
  ASSIGN_OR_RETURN(batch.checkpoint,
                   sink_->Sign(batch.tree.new_size(), batch.tree.root()));
  // A feed that only a refused entry asked for has not changed.
  draft->feeds.erase(std::remove_if(draft->feeds.begin(), draft->feeds.end(),
                                    [&batch](const storage::FeedHead& head) {
                                      return head.ordinal == 0 ||
                                             head.last_index <
                                                 batch.first_index;
                                    }),
                     draft->feeds.end());
  storage::Batch write;
  write.expected_tree_size = batch.first_index;
  write.entries = batch.entries;
  write.entry_ends = batch.ends;
  write.leaf_hashes = batch.leaf_hashes;
  write.identity_hashes = draft->identities;
  write.tiles = changed;
  write.feeds = draft->feeds;
  write.sealed = draft->sealed;
  write.erased = draft->erased;
  write.control_indices = draft->control;
  write.state = {batch.tree.new_size(), batch.tree.root(),
                 draft->last_admitted_unix_ms};
  write.checkpoint = batch.checkpoint;
  const absl::Status status = Write(write);
  if (!status.ok() && !NothingWasWritten(status)) {
    Stop(UnknownOutcome(status));
    return absl::InternalError(kUnknownOutcome);
  }
  SetRefusing(status);
  if (!status.ok()) return absl::UnavailableError(kDiskFull);
  Adopt(draft);
  return absl::OkStatus();
}

// The draft is durable: it becomes the state that the next batch starts from.
absl::Status Sequencer::Write(const storage::Batch& batch) {
  const absl::Time begin = absl::Now();
  const absl::Status status = store_->Commit(batch);
  commit_.Observe(absl::Now() - begin);
  if (!status.ok()) {
    ++failed_commits_;
    return status;
  }
  ++batches_;
  entries_ += batch.entry_ends.size();
  return absl::OkStatus();
}

SequencerStats Sequencer::stats() const {
  SequencerStats out;
  out.batches = batches_;
  out.entries = entries_;
  out.duplicates = duplicates_;
  out.failed_commits = failed_commits_;
  out.commit = commit_.snapshot();
  base::MutexLock lock(&mutex_);
  out.waiting = waiting_.size();
  out.waiting_bytes = waiting_bytes_;
  out.refused = refused_;
  return out;
}

void Sequencer::Adopt(Draft* draft) {
  const IntegratedBatch& batch = *draft->batch;
  tiles_.Commit();
  range_ = batch.tree.range();
  last_admitted_unix_ms_ = draft->last_admitted_unix_ms;
  if (feed_heads_.size() + draft->feeds.size() > options_.max_feeds_cached) {
    feed_heads_.clear();
  }
  for (storage::FeedHead& head : draft->feeds) {
    feed_heads_.insert_or_assign(head.feed, std::move(head));
  }
  for (const uint64_t index : draft->control) {
    const absl::Status status = gate_->Integrated(index, batch.Entry(index));
    // The gate let it pass and it is logged; not understanding it now means that
    // what follows cannot be judged.
    if (!status.ok()) Stop(base::Annotate(status, "control entry"));
  }
}

void Sequencer::Stop(absl::Status why) {
  base::MutexLock lock(&mutex_);
  if (health_.ok()) health_ = std::move(why);
}

}  // namespace sightline::sequencer
