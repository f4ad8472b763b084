// What can be told of one entry from its own bytes.
//
// Source:  docs/formats.md "Entry", "Statement".
// Threads: pure; any thread.
// Cost:    about 10 us for an entry of 700 bytes.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "crypto/sha256.h"
#include "monitor/problem.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/policy_trail.h"
#include "statement/registry.h"

namespace sightline::monitor {

// An entry on its way through the checks.
struct CheckedEntry {
  uint64_t index = 0;
  // False when the entry or its statement does not parse; then only `index` and
  // `leaf_hash` mean anything.
  bool readable = false;
  // Whether envelope and statement keep every rule that their bytes can tell.
  bool valid = false;
  crypto::Digest leaf_hash{};
  crypto::Digest identity_hash{};
  v1::Entry entry;
  v1::Statement statement;
  // The key of each signature; none when the signers may not say this.
  statement::SignatureKeys keys;
  // Where its trail ends, by the log itself; absent: could not be told.
  std::optional<statement::TrailEnd> trail;
};

// Parses `bytes` strictly into `entry`, and validates the statement. Sets
// everything but `index`, `leaf_hash` and `keys`; nothing is known of `trail` yet.
void ReadEntryFully(absl::string_view bytes, CheckedEntry* entry,
                    ProblemLog* problems);

}  // namespace sightline::monitor
