// "Was my answer counted as I gave it?": a resident's tally receipt against the
// receipt of the platform's response, without asking anybody.
//
// What a valid one proves: the log has the response at this index, and its tally
// tree has a leaf with this answer and this token. Of other residents it tells
// nothing. What it does not prove: that the platform counted everybody.
//
// Source:  docs/formats.md "Tally receipt", "Receipt".
// Threads: pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "checkpoint/log_keys.h"
#include "client/receipt.h"
#include "statement/tally.h"

namespace sightline::client {

struct TallyVerdict {
  bool valid = false;
  // One paragraph for people; quotes neither token nor salt.
  std::string explanation;
  // As the receipt has it; "" when it cannot be read. Proven only when valid.
  std::string answer;
  ReceiptVerdict response;
};

// Judges the two files. Never fails: what cannot be read is not valid, and says
// why. `expectations` are of the response's receipt.
TallyVerdict VerifyTallyReceiptFile(
    absl::string_view tally_receipt, absl::string_view response_receipt,
    const checkpoint::LogKeySet& log_keys,
    const ReceiptExpectations& expectations = {});

// Checks what a platform has opened to an auditor against the receipt of its
// response, and gives the counts. kInvalidArgument: the receipt is not valid, or
// the leaves are not those of the response, or do not add up to its buckets.
absl::StatusOr<statement::TallyCounts> VerifyOpenedTallyFile(
    absl::Span<const statement::TallyLeaf> leaves,
    absl::string_view response_receipt, const checkpoint::LogKeySet& log_keys,
    const ReceiptExpectations& expectations = {});

}  // namespace sightline::client
