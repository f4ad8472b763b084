// Statements and entries as JSON and as text proto.
//
// Source:  the proto3 JSON mapping, with field names as in the .proto files.
// Shapes:  inside a statement everything is proto3 JSON: bytes in base64, times
//          as RFC 3339, 64-bit integers as strings; it reads back to the same
//          statement. Around it (EntryToJson) hashes, key ids and the statement
//          id are lower-case hexadecimal, as in receipts and on the command
//          line; signatures are base64; indices are numbers.
// Errors:  kInvalidArgument: not JSON or text proto, unknown field or enum
//          value.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::statement {

enum class JsonStyle { kCompact, kIndented };

absl::StatusOr<std::string> StatementToJson(
    const v1::Statement& statement, JsonStyle style = JsonStyle::kIndented);
absl::StatusOr<v1::Statement> StatementFromJson(absl::string_view json);

std::string StatementToText(const v1::Statement& statement);
absl::StatusOr<v1::Statement> StatementFromText(absl::string_view text);

// An opening as the command line keeps it beside a statement.
absl::StatusOr<std::string> OpeningToJson(
    const v1::SealOpening& opening, JsonStyle style = JsonStyle::kIndented);
absl::StatusOr<v1::SealOpening> OpeningFromJson(absl::string_view json);

// {"index": 7, "leaf_hash": hex, "identity_hash": hex, "admitted": RFC 3339,
//  "admitted_unix_ms": 1590861600000, "submitter": "ori:CA0194200",
//  "kind": "footage_request", "statement_id": UUID text, "feed_ordinal": 3,
//  "feed_previous_index": 5, "policy": {...}, "findings": [...],
//  "signatures": [{"key_id": hex, "signature": base64}], "statement": {...}}
// `entry` is a serialised Entry; kInvalidArgument when it or the statement
// inside is malformed.
absl::StatusOr<std::string> EntryToJson(uint64_t index, absl::string_view entry,
                                        JsonStyle style = JsonStyle::kCompact);

}  // namespace sightline::statement
