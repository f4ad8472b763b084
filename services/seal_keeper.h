// Keeps the promises of seals: what has ended is opened, what was erased is
// destroyed on disk.
//
// A keeper is a submitter that registrars have enrolled ("keeper:<name>"). It signs
// an unsealing for what has ended by the clock and is sealed still, and says
// nothing else; a log without one opens nothing by itself.
//
// Source:  docs/statements.md "Seals that end"; ADR 0040.
// Errors:  RunOnce: what kept it from doing everything; the next round tries again.
// Threads: RunOnce from one thread at a time: its own after Start.
// Durable: everything it knows follows from the log, so that a restart begins by
//          reading it. The statement for one ended seal is always the same one,
//          and the log takes it once.
// Cost:    reads every entry once after a start, then the new ones. When more seals
//          than max_seals are in force, a round looks at so many of them, oldest
//          entries first, and reads the log from there to its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "crypto/signer.h"
#include "services/log_instance.h"
#include "statement/seal_schedule.h"
#include "telemetry/diagnostics.h"

namespace sightline::services {

struct SealKeeperOptions {
  // "keeper:<name>" and its statement key; without a key nothing is opened.
  std::string submitter;
  std::optional<crypto::PrivateKey> key;
  size_t max_seals = 262144;   // of which the ends are known at once
  size_t max_per_round = 256;  // unsealings
  absl::Duration interval = absl::Seconds(5);  // between rounds

  absl::Status Validate() const;
};

class SealKeeper {
 public:
  // All outlive the keeper.
  static absl::StatusOr<std::unique_ptr<SealKeeper>> Create(
      SealKeeperOptions options, LogInstance* log, const base::Clock* clock,
      telemetry::Diagnostics* diagnostics);

  ~SealKeeper();  // Shutdown()

  SealKeeper(const SealKeeper&) = delete;
  SealKeeper& operator=(const SealKeeper&) = delete;

  // One round. Returns how many unsealings it has logged.
  absl::StatusOr<size_t> RunOnce();

  // Rounds from now on, on a thread of its own.
  void Start();
  // Ends them; before the log is shut down. Idempotent.
  void Shutdown() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  SealKeeper(SealKeeperOptions options, LogInstance* log,
             const base::Clock* clock, telemetry::Diagnostics* diagnostics);

  void Run();
  bool closing() const ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status ReadEntries();
  absl::StatusOr<size_t> UnsealEnded(int64_t now_unix_ms);
  absl::StatusOr<v1::SignedStatement> MakeUnsealing(
      const statement::EndedSeal& ended) const;
  absl::Status Submit(const v1::SignedStatement& unsealing);
  void Report(const absl::Status& status);

  const SealKeeperOptions options_;
  LogInstance* const log_;
  const base::Clock* const clock_;
  telemetry::Diagnostics* const diagnostics_;

  statement::SealSchedule schedule_;
  uint64_t next_index_ = 0;
  // Where the schedule begins; the next round begins another when set.
  uint64_t first_index_ = 0;
  bool turn_ = false;
  // Ended, but there is nothing to open them from; told once.
  std::set<uint64_t> unopenable_;
  std::string last_report_;

  mutable base::Mutex mutex_;
  base::CondVar changed_;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace sightline::services
