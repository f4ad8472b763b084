// The sealed openings of a logged entry, in plain.
//
// Errors:  kNotFound: nothing is sealed there, or it was erased.
//          kFailedPrecondition: the log has no key-encryption key, or not this
//          payload's. kDataLoss: it does not open.
// Threads: any thread.
//
// What this gives must not get into diagnostics, errors or the tree.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "proto/sightline/v1/statement.pb.h"
#include "services/log_instance.h"

namespace sightline::services {

// Whether there is something to open, without opening it.
absl::Status CheckSealedPayload(const LogInstance& log, uint64_t index);

// Those of `paths`, in that order.
absl::StatusOr<std::vector<v1::SealOpening>> OpenSealedPayload(
    const LogInstance& log, uint64_t index,
    absl::Span<const std::string> paths);

}  // namespace sightline::services
