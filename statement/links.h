// What statements say about earlier entries, and whether those entries are what
// they are said to be.
//
// Source:  docs/statements.md "Links"; proto EntryLink.
// Errors:  violations, named by field; callers read the entries from the store.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/violations.h"

namespace sightline::statement {

// One link of a statement.
struct Link {
  std::string field;      // "footage_response.request"
  uint64_t index = 0;     // the entry it names
  std::string leaf_hash;  // and what that entry's leaf hash should be
};

// In field order; most statements have none or one.
std::vector<Link> LinksOf(const v1::Statement& statement);

// Whether `entry`, the bytes of leaf `link.index`, is what `statement` takes it
// for. Its leaf hash is the link's, and it is, for
//   footage_response.request   a footage request to this platform, or to no
//                              platform by name
//   footage_request.escalates  a footage request
//   amendment.target           an entry of the same submitter; a correction
//                              names a field of its kind, a narrowing needs a
//                              request
//   emergency_review.request   an emergency request of another submitter; a
//                              platform reviews what it was asked by name
//   unsealing, seal_renewal    an entry that has these sealed paths, of the
//                              same submitter unless a court speaks; openings
//                              give the commitments. A keeper unseals what has
//                              ended by its claimed_time
//   unsealing of a whole       a face (whole_seal.h) of what is opened; of the
//                              same submitter as that, unless a court or keeper
//   erasure.target             an entry with sealed fields
//   sealed_read.target         an entry that has these sealed paths, of the
//                              same submitter unless a court or the registrars
//                              read
//   attestation.about          an entry of the submitter that it speaks of
// Where the entry is an unsealing that brought a statement, that statement is meant.
Violations CheckLink(const v1::Statement& statement, const Link& link,
                     absl::string_view entry);

// A keeper's claimed_time says what has ended: it may not lie after the entry's
// own time.
Violations CheckKeeperTime(const v1::Statement& statement,
                           int64_t admitted_unix_ms);

}  // namespace sightline::statement
