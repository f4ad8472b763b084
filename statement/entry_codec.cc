#include "statement/entry_codec.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "statement/canonical.h"
#include "statement/seal.h"
#include "statement/wire.h"

namespace sightline::statement {
namespace {

// Field numbers of proto/sightline/v1/entry.proto and statement.proto.
constexpr uint32_t kFormatVersion = 1;
constexpr uint32_t kAdmittedUnixMs = 2;
constexpr uint32_t kStatement = 3;
constexpr uint32_t kPolicy = 4;
constexpr uint32_t kFindings = 5;
constexpr uint32_t kFeedOrdinal = 6;
constexpr uint32_t kFeedPreviousIndex = 7;
constexpr uint32_t kPayloadType = 1;  // of SignedStatement
constexpr uint32_t kPayload = 2;
constexpr uint32_t kHeader = 1;     // of Statement
constexpr uint32_t kSubmitter = 2;  // of StatementHeader
constexpr uint32_t kOpenings = 2;   // of Unsealing
constexpr uint32_t kPath = 1;       // of SealOpening
constexpr uint32_t kValue = 3;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("entry: malformed ", what));
}

// The last field of that number, as parsers take it; empty when there is none.
absl::string_view BytesField(absl::string_view message, uint32_t field) {
  absl::string_view out;
  WireReader reader(message);
  while (reader.Next()) {
    if (reader.field() == field && reader.type() == WireType::kBytes) {
      out = reader.bytes();
    }
  }
  return out;
}

absl::Status PeekHeader(absl::string_view header, EntryPeek* out) {
  WireReader reader(header);
  while (reader.Next()) {
    if (reader.field() == kSubmitter && reader.type() == WireType::kBytes) {
      out->submitter = reader.bytes();
    }
  }
  return reader.ok() ? absl::OkStatus() : Malformed("statement header");
}

// Whose statement an unsealing brings; empty when it brings none.
absl::string_view BroughtSubmitter(absl::string_view unsealing) {
  const absl::string_view opening = BytesField(unsealing, kOpenings);
  if (BytesField(opening, kPath) != kWholePath) return {};
  const absl::string_view payload =
      BytesField(BytesField(opening, kValue), kPayload);
  return BytesField(BytesField(payload, kHeader), kSubmitter);
}

absl::Status PeekStatement(absl::string_view payload, EntryPeek* out) {
  WireReader reader(payload);
  while (reader.Next()) {
    if (reader.type() != WireType::kBytes) return Malformed("statement");
    if (reader.field() == kHeader) {
      RETURN_IF_ERROR(PeekHeader(reader.bytes(), out));
    } else {
      out->kind = static_cast<v1::StatementKind>(reader.field());
      out->kind_body = reader.bytes();
    }
  }
  return reader.ok() ? absl::OkStatus() : Malformed("statement");
}

absl::Status PeekSignedStatement(absl::string_view bytes, EntryPeek* out) {
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.type() != WireType::kBytes) return Malformed("envelope");
    if (reader.field() == kPayloadType) out->payload_type = reader.bytes();
    if (reader.field() == kPayload) out->payload = reader.bytes();
  }
  if (!reader.ok()) return Malformed("envelope");
  return PeekStatement(out->payload, out);
}

}  // namespace

std::string EncodeVerdict(const v1::PolicyRef* policy,
                          absl::Span<const v1::Finding> findings) {
  std::string out;
  if (policy != nullptr) {
    AppendBytesField(kPolicy, policy->SerializeAsString(), &out);
  }
  for (const v1::Finding& finding : findings) {
    AppendBytesField(kFindings, finding.SerializeAsString(), &out);
  }
  return out;
}

void AppendEntry(int64_t admitted_unix_ms, absl::string_view signed_statement,
                 absl::string_view verdict, uint64_t feed_ordinal,
                 std::optional<uint64_t> feed_previous_index,
                 std::string* out) {
  AppendVarintField(kFormatVersion, kEntryFormatVersion, out);
  // A default is not written: that is the canonical form.
  if (admitted_unix_ms != 0) {
    AppendVarintField(kAdmittedUnixMs, static_cast<uint64_t>(admitted_unix_ms),
                      out);
  }
  AppendBytesField(kStatement, signed_statement, out);
  out->append(verdict.data(), verdict.size());
  if (feed_ordinal != 0) AppendVarintField(kFeedOrdinal, feed_ordinal, out);
  if (feed_previous_index.has_value()) {
    AppendVarintField(kFeedPreviousIndex, *feed_previous_index, out);
  }
}

absl::StatusOr<v1::Entry> ParseEntry(absl::string_view bytes) {
  if (bytes.empty() || bytes.size() > kMaxEntryBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "entry: ", bytes.size(), " bytes, want 1 to ", kMaxEntryBytes));
  }
  v1::Entry entry;
  RETURN_IF_ERROR(ParseCanonical(bytes, "entry", &entry));
  if (entry.format_version() != kEntryFormatVersion) {
    return absl::InvalidArgumentError(
        absl::StrCat("entry: format ", entry.format_version(), ", want ",
                     kEntryFormatVersion));
  }
  if (!entry.has_statement()) {
    return absl::InvalidArgumentError("entry: no statement");
  }
  if (entry.feed_ordinal() == 0 ||
      entry.has_feed_previous_index() != (entry.feed_ordinal() > 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("entry: feed ordinal ", entry.feed_ordinal(),
                     entry.has_feed_previous_index() ? " with" : " without",
                     " a previous entry"));
  }
  if (entry.findings_size() > kMaxEntryFindings) {
    return absl::InvalidArgumentError(
        absl::StrCat("entry: ", entry.findings_size(),
                     " findings, want at most ", kMaxEntryFindings));
  }
  return entry;
}

absl::StatusOr<EntryPeek> PeekEntry(absl::string_view bytes) {
  EntryPeek out;
  WireReader reader(bytes);
  while (reader.Next()) {
    const bool is_bytes = reader.type() == WireType::kBytes;
    switch (reader.field()) {
      case kAdmittedUnixMs:
        out.admitted_unix_ms = static_cast<int64_t>(reader.varint());
        break;
      case kStatement:
        if (!is_bytes) return Malformed("statement");
        out.signed_statement = reader.bytes();
        break;
      case kFeedOrdinal:
        out.feed_ordinal = reader.varint();
        break;
      case kFeedPreviousIndex:
        out.feed_previous_index = reader.varint();
        break;
      default:
        break;
    }
  }
  if (!reader.ok()) return Malformed("field");
  RETURN_IF_ERROR(PeekSignedStatement(out.signed_statement, &out));
  if (out.submitter.empty() || out.kind_body.data() == nullptr) {
    return absl::InvalidArgumentError("entry: no submitter or no kind");
  }
  out.feed = out.submitter;
  if (out.kind == v1::STATEMENT_KIND_UNSEALING) {
    const absl::string_view brought = BroughtSubmitter(out.kind_body);
    if (!brought.empty()) out.feed = brought;
  }
  return out;
}

}  // namespace sightline::statement
