// Gets the log's trees cosigned, in the background: always the newest one, one
// after the other.
//
// Source:  docs/architecture.md "Life of an entry"; c2sp.org/tlog-witness.
// Threads: thread-safe; one thread of its own, which calls `told`.
// Durable: a tree is told of only after it was stored with its cosignatures.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "witness/cosigned_store.h"
#include "witness/panel.h"
#include "witness/remote_witness.h"

namespace sightline::publish {

// The log's witnesses. Pointers outlive whoever is given it.
struct Witnesses {
  witness::Panel* panel = nullptr;
  witness::CosignedStore* store = nullptr;
  // Whether the served checkpoint may lack the quorum.
  bool fail_open = false;
  // How long one tree is tried before a newer one takes its place, and how long
  // the first one at a start is waited for.
  absl::Duration round = absl::Seconds(10);
  absl::Duration start_limit = absl::Seconds(30);
};

class Cosigner {
 public:
  // A tree with its quorum; kUnavailable: not in this round, the next one has
  // begun; kFailedPrecondition: never, the log has forked or is behind, and
  // nothing more is asked.
  using Told = std::function<void(absl::StatusOr<witness::CosignedTree>)>;

  Cosigner(const Witnesses& witnesses, std::string origin, Told told);
  ~Cosigner();  // Shutdown()
  Cosigner(const Cosigner&) = delete;
  Cosigner& operator=(const Cosigner&) = delete;

  // Makes `tree` the one to be cosigned next. Never blocks on witnesses.
  void Offer(witness::SignedTree tree);

  void Shutdown();

 private:
  void Run();
  absl::StatusOr<witness::CosignedTree> Round(const witness::SignedTree& tree);

  const Witnesses witnesses_;
  const std::string origin_;
  const Told told_;

  base::Mutex mutex_;
  base::CondVar changed_;
  witness::SignedTree newest_ ABSL_GUARDED_BY(mutex_);
  bool wanted_ ABSL_GUARDED_BY(mutex_) = false;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;

  std::thread thread_;
};

}  // namespace sightline::publish
