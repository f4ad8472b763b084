// Entry bytes: how the log writes a statement down, and how to read it back.
//
// Source:  docs/formats.md "Entry"; proto/sightline/v1/entry.proto.
// Shapes:  fields in ascending order, the SignedStatement's bytes verbatim, as
//          the submitter sent them.
// Units:   at most 65,535 bytes; times are Unix milliseconds UTC.
// Errors:  kInvalidArgument: too long, not protobuf, unknown field, not
//          canonical, not format 1.
// Threads: pure; any thread.
// Cost:    AppendEntry is one copy; PeekEntry reads a dozen tags and copies
//          nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "statement/entry_format.h"

namespace sightline::statement {

// The verdict of a policy as AppendEntry takes it: fields 4 and 5 of Entry.
// Empty when `policy` is null and there are no findings.
std::string EncodeVerdict(const v1::PolicyRef* policy,
                          absl::Span<const v1::Finding> findings);

// Appends the serialised Entry to `out`. `signed_statement` is a serialised
// SignedStatement, `verdict` comes from EncodeVerdict. Does not check the
// length.
void AppendEntry(int64_t admitted_unix_ms, absl::string_view signed_statement,
                 absl::string_view verdict, uint64_t feed_ordinal,
                 std::optional<uint64_t> feed_previous_index, std::string* out);

// Strict: format 1, no unknown fields, re-serialises to the same bytes, ordinal
// 1 has no previous entry and every other has one. The statement inside stays
// unparsed.
absl::StatusOr<v1::Entry> ParseEntry(absl::string_view bytes);

// What filters, audits and statistics ask of most entries.
struct EntryPeek {
  int64_t admitted_unix_ms = 0;
  uint64_t feed_ordinal = 0;
  std::optional<uint64_t> feed_previous_index;
  v1::StatementKind kind = v1::STATEMENT_KIND_UNSPECIFIED;
  // Views into the entry's bytes.
  absl::string_view signed_statement;  // serialised SignedStatement
  absl::string_view payload_type;
  absl::string_view payload;  // serialised Statement
  absl::string_view submitter;
  // The feed it is in: the submitter's, or that of the submitter whose whole
  // statement this unsealing brings (whole_seal.h).
  absl::string_view feed;
  absl::string_view kind_body;  // serialised message of the kind
};

// Reads the outermost fields without checking what lies deeper: for entries
// that were admitted before. kInvalidArgument when the outline is not that of
// an entry.
absl::StatusOr<EntryPeek> PeekEntry(absl::string_view bytes);

}  // namespace sightline::statement
