// Receipts as the log sends them, checked.
//
// Errors:  kDataLoss: the receipt proves nothing, or proves something else than
//          what was submitted. What the log did with the statement is then
//          unknown: submit it again.
// Threads: thread-safe as far as the tracker is.
// Cost:    one leaf hash, O(log tree_size) node hashes; a checkpoint is verified
//          once for all receipts in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/tree_tracker.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::client {

// An entry with the proof that it is leaf `index` of `tree`.
struct ProvenEntry {
  uint64_t index = 0;
  std::string bytes;  // serialised Entry, verbatim
  merkle::Hash leaf_hash = {};
  std::vector<merkle::Hash> proof;
  TreePtr tree;
};

// A receipt is the proof in the tree that the entry's own batch made.
using Receipt = ProvenEntry;

struct SubmitResult {
  Receipt receipt;
  // The same statement was in the log already; the receipt is the first one.
  bool duplicate = false;
};

// Checks receipt and checkpoint: signed, and on the history of `tracker`.
absl::StatusOr<Receipt> CheckReceipt(v1::Receipt receipt, TreeTracker& tracker);

// Checks that the entry holds `submitted`: payload type and payload byte for
// byte, and the signatures too unless it is a duplicate (a statement signed
// again is the same statement).
absl::Status CheckHolds(const Receipt& receipt,
                        const v1::SignedStatement& submitted, bool duplicate);

// The same of what was submitted with its openings. Of a request that is sealed as a
// whole the entry holds the face (statement/whole_seal.h), made with the salt given.
absl::Status CheckHolds(
    const Receipt& receipt, const v1::SignedStatement& submitted,
    const google::protobuf::RepeatedPtrField<v1::SealOpening>& openings,
    bool duplicate);

}  // namespace sightline::client
