#include "publish/publisher.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "merkle/hash.h"
#include "tiles/proof_builder.h"

namespace sightline::publish {

Publisher::Publisher(const Options& options, storage::LogStore* store,
                     std::string origin,
                     std::vector<checkpoint::NoteSigner> signers,
                     KeyCounts key_counts)
    : options_(options),
      store_(store),
      origin_(std::move(origin)),
      signers_(std::move(signers)),
      key_counts_(std::move(key_counts)),
      current_(std::make_shared<PublishedTree>()) {}

absl::StatusOr<std::unique_ptr<Publisher>> Publisher::Create(
    const Options& options, storage::LogStore* store, std::string origin,
    std::vector<checkpoint::NoteSigner> signers, KeyCounts key_counts) {
  if (options.max_batches == 0 || options.max_watchers == 0) {
    return absl::InvalidArgumentError("publisher: every limit must be above 0");
  }
  std::unique_ptr<Publisher> publisher(
      new Publisher(options, store, std::move(origin), std::move(signers),
                    std::move(key_counts)));
  ASSIGN_OR_RETURN(const storage::TreeState state, store->ReadTreeState());
  if (state.tree_size > 0) {
    ASSIGN_OR_RETURN(std::string note, store->ReadNewestCheckpoint());
    base::MutexLock lock(&publisher->mutex_);
    publisher->current_ = std::make_shared<PublishedTree>(
        PublishedTree{state.tree_size, state.root_hash, std::move(note)});
  }
  publisher->thread_ = std::thread([p = publisher.get()] { p->Run(); });
  return publisher;
}

Publisher::~Publisher() { Shutdown(); }

absl::StatusOr<std::string> Publisher::Sign(uint64_t tree_size,
                                            const crypto::Digest& root) {
  RETURN_IF_ERROR(health());
  std::vector<checkpoint::NoteSigner> counting;
  for (const checkpoint::NoteSigner& signer : signers_) {
    if (key_counts_(signer, tree_size)) counting.push_back(signer);
  }
  if (counting.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("no log key at hand counts for tree size ", tree_size,
                     "; add the key that the log's entries name for it"));
  }
  checkpoint::Checkpoint tree;
  tree.origin = origin_;
  tree.tree_size = tree_size;
  tree.root_hash = root;
  return checkpoint::SignCheckpoint(tree, counting);
}

void Publisher::Publish(std::shared_ptr<sequencer::IntegratedBatch> batch) {
  base::MutexLock lock(&mutex_);
  while (queue_.size() >= options_.max_batches) changed_.Wait(&mutex_);
  queue_.push_back(std::move(batch));
  changed_.NotifyAll();
}

std::shared_ptr<const PublishedTree> Publisher::current() const {
  base::MutexLock lock(&mutex_);
  return current_;
}

absl::Status Publisher::health() const {
  base::MutexLock lock(&mutex_);
  return health_;
}

void Publisher::Run() {
  while (true) {
    std::vector<std::shared_ptr<sequencer::IntegratedBatch>> batches;
    absl::Status status;
    {
      base::MutexLock lock(&mutex_);
      while (queue_.empty() && !closing_) changed_.Wait(&mutex_);
      if (queue_.empty()) return;
      batches.swap(queue_);
      status = health_;
      changed_.NotifyAll();
    }
    for (auto& batch : batches) {
      if (status.ok()) status = Verify(*batch);
      if (status.ok()) {
        Release(*batch);
      } else {
        base::MutexLock lock(&mutex_);
        if (health_.ok()) health_ = status;
      }
      Tell(std::move(batch), status);
    }
  }
}

// Reads the batch back and hashes it again: what is vouched for is what the store
// will serve, not what was in memory.
absl::Status Publisher::Verify(const sequencer::IntegratedBatch& batch) const {
  if (batch.size() == 0) return absl::OkStatus();
  absl::Status wrong;
  uint64_t seen = 0;
  const uint64_t end = batch.first_index + batch.size();
  RETURN_IF_ERROR(store_->ReadEntries(
      batch.first_index, end, [&](uint64_t index, absl::string_view entry) {
        if (merkle::LeafHash(entry) !=
            batch.leaf_hashes[index - batch.first_index]) {
          wrong = absl::DataLossError(absl::StrCat(
              "entry ", index, " does not read back as it was hashed"));
          return false;
        }
        ++seen;
        return true;
      }));
  RETURN_IF_ERROR(wrong);
  if (seen != batch.size()) {
    return absl::DataLossError(absl::StrCat("read back ", seen, " of ",
                                            batch.size(), " entries from ",
                                            batch.first_index));
  }
  const tiles::ProofBuilder tiles(store_);
  ASSIGN_OR_RETURN(const merkle::Hash root, tiles.Root(end));
  if (root != batch.tree.root()) {
    return absl::DataLossError(
        absl::StrCat("the stored tiles of size ", end,
                     " give another root than was signed"));
  }
  ASSIGN_OR_RETURN(const std::string note,
                   store_->ReadCheckpointCovering(end - 1));
  if (note != batch.checkpoint) {
    return absl::DataLossError(
        absl::StrCat("the checkpoint of size ", end,
                     " does not read back as it was signed"));
  }
  return absl::OkStatus();
}

void Publisher::Release(const sequencer::IntegratedBatch& batch) {
  if (batch.size() == 0) return;
  auto tree = std::make_shared<PublishedTree>(PublishedTree{
      batch.tree.new_size(), batch.tree.root(), batch.checkpoint});
  std::vector<std::function<void()>> wake;
  {
    base::MutexLock lock(&mutex_);
    const auto end = watchers_.upper_bound(tree->tree_size);
    for (auto it = watchers_.begin(); it != end; ++it) {
      wake.push_back(std::move(it->second.second));
    }
    watchers_.erase(watchers_.begin(), end);
    current_ = std::move(tree);
  }
  for (const auto& call : wake) call();
}

void Publisher::Tell(std::shared_ptr<sequencer::IntegratedBatch> batch,
                     const absl::Status& status) {
  std::vector<sequencer::Waiting> waiting = std::move(batch->waiting);
  batch->waiting.clear();
  const std::shared_ptr<const sequencer::IntegratedBatch> done =
      std::move(batch);
  for (sequencer::Waiting& one : waiting) {
    if (!status.ok()) {
      one.done(status);
      continue;
    }
    one.done(sequencer::Placement{one.index, one.duplicate,
                                  done->Holds(one.index) ? done : nullptr});
  }
}

absl::StatusOr<uint64_t> Publisher::Watch(uint64_t tree_size,
                                          std::function<void()> wake) {
  {
    base::MutexLock lock(&mutex_);
    if (!closing_ && current_->tree_size < tree_size) {
      if (watchers_.size() >= options_.max_watchers) {
        return absl::ResourceExhaustedError("too many readers are waiting");
      }
      const uint64_t handle = next_handle_++;
      watchers_.emplace(tree_size, std::make_pair(handle, std::move(wake)));
      return handle;
    }
  }
  wake();
  return 0;
}

void Publisher::StopWatching(uint64_t handle) {
  base::MutexLock lock(&mutex_);
  for (auto it = watchers_.begin(); it != watchers_.end(); ++it) {
    if (it->second.first == handle) {
      watchers_.erase(it);
      return;
    }
  }
}

void Publisher::Shutdown() {
  std::vector<std::function<void()>> wake;
  {
    base::MutexLock lock(&mutex_);
    closing_ = true;
    for (auto& watcher : watchers_) {
      wake.push_back(std::move(watcher.second.second));
    }
    watchers_.clear();
    changed_.NotifyAll();
  }
  for (const auto& call : wake) call();
  if (thread_.joinable()) thread_.join();
}

}  // namespace sightline::publish
