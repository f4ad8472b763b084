// The answer to who asks for what the tree does not have yet.
//
// Errors:  kOutOfRange, with a google.rpc.BadRequest that names `field`.
// Threads: pure; any thread.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace sightline::services {

// `what` is the thing that was asked for: "entry" or "size".
absl::Status BeyondTree(absl::string_view field, absl::string_view what,
                        uint64_t asked, uint64_t tree_size);

}  // namespace sightline::services
