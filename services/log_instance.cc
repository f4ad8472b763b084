#include "services/log_instance.h"

#include <algorithm>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/log_keys.h"
#include "merkle/hash.h"
#include "publish/recovery.h"
#include "services/record_checks.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/statement_codec.h"
#include "tiles/proof_builder.h"
#include "witness/panel.h"
#include "witness/rollback_guard.h"

namespace sightline::services {
namespace {

absl::StatusOr<std::string> ReadOne(const storage::LogStore& store,
                                    uint64_t index) {
  std::string bytes;
  RETURN_IF_ERROR(store.ReadEntries(index, index + 1,
                                    [&](uint64_t, absl::string_view entry) {
                                      bytes = std::string(entry);
                                      return true;
                                    }));
  return bytes;
}

// A damaged entry must not decide who may write.
absl::StatusOr<std::string> ReadChecked(const storage::LogStore& store,
                                        const tiles::ProofBuilder& tiles,
                                        uint64_t index) {
  ASSIGN_OR_RETURN(std::string entry, ReadOne(store, index));
  ASSIGN_OR_RETURN(const merkle::Hash stored, tiles.LeafHash(index));
  if (merkle::LeafHash(entry) != stored) {
    return absl::DataLossError(absl::StrCat(
        "control entry ", index, " does not hash to what its tile holds"));
  }
  return entry;
}

// Whatever is wrong with our own entries is damage.
absl::Status Damage(const absl::Status& status, uint64_t index) {
  if (status.ok()) return status;
  return absl::DataLossError(
      absl::StrCat("control entry ", index, ": ", status.message()));
}

bool Counts(const v1::LogKey& key, absl::string_view vkey, uint64_t tree_size) {
  return key.vkey() == vkey && key.first_size() <= tree_size &&
         (key.end_size() == 0 || tree_size < key.end_size());
}

}  // namespace

absl::StatusOr<std::string> LogInstance::PublishedEntries::ReadEntry(
    uint64_t index) const {
  const uint64_t size = publisher_->integrated()->tree_size;
  if (index >= size) {
    return absl::OutOfRangeError(absl::StrCat(
        "entry ", index, " is beyond the published tree of ", size));
  }
  return ReadOne(*store_, index);
}

LogInstance::LogInstance(LogParts parts)
    : store_(parts.store),
      view_store_(parts.views),
      stored_nodes_(store_),
      nodes_(&stored_nodes_),
      clock_(parts.clock),
      sealer_(parts.sealer),
      witnesses_(parts.witnesses),
      diagnostics_(parts.diagnostics),
      signers_(std::move(parts.signers)),
      published_entries_(store_) {}

LogInstance::~LogInstance() { Shutdown(); }

absl::StatusOr<std::unique_ptr<LogInstance>> LogInstance::Open(
    const LogOptions& options, LogParts parts) {
  const v1::SignedStatement* const genesis = parts.genesis;
  std::unique_ptr<LogInstance> log(new LogInstance(std::move(parts)));
  ASSIGN_OR_RETURN(log->opened_, log->store_->ReadTreeState());
  RETURN_IF_ERROR(log->ReadGenesis(genesis));
  log->admission_ = std::make_unique<admission::Admission>(
      admission::Options{log->origin_, options.quota}, log->clock_,
      &log->published_entries_, log->sealer_);
  RETURN_IF_ERROR(log->Replay());
  RETURN_IF_ERROR(log->CheckStore());
  RETURN_IF_ERROR(CheckRecords(*log->store_));
  RETURN_IF_ERROR(log->CheckWitnesses());
  RETURN_IF_ERROR(log->StartPipeline(options));
  if (log->opened_.tree_size == 0) RETURN_IF_ERROR(log->LogGenesis());
  RETURN_IF_ERROR(log->AwaitServed());
  return log;
}

// Takes entry 0, or `given` when there is none yet, and learns the origin.
absl::Status LogInstance::ReadGenesis(const v1::SignedStatement* given) {
  if (opened_.tree_size == 0) {
    if (given == nullptr) {
      return absl::FailedPreconditionError(
          "the store is empty and there is no genesis statement to begin the "
          "log with");
    }
    genesis_ = *given;
  } else {
    const tiles::ProofBuilder tiles(store_);
    ASSIGN_OR_RETURN(const std::string bytes, ReadChecked(*store_, tiles, 0));
    absl::StatusOr<v1::Entry> entry = statement::ParseEntry(bytes);
    if (!entry.ok()) return Damage(entry.status(), 0);
    genesis_ = std::move(*entry->mutable_statement());
    if (given != nullptr &&
        statement::IdentityHash(*given) != statement::IdentityHash(genesis_)) {
      return absl::FailedPreconditionError(
          "the genesis statement is not that of the log in this store");
    }
  }
  ASSIGN_OR_RETURN(genesis_statement_,
                   statement::ParseStatement(genesis_.payload()));
  if (!genesis_statement_.has_genesis()) {
    return absl::InvalidArgumentError("not a genesis statement");
  }
  origin_ = genesis_statement_.genesis().origin();
  return absl::OkStatus();
}

absl::Status LogInstance::Replay() {
  const tiles::ProofBuilder tiles(store_);
  ASSIGN_OR_RETURN(const std::vector<uint64_t> indices,
                   store_->ReadControlIndices(opened_.tree_size));
  if (opened_.tree_size > 0 && (indices.empty() || indices.front() != 0)) {
    return absl::DataLossError("the list of control entries lacks entry 0");
  }
  for (const uint64_t index : indices) {
    ASSIGN_OR_RETURN(const std::string entry,
                     ReadChecked(*store_, tiles, index));
    RETURN_IF_ERROR(Damage(admission_->Replay(index, entry), index));
  }
  return absl::OkStatus();
}

absl::Status LogInstance::CheckStore() const {
  checkpoint::LogKeySet keys(origin_);
  for (const v1::LogKey& key : LogKeys(opened_.tree_size)) {
    RETURN_IF_ERROR(keys.Add(
        key.vkey(), key.first_size(),
        key.end_size() == 0 ? checkpoint::LogKeySet::kNoEnd : key.end_size()));
  }
  return publish::CheckRightEdge(*store_, keys);
}

// Before anything is signed that others could hold against us.
absl::Status LogInstance::CheckWitnesses() const {
  if (witnesses_ == nullptr) return absl::OkStatus();
  const auto& logs = witnesses_->panel->policy().logs();
  if (!logs.empty() &&
      std::none_of(logs.begin(), logs.end(), [this](const auto& log) {
        return log.verifier.name() == origin_;
      })) {
    return absl::InvalidArgumentError(
        absl::StrCat("the witness policy is for other logs than ", origin_));
  }
  ASSIGN_OR_RETURN(const witness::SignedTree tree, WhereItStands());
  const absl::Status status =
      witness::CheckNotBehind(witnesses_->panel, tree, witnesses_->start_limit);
  if (!absl::IsUnavailable(status) || !witnesses_->fail_open) return status;
  diagnostics_->Warning("rollback_guard_unanswered",
                        {{"why", status.message()}});
  return absl::OkStatus();
}

// Its newest checkpoint; of an empty store one of the empty tree, which every
// tree continues: a witness that has cosigned more will say so.
absl::StatusOr<witness::SignedTree> LogInstance::WhereItStands() const {
  witness::SignedTree tree;
  tree.tree_size = opened_.tree_size;
  tree.root_hash = opened_.root_hash;
  if (tree.tree_size > 0) {
    ASSIGN_OR_RETURN(tree.note, store_->ReadNewestCheckpoint());
    return tree;
  }
  tree.root_hash = merkle::EmptyRoot();
  checkpoint::Checkpoint empty;
  empty.origin = origin_;
  empty.root_hash = tree.root_hash;
  std::vector<checkpoint::NoteSigner> counting;
  for (const checkpoint::NoteSigner& signer : signers_) {
    if (KeyCounts(signer, 1)) counting.push_back(signer);
  }
  if (counting.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "none of the ", signers_.size(),
        " log keys given counts for the first tree of the log ", origin_));
  }
  ASSIGN_OR_RETURN(tree.note, checkpoint::SignCheckpoint(empty, counting));
  return tree;
}

// Failing closed, there is nothing to serve before the first quorum.
absl::Status LogInstance::AwaitServed() {
  if (witnesses_ == nullptr || witnesses_->fail_open) return absl::OkStatus();
  // Shared with the wake-up, which may come late.
  const auto served = std::make_shared<std::promise<void>>();
  ASSIGN_OR_RETURN(const uint64_t handle,
                   publisher_->Watch(1, [served] { served->set_value(); }));
  served->get_future().wait_for(
      absl::ToChronoMilliseconds(witnesses_->start_limit));
  publisher_->StopWatching(handle);
  RETURN_IF_ERROR(health());
  if (publisher_->current()->tree_size > 0) return absl::OkStatus();
  return absl::UnavailableError(
      "no checkpoint has the witness quorum, so there is nothing to serve; "
      "start again when enough witnesses answer, or let the log fail open");
}

absl::Status LogInstance::StartPipeline(const LogOptions& options) {
  const uint64_t next_size = opened_.tree_size + 1;
  if (std::none_of(signers_.begin(), signers_.end(),
                   [&](const checkpoint::NoteSigner& signer) {
                     return KeyCounts(signer, next_size);
                   })) {
    return absl::FailedPreconditionError(
        absl::StrCat("none of the ", signers_.size(),
                     " log keys given counts for tree size ", next_size,
                     " of the log ", origin_));
  }
  std::optional<publish::Publisher::Cosigning> cosigning;
  if (witnesses_ != nullptr) cosigning = {*witnesses_, diagnostics_};
  ASSIGN_OR_RETURN(
      publisher_,
      publish::Publisher::Create(
          options.publisher, store_, origin_, std::move(signers_),
          [this](const checkpoint::NoteSigner& key, uint64_t tree_size) {
            return KeyCounts(key, tree_size);
          },
          cosigning));
  published_entries_.set_publisher(publisher_.get());
  ASSIGN_OR_RETURN(sequencer_, sequencer::Sequencer::Create(
                                   options.sequencer, store_, admission_.get(),
                                   &encoder_, publisher_.get()));
  return absl::OkStatus();
}

absl::Status LogInstance::LogGenesis() {
  ASSIGN_OR_RETURN(admission::AdmittedEntry entry,
                   admission_->AdmitGenesis(genesis_));
  std::promise<absl::Status> logged;
  RETURN_IF_ERROR(sequencer_->Submit(
      std::move(entry), [&logged](absl::StatusOr<sequencer::Placement> placed) {
        logged.set_value(placed.status());
      }));
  return logged.get_future().get();
}

// Before the genesis entry is logged, its statement says which keys count.
std::vector<v1::LogKey> LogInstance::LogKeys(uint64_t tree_size) const {
  std::vector<v1::LogKey> keys;
  admission_->ReadRegistry([&](const statement::Registry& registry) {
    keys = registry.LogKeys(tree_size);
  });
  if (!keys.empty()) return keys;
  const v1::Genesis& genesis = genesis_statement_.genesis();
  return {genesis.log_keys().begin(), genesis.log_keys().end()};
}

bool LogInstance::KeyCounts(const checkpoint::NoteSigner& key,
                            uint64_t tree_size) const {
  const std::string vkey = key.vkey();
  const std::vector<v1::LogKey> keys = LogKeys(tree_size);
  return std::any_of(keys.begin(), keys.end(), [&](const v1::LogKey& counting) {
    return Counts(counting, vkey, tree_size);
  });
}

absl::Status LogInstance::health() const {
  RETURN_IF_ERROR(sequencer_->health());
  return publisher_->health();
}

void LogInstance::Shutdown() {
  if (sequencer_ != nullptr) sequencer_->Shutdown();
  if (publisher_ != nullptr) publisher_->Shutdown();
}

}  // namespace sightline::services
