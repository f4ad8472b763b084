// The files of a tally: what each resident keeps, and what the platform keeps.
//
// Source:  docs/formats.md "Tally receipt", "Tally file".
// Shapes:  text; lines end in LF; one spelling for one content, so that what
//          parses formats to the very same bytes. A receipt is at most
//          kMaxTallyReceiptBytes long.
// Errors:  kInvalidArgument, naming the line, without quoting salts or tokens.
// Threads: pure; any thread.
//
// Parsing verifies nothing: tally.h does. Both kinds of file are secret: a receipt
// tells its resident's answer, a tally file everybody's.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "statement/tally.h"

namespace sightline::statement {

inline constexpr size_t kMaxTallyReceiptBytes = 4096;
inline constexpr size_t kMaxTallyProofHashes = 63;

std::string FormatTallyReceipt(const TallyReceipt& receipt);
absl::StatusOr<TallyReceipt> ParseTallyReceipt(absl::string_view text);

// Leaves in the order of the tree.
std::string FormatTallyFile(absl::Span<const TallyLeaf> leaves);
absl::StatusOr<std::vector<TallyLeaf>> ParseTallyFile(absl::string_view text);

}  // namespace sightline::statement
