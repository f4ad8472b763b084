// Strict parsing of statements and of the envelopes they are signed in.
//
// Source:  docs/formats.md "Statement"; proto/sightline/v1/statement.proto.
// Shapes:  accepted bytes hold no unknown field at any depth and re-serialise
//          to themselves, so one statement has one spelling.
// Units:   a serialised Statement is 1 to 49,152 bytes.
// Errors:  kInvalidArgument: too long, not protobuf, unknown field, not
//          canonical.
// Threads: pure; any thread.
// Cost:    about 3 us for a statement of 400 bytes.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::statement {

inline constexpr size_t kMaxStatementBytes = 49152;
// Envelope of a statement: payload type, lengths and up to 16 signatures.
inline constexpr size_t kMaxSignedStatementBytes = kMaxStatementBytes + 2048;

absl::StatusOr<v1::Statement> ParseStatement(absl::string_view bytes);

// The same into an existing message (of an arena, say), which is overwritten.
absl::Status ParseStatement(absl::string_view bytes, v1::Statement* out);

// The envelope; the payload inside stays unparsed.
absl::StatusOr<v1::SignedStatement> ParseSignedStatement(
    absl::string_view bytes);
absl::Status ParseSignedStatement(absl::string_view bytes,
                                  v1::SignedStatement* out);

// The canonical bytes. Called once, by whoever signs.
std::string SerialiseStatement(const v1::Statement& statement);

}  // namespace sightline::statement
