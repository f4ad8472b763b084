// What a check of a whole log reads, and how deep it looks.
//
// Units:   indices count from 0; ranges are [begin, end).
//
// Checks, by depth:
//   kHashes      every leaf is its entry's hash; every tile of every level is
//                made of those below; the root is the checkpoint's; the
//                checkpoint is signed by a key that counts at its size; nothing
//                lies beyond it
//   kRules       and: every entry and statement parses strictly and is well
//                formed; admission times never decrease; every feed is numbered
//                1, 2, 3 ... and linked; every signer was enrolled, active and
//                allowed to say this by what the log said before; registry
//                statements make sense where they stand (their signatures are
//                verified at this depth, too); links name what they should; policy and
//                findings are those that the log leads to; no statement is
//                there twice
//   kSignatures  and: every signature verifies
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "crypto/sha256.h"
#include "monitor/problem.h"
#include "monitor/store_records.h"
#include "proto/sightline/v1/statement.pb.h"
#include "tiles/entry_source.h"
#include "tiles/log_reader.h"
#include "tiles/tile_source.h"

namespace sightline::monitor {

enum class CheckDepth { kHashes, kRules, kSignatures };

// What a checked entry is, for those who keep something derived from it.
struct EntryFacts {
  uint64_t index = 0;
  int64_t admitted_unix_ms = 0;
  const v1::Statement* statement = nullptr;  // during the call
  crypto::Digest leaf_hash{};
  crypto::Digest identity_hash{};
  bool is_control = false;
};

struct CheckOptions {
  CheckDepth depth = CheckDepth::kSignatures;

  int threads = 0;  // 0: as many as the machine has

  // Only entries [from, to) are hashed and their signatures verified; those
  // before are read, since what they say decides who may sign, those after are
  // left alone. Tiles are always checked whole.
  uint64_t from = 0;
  uint64_t to = std::numeric_limits<uint64_t>::max();

  // Nobody is writing to the log: look for tiles and entries beyond the
  // checkpoint, too.
  bool at_rest = false;

  // Kept of each kind; all are counted.
  size_t max_problems_of_a_kind = 100;

  size_t max_identities_in_memory = size_t{8} << 20;

  // So many of the newest entries with a policy behind them need not be read again
  // for what seals something about them.
  size_t max_trails = size_t{1} << 18;

  // Called now and then, never by two threads at a time.
  std::function<void(uint64_t entries_done, uint64_t entries)> progress;

  // Called with every run of readable entries, from many threads, in any order;
  // not at kHashes. An error ends the check. What is wrong with the entries goes
  // to the ProblemLog.
  std::function<absl::Status(absl::Span<const EntryFacts>, ProblemLog*)>
      inspect;
};

// Where a log is read from.
struct CheckSources {
  std::string checkpoint;  // signed note
  // Must not be null.
  tiles::EntrySource* entries = nullptr;
  // Tiles as served; null: the source has none, and the root is computed alone.
  tiles::LogReader* tiles = nullptr;
  // Tiles as a store keeps them, preferred when given.
  const tiles::TileSource* stored_tiles = nullptr;
  // What a store keeps beside them; null: not checked. With stored_tiles alone.
  // Each entry's records are checked at kRules and deeper; its checkpoints, the
  // cosigned one, the tree state, what CheckHashIndex and CheckPendingPurge tell at
  // every depth.
  const StoreRecords* records = nullptr;
};

}  // namespace sightline::monitor
