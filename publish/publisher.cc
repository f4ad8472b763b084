#include "publish/publisher.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note.h"
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
      integrated_(options.max_watchers),
      cosigned_(options.max_watchers),
      served_(options.max_watchers) {}

absl::StatusOr<std::unique_ptr<Publisher>> Publisher::Create(
    const Options& options, storage::LogStore* store, std::string origin,
    std::vector<checkpoint::NoteSigner> signers, KeyCounts key_counts,
    const std::optional<Cosigning>& cosigning) {
  if (options.max_batches == 0 || options.max_watchers == 0) {
    return absl::InvalidArgumentError("publisher: every limit must be above 0");
  }
  std::unique_ptr<Publisher> publisher(
      new Publisher(options, store, std::move(origin), std::move(signers),
                    std::move(key_counts)));
  RETURN_IF_ERROR(publisher->Begin(cosigning));
  publisher->thread_ = std::thread([p = publisher.get()] { p->Run(); });
  return publisher;
}

absl::Status Publisher::Begin(const std::optional<Cosigning>& cosigning) {
  cosigning_ = cosigning;
  PublishedTree tree;
  ASSIGN_OR_RETURN(const storage::TreeState state, store_->ReadTreeState());
  if (state.tree_size > 0) {
    tree.tree_size = state.tree_size;
    tree.root_hash = state.root_hash;
    ASSIGN_OR_RETURN(tree.checkpoint, store_->ReadNewestCheckpoint());
    integrated_.Set(tree);
  }
  if (!cosigning_.has_value() || cosigning_->witnesses.fail_open) {
    served_.Set(tree);
  }
  if (!cosigning_.has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(TakeUpCosigned());
  cosigner_ = std::make_unique<Cosigner>(
      cosigning_->witnesses, origin_,
      [this](absl::StatusOr<witness::CosignedTree> cosigned) {
        TakeCosigned(std::move(cosigned));
      });
  if (tree.tree_size > 0) {
    cosigner_->Offer({tree.tree_size, tree.root_hash, tree.checkpoint});
  }
  return absl::OkStatus();
}

// What was served before the restart is served again at once, unless witnesses
// are wanted meanwhile that have not cosigned it.
absl::Status Publisher::TakeUpCosigned() {
  const Witnesses& witnesses = cosigning_->witnesses;
  ASSIGN_OR_RETURN(const std::optional<witness::CosignedTree> kept,
                   witnesses.store->Read(origin_));
  if (!kept.has_value() || kept->tree_size == 0) return absl::OkStatus();
  const uint64_t size = integrated_.current()->tree_size;
  const tiles::ProofBuilder tiles(store_);
  absl::StatusOr<merkle::Hash> root = merkle::EmptyRoot();
  if (kept->tree_size <= size) root = tiles.Root(kept->tree_size);
  RETURN_IF_ERROR(root.status());
  if (*root != kept->root_hash) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the newest cosigned tree has ", kept->tree_size,
        " entries, and is not a tree of the data folder, which holds ", size,
        ": the folder is older than what was published, or of another log"));
  }
  ASSIGN_OR_RETURN(const checkpoint::Note note,
                   checkpoint::ParseNote(kept->note));
  if (!witnesses.panel->policy().CheckCosigned(note).ok()) {
    return absl::OkStatus();
  }
  TakeCosigned(*kept);
  return absl::OkStatus();
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

absl::Status Publisher::health() const {
  base::MutexLock lock(&mutex_);
  return health_;
}

PublisherStats Publisher::stats() const {
  return {release_.snapshot(), rounds_without_quorum_};
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
      const absl::Time begin = absl::Now();
      if (status.ok()) status = Verify(*batch);
      if (status.ok()) {
        Release(*batch);
        release_.Observe(absl::Now() - begin);
      } else {
        Stop(status);
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

void Publisher::Stop(const absl::Status& why) {
  base::MutexLock lock(&mutex_);
  if (health_.ok()) health_ = why;
}

void Publisher::Release(const sequencer::IntegratedBatch& batch) {
  if (batch.size() == 0) return;
  const PublishedTree tree{batch.tree.new_size(), batch.tree.root(),
                           batch.checkpoint};
  integrated_.Set(tree);
  if (!cosigning_.has_value() || cosigning_->witnesses.fail_open) {
    served_.Set(tree);
  }
  if (cosigner_ != nullptr) {
    cosigner_->Offer({tree.tree_size, tree.root_hash, tree.checkpoint});
  }
}

// Called by the cosigner's thread, and before it begins.
void Publisher::TakeCosigned(absl::StatusOr<witness::CosignedTree> cosigned) {
  if (!cosigned.ok()) {
    if (absl::IsFailedPrecondition(cosigned.status())) {
      cosigning_->diagnostics->Error("witnesses_disagree",
                                     {{"why", cosigned.status().message()}});
      Stop(cosigned.status());
    } else {
      ++rounds_without_quorum_;
      cosigning_->diagnostics->Warning("no_witness_quorum",
                                       {{"why", cosigned.status().message()}});
    }
    cosigned_.WakeAll();
    return;
  }
  const PublishedTree tree{cosigned->tree_size, cosigned->root_hash,
                           std::move(cosigned->note)};
  // Failing open, readers may have a newer tree by now, and keep it.
  const bool serve = !cosigning_->witnesses.fail_open ||
                     served_.current()->tree_size == tree.tree_size;
  if (serve) served_.SetUnlessOlder(tree);
  cosigned_.Set(tree);
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

void Publisher::Shutdown() {
  {
    base::MutexLock lock(&mutex_);
    closing_ = true;
    changed_.NotifyAll();
  }
  served_.Close();
  if (thread_.joinable()) thread_.join();
  if (cosigner_ != nullptr) cosigner_->Shutdown();
  cosigned_.Close();
  integrated_.Close();
}

}  // namespace sightline::publish
