// Which witnesses must have cosigned the tree of a receipt: --witnesses FILE.
//
// Source:  c2sp.org/tlog-policy.
// Errors:  kInvalidArgument: no such policy. kDataLoss: a tree that those witnesses
//          have not cosigned.
// Threads: one.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "checkpoint/policy.h"
#include "client/tree_tracker.h"

namespace sightline::cli {

// Nothing when no file is named.
absl::StatusOr<std::optional<checkpoint::Policy>> ReadWitnesses(
    const std::string& path);

// Whether the witnesses have cosigned `tree`, which the log has signed. OK when
// none are asked for.
absl::Status CheckCosigned(const std::optional<checkpoint::Policy>& witnesses,
                           const client::SignedTree& tree);

}  // namespace sightline::cli
