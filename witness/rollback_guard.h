// Before a log signs anything after a start: has a witness seen more of it than
// the store holds, or something else?
//
// A store restored from an old backup is consistent with itself; only others
// know that it once was larger. Signing on from there would fork the log.
//
// Source:  docs/operations.md "Rollback guard"; c2sp.org/tlog-witness.
// Errors:  kFailedPrecondition: a witness has cosigned a larger or another tree;
//          the message says what happened and what to do. kUnavailable: so many
//          are silent that they could be the quorum that cosigned more.
// Threads: any thread.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "witness/panel.h"
#include "witness/remote_witness.h"

namespace sightline::witness {

// Shows `tree`, where the store stands, to every witness, which cosigns it when
// it is content. OK as soon as every quorum has a witness that is content.
absl::Status CheckNotBehind(Panel* panel, const SignedTree& tree,
                            absl::Duration limit);

}  // namespace sightline::witness
