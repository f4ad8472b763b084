// What an entry owes to the entries before it, replayed in order: admission
// times, feeds, the registry, the policies, renewals of seals.
//
// Source:  docs/formats.md "Entry", "Registry", "Findings".
// Threads: thread-compatible; entries come in order of index.
// Cost:    a few microseconds per entry; control entries cost their signatures,
//          since what they say holds only when they verify.
//          What seals something about an entry older than max_trails reads it back:
//          at most kMaxTrail entries.
// Memory:  O(submitters): registry, feed heads, totals; the renewals of seals that
//          run (renewed_seals.h); what policies stand behind the newest max_trails
//          entries (policy_trails.h).
//
// After a fault the replay goes on from what the entry says, so that one wrong
// ordinal is one problem and not one per entry after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "monitor/entry_check.h"
#include "monitor/policy_trails.h"
#include "monitor/problem.h"
#include "monitor/renewed_seals.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "statement/registry.h"

namespace sightline::monitor {

// How often a submitter said a kind of statement, by the year of its claimed
// time (UTC).
struct KindTotal {
  v1::StatementKind kind = v1::STATEMENT_KIND_UNSPECIFIED;
  int year = 0;
  uint64_t entries = 0;

  friend bool operator==(const KindTotal&, const KindTotal&) = default;
};

// One feed.
struct FeedTotals {
  std::string submitter;
  uint64_t entries = 0;           // ordinal of the newest
  uint64_t last_index = 0;        // leaf index of the newest
  std::vector<KindTotal> totals;  // in the order they appeared
};

class Replay {
 public:
  // With `verify_control`, registry statements count only when their signatures
  // verify. `problems` outlives this.
  Replay(bool verify_control, size_t max_trails, ProblemLog* problems)
      : verify_control_(verify_control),
        problems_(problems),
        trails_(max_trails) {}

  // Gives the bytes of an earlier entry.
  using EntryReader =
      absl::FunctionRef<absl::StatusOr<std::string>(uint64_t index)>;

  // Fills in the trail of the next entry, which must be valid, reading back where
  // that is not known. An error: could not be read now; changes nothing. What the
  // log does not have leaves the trail untold.
  absl::Status ReadTrail(EntryReader read, CheckedEntry* entry) const;

  // Takes the next entry, which must be readable, and fills in its keys. ReadTrail
  // has filled in the trail of a valid one; where it could not, the policy that the
  // entry names is believed, and counted in trails_believed.
  void Next(CheckedEntry* entry);

  // Takes an entry that changes the log's keys, and nothing else of the log: for
  // those who check hashes alone. Instead of Next.
  void ApplyLogKeys(CheckedEntry* entry);

  // Goes on from where another replay stood: its feeds (totals may be left out),
  // the admission time of its last entry and its renewed seals. Its registry
  // entries are applied again with ApplyAgain, in order. REQUIRES: nothing has
  // been taken yet.
  void Resume(const std::vector<FeedTotals>& feeds,
              int64_t last_admitted_unix_ms,
              const std::vector<RenewedSeal>& renewed_seals);
  void ApplyAgain(CheckedEntry* entry) { ApplyLogKeys(entry); }

  int64_t last_admitted_unix_ms() const { return last_admitted_unix_ms_; }
  const statement::Registry& registry() const { return registry_; }

  // By submitter id.
  std::vector<FeedTotals> Feeds() const;

  const RenewedSeals& renewed_seals() const { return renewed_seals_; }

  // Entries that seal something about what could not be read.
  uint64_t trails_believed() const { return trails_believed_; }

  // Verifies every signature; reports the first that fails. REQUIRES: Next has
  // filled in the keys. Any thread.
  static bool VerifySignatures(const CheckedEntry& entry, ProblemLog* problems);

 private:
  void CheckTime(const CheckedEntry& entry);
  void CheckFeed(const CheckedEntry& entry);
  void CheckAuthority(CheckedEntry* entry);
  void CheckVerdict(const CheckedEntry& entry);
  void CheckFaceTime(const CheckedEntry& entry);
  void CheckBrought(const CheckedEntry& entry);
  void ApplyControl(CheckedEntry* entry);
  void Count(const CheckedEntry& entry, FeedTotals* feed) const;

  const bool verify_control_;
  ProblemLog* const problems_;
  int64_t last_admitted_unix_ms_ = 0;
  statement::Registry registry_;
  RenewedSeals renewed_seals_;
  PolicyTrails trails_;
  uint64_t trails_believed_ = 0;
  absl::flat_hash_map<std::string, FeedTotals> feeds_;
};

}  // namespace sightline::monitor
