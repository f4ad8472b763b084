// Which policy what seals something is held against: that of the request which it is
// about, directly or through an answer or an amendment.
//
// Source:  docs/statements.md "Findings".
// Shapes:  a trail goes to ever lower indices, over at most kMaxTrail entries; a
//          longer one ends without a policy.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::statement {

inline constexpr int kMaxTrail = 8;

// Where a trail ends: at an entry that was held against a policy, at a face, or
// (neither) at one that no policy governs.
struct TrailEnd {
  std::optional<v1::PolicyRef> policy;
  // A face has no policy: the one in force for legal process when it came counts.
  std::optional<uint64_t> face_index;
  int64_t face_unix_ms = 0;
};

// The entry that `statement` is about; nothing for kinds that leave no trail.
std::optional<uint64_t> TrailOf(const v1::Statement& statement);

// The end that an entry is by itself; nothing when its trail goes on, or it has
// none.
std::optional<TrailEnd> EndAt(uint64_t index, const v1::Entry& entry,
                              const v1::Statement& statement);

// Follows the trail of `statement`, when policies govern what it seals
// (IsGovernedBySeals). `read` gives the bytes of an entry of the log, or kOutOfRange,
// which ends the trail; its other failures are passed on.
absl::StatusOr<TrailEnd> FollowTrail(
    const v1::Statement& statement,
    absl::FunctionRef<absl::StatusOr<std::string>(uint64_t)> read);

}  // namespace sightline::statement
