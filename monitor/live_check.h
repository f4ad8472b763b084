// Checks entries one after the other as an audit does, for as long as the log
// grows: what an entry says by itself, after those before it, and that its hash is
// in the signed tree.
//
// Source:  docs/formats.md; entry_check.h and replay.h, the code of check_log.h.
// Errors:  a Status says that the check could not run; what is wrong with the log
//          is a Problem.
// Threads: thread-compatible; entries come in order of index.
// Memory:  what replay.h says, and some 32 bytes an entry up to max_identities to find
//          statements that are there twice; beyond that those of the newest
//          entries are not remembered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "merkle/compact_range.h"
#include "monitor/entry_check.h"
#include "monitor/policy_trails.h"
#include "monitor/problem.h"
#include "monitor/renewed_seals.h"
#include "monitor/replay.h"

namespace sightline::monitor {

// Where a check stands: all that its later verdicts depend on.
struct LiveState {
  merkle::CompactRange range;  // of the entries that were taken
  int64_t last_admitted_unix_ms = 0;
  std::vector<FeedTotals> feeds;  // without totals
  std::vector<RenewedSeal> renewed_seals;
  // Registry entries, by index.
  std::vector<std::pair<uint64_t, std::string>> control;
  std::vector<uint64_t> identities;  // the first 8 bytes of each entry's
};

class LiveCheck {
 public:
  struct Options {
    size_t max_identities = size_t{32} << 20;
    size_t max_trails = PolicyTrails::kMaxEntries;
  };

  // Gives an earlier entry, proven.
  using EntryReader = std::function<absl::StatusOr<std::string>(uint64_t)>;

  // kDataLoss: the state contradicts itself.
  static absl::StatusOr<std::unique_ptr<LiveCheck>> Resume(
      const Options& options, LiveState state);

  // Takes entry `size()`. `entry` receives what it says; its problems are
  // appended.
  absl::Status Take(absl::string_view bytes, const EntryReader& read,
                    CheckedEntry* entry, std::vector<Problem>* problems);

  uint64_t size() const { return range_.size(); }
  const merkle::CompactRange& range() const { return range_; }
  const statement::Registry& registry() const { return replay_.registry(); }
  int64_t last_admitted_unix_ms() const {
    return replay_.last_admitted_unix_ms();
  }
  std::vector<FeedTotals> Feeds() const { return replay_.Feeds(); }
  std::vector<RenewedSeal> ListRenewedSeals() const {
    return replay_.renewed_seals().List();
  }

  // What has been taken since the last call, for whoever keeps the state.
  struct Taken {
    std::vector<std::pair<uint64_t, std::string>> control;
    std::vector<uint64_t> identities;
  };
  Taken TakeNew() { return std::exchange(new_, {}); }

 private:
  explicit LiveCheck(const Options& options)
      : options_(options),
        problems_(1000),
        replay_(true, options.max_trails, &problems_) {}

  absl::Status CheckLinks(const CheckedEntry& entry, const EntryReader& read);
  absl::Status CheckDuplicate(const CheckedEntry& entry,
                              const EntryReader& read);
  void Remember(uint64_t prefix, uint64_t index);

  const Options options_;
  ProblemLog problems_;
  Replay replay_;
  merkle::CompactRange range_;
  absl::flat_hash_map<uint64_t, uint64_t> identities_;  // prefix to first index
  Taken new_;
};

}  // namespace sightline::monitor
