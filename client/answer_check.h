// Checks an answer of RecordService against the entries that it brings, with the
// log's keys and nothing else.
//
// Source:  proto AnswerFile; docs/records.md "Proofs".
// Errors:  kDataLoss: the answer does not hold. kInvalidArgument: no question, or
//          a file that lacks what would prove it.
// Threads: pure but for the opener; any thread.
// Cost:    each entry is hashed once, with O(log tree_size) node hashes.
//
// What holds afterwards: every row is what entries of the log make of it, fits the
// question and comes in the order promised. Of a feed, also that nothing is
// missing; of reconciliation and statistics, that they are right for the whole
// tree. Of other questions it is not shown that no row, and no later entry of a
// row, was left out: that is said in `is_complete`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "checkpoint/log_keys.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/record_service.pb.h"

namespace sightline::client {

struct OpenedTree {
  uint64_t size = 0;
  merkle::Hash root = {};
};

// Verifies a signed note, or says why not.
using NoteOpener =
    std::function<absl::StatusOr<OpenedTree>(absl::string_view note)>;

// One that goes by keys alone, for files.
NoteOpener OpenWith(const checkpoint::LogKeySet* keys);

struct AnswerVerdict {
  uint64_t rows = 0;
  uint64_t tree_size = 0;  // entries that the answer is about
  int64_t as_of_unix_ms = 0;
  bool is_complete = false;  // proven that nothing is missing
};

// The pages of `file` are every page of its question, or, with
// `allow_more`, the first ones.
absl::StatusOr<AnswerVerdict> CheckAnswer(const v1::AnswerFile& file,
                                          const NoteOpener& open,
                                          bool allow_more = false);

}  // namespace sightline::client
