#include "publish/cosigner.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"

namespace sightline::publish {
namespace {

// After a round that failed at once: our own store, most likely.
constexpr absl::Duration kPause = absl::Milliseconds(200);

}  // namespace

Cosigner::Cosigner(const Witnesses& witnesses, std::string origin, Told told)
    : witnesses_(witnesses),
      origin_(std::move(origin)),
      told_(std::move(told)),
      thread_([this] { Run(); }) {}

Cosigner::~Cosigner() { Shutdown(); }

void Cosigner::Offer(witness::SignedTree tree) {
  base::MutexLock lock(&mutex_);
  newest_ = std::move(tree);
  wanted_ = true;
  changed_.NotifyAll();
}

void Cosigner::Run() {
  while (true) {
    witness::SignedTree tree;
    {
      base::MutexLock lock(&mutex_);
      while (!wanted_ && !closing_) changed_.Wait(&mutex_);
      if (closing_) return;
      tree = newest_;
    }
    auto cosigned = Round(tree);
    const absl::Status status = cosigned.status();
    told_(std::move(cosigned));
    base::MutexLock lock(&mutex_);
    if (absl::IsFailedPrecondition(status)) return;
    if (status.ok() && newest_.tree_size == tree.tree_size) wanted_ = false;
    if (!status.ok() && !closing_) changed_.WaitFor(&mutex_, kPause);
  }
}

absl::StatusOr<witness::CosignedTree> Cosigner::Round(
    const witness::SignedTree& tree) {
  ASSIGN_OR_RETURN(witness::CosignedTree cosigned,
                   witnesses_.panel->Cosign(tree, witnesses_.round));
  ASSIGN_OR_RETURN(const std::optional<witness::CosignedTree> stored,
                   witnesses_.store->Read(origin_));
  RETURN_IF_ERROR(witnesses_.store->Replace(
      origin_, stored.has_value() ? stored->tree_size : 0, cosigned));
  return cosigned;
}

void Cosigner::Shutdown() {
  {
    base::MutexLock lock(&mutex_);
    closing_ = true;
    changed_.NotifyAll();
  }
  if (!thread_.joinable()) return;
  witnesses_.panel->Shutdown();
  thread_.join();
}

}  // namespace sightline::publish
