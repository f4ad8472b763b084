// The witnesses of a policy, asked all at once until enough have cosigned.
//
// Source:  c2sp.org/tlog-policy, c2sp.org/tlog-witness.
// Errors:  Create: kInvalidArgument: the quorum cannot be reached by the
//          witnesses that have a URL and a key that can be verified here.
// Threads: thread-safe; one thread for each witness. One round at a time.
// Cost:    Cosign: about the time of the slowest witness of the fastest quorum.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "checkpoint/policy.h"
#include "telemetry/diagnostics.h"
#include "witness/backoff.h"
#include "witness/consistency_source.h"
#include "witness/cosigned_store.h"
#include "witness/remote_witness.h"
#include "witness/transport.h"

namespace sightline::witness {

class Panel {
 public:
  struct Options {
    absl::Duration request_timeout = absl::Seconds(5);
    // After the quorum, how long others that are being asked may still answer:
    // readers may have stricter policies than ours.
    absl::Duration linger = absl::Milliseconds(20);
    Backoff::Options backoff;
  };

  // Pointers outlive the panel.
  static absl::StatusOr<std::unique_ptr<Panel>> Create(
      const Options& options, checkpoint::Policy policy, Transport* transport,
      const ConsistencySource* proofs, const base::Clock* clock,
      telemetry::Diagnostics* diagnostics);

  ~Panel();  // Shutdown()
  Panel(const Panel&) = delete;
  Panel& operator=(const Panel&) = delete;

  // Asks everybody, those that fail again and again, until the quorum holds.
  // kUnavailable: it did not within `limit`. kFailedPrecondition: it never will
  // for this tree: too many witnesses know a larger or another one.
  absl::StatusOr<CosignedTree> Cosign(const SignedTree& tree,
                                      absl::Duration limit);

  // Asks until `enough` is content with the opinions so far, or `limit` is
  // over. One opinion for each of policy().witnesses(); those that cannot be
  // asked stay kUnreachable.
  std::vector<Opinion> Ask(
      const SignedTree& tree, absl::Duration limit,
      const std::function<bool(const std::vector<Opinion>&)>& enough);

  const checkpoint::Policy& policy() const { return policy_; }

  // Ends the round that is going on and joins every thread. Idempotent.
  void Shutdown();

 private:
  struct Member {
    size_t index = 0;  // into policy().witnesses()
    std::unique_ptr<RemoteWitness> witness;
    Backoff backoff;
    std::thread thread;
  };

  Panel(const Options& options, checkpoint::Policy policy,
        const base::Clock* clock, telemetry::Diagnostics* diagnostics);

  void Serve(Member* member);
  bool AwaitWork(Member* member, SignedTree* tree, uint64_t* round);
  void Take(Member* member, uint64_t round, Opinion opinion);
  void WaitUntil(int64_t due_unix_ms) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool AnyBeingAsked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  CosignedTree Assemble(const SignedTree& tree,
                        const std::vector<Opinion>& opinions) const;

  const Options options_;
  const checkpoint::Policy policy_;
  const base::Clock* const clock_;
  telemetry::Diagnostics* const diagnostics_;
  Transport* transport_ = nullptr;
  std::vector<std::unique_ptr<Member>> members_;  // fixed once Create is done

  base::Mutex one_round_;  // held through a round, before mutex_
  base::Mutex mutex_;
  base::CondVar changed_;
  uint64_t round_ ABSL_GUARDED_BY(mutex_) = 0;
  SignedTree tree_ ABSL_GUARDED_BY(mutex_);
  bool asking_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Opinion> opinions_ ABSL_GUARDED_BY(mutex_);
  std::vector<bool> settled_ ABSL_GUARDED_BY(mutex_);  // needs no other request
  std::vector<bool> in_flight_ ABSL_GUARDED_BY(mutex_);
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
};

// Indices of the witnesses whose opinion is of that kind.
std::vector<size_t> WhoIs(Opinion::Kind kind,
                          const std::vector<Opinion>& opinions);

}  // namespace sightline::witness
