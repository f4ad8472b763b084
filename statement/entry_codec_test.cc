#include "statement/entry_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/bytes.h"
#include "base/status_matchers.h"
#include "statement/dsse.h"
#include "statement/kinds.h"
#include "statement/test_log.h"
#include "statement/wire.h"

namespace sightline::statement {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

v1::SignedStatement SomeSigned() {
  TestLog log;
  return *Sign(log.EnrolmentOf("ori:CA0194200", TestKey(1)), {TestKey(201)});
}

v1::Entry SomeEntry() {
  v1::Entry entry;
  entry.set_format_version(1);
  entry.set_admitted_unix_ms(kTestNowUnixMs);
  *entry.mutable_statement() = SomeSigned();
  entry.mutable_policy()->set_policy_id("rfa-2021");
  entry.mutable_policy()->set_version(1);
  for (const char* rule : {"window.max", "area.max"}) {
    v1::Finding& finding = *entry.add_findings();
    finding.set_rule_id(rule);
    finding.set_severity(v1::Finding::SEVERITY_VIOLATION);
    finding.set_got("2");
    finding.set_limit("1");
  }
  entry.set_feed_ordinal(300);
  entry.set_feed_previous_index(7);
  return entry;
}

// The same entry by hand.
std::string Encoded(const v1::Entry& entry) {
  const std::vector<v1::Finding> findings(entry.findings().begin(),
                                          entry.findings().end());
  std::string out = "prefix";
  AppendEntry(
      entry.admitted_unix_ms(), entry.statement().SerializeAsString(),
      EncodeVerdict(entry.has_policy() ? &entry.policy() : nullptr, findings),
      entry.feed_ordinal(),
      entry.has_feed_previous_index()
          ? std::optional<uint64_t>(entry.feed_previous_index())
          : std::nullopt,
      &out);
  EXPECT_EQ(out.substr(0, 6), "prefix");
  return out.substr(6);
}

TEST(AppendEntry, WritesWhatProtobufWrites) {
  EXPECT_EQ(Encoded(SomeEntry()), SomeEntry().SerializeAsString());
}

TEST(AppendEntry, LeavesDefaultsOut) {
  v1::Entry first = SomeEntry();
  first.clear_policy();
  first.clear_findings();
  first.set_feed_ordinal(1);
  first.clear_feed_previous_index();
  EXPECT_EQ(Encoded(first), first.SerializeAsString());
  first.set_admitted_unix_ms(0);
  first.set_feed_ordinal(0);
  EXPECT_EQ(Encoded(first), first.SerializeAsString());
}

TEST(AppendEntry, WritesAPreviousIndexOfZero) {
  v1::Entry second = SomeEntry();
  second.set_feed_ordinal(2);
  second.set_feed_previous_index(0);
  EXPECT_EQ(Encoded(second), second.SerializeAsString());
  EXPECT_TRUE(ParseEntry(Encoded(second))->has_feed_previous_index());
}

TEST(AppendEntry, TakesExtremeNumbers) {
  v1::Entry entry = SomeEntry();
  entry.set_admitted_unix_ms(std::numeric_limits<int64_t>::max());
  entry.set_feed_ordinal(std::numeric_limits<uint64_t>::max());
  entry.set_feed_previous_index(std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(Encoded(entry), entry.SerializeAsString());
  entry.set_admitted_unix_ms(-1);
  EXPECT_EQ(Encoded(entry), entry.SerializeAsString());
}

TEST(AppendEntry, KeepsTheStatementVerbatim) {
  const std::string statement = "any bytes at all";
  std::string out;
  AppendEntry(1, statement, "", 1, std::nullopt, &out);
  EXPECT_THAT(out, HasSubstr(statement));
  EXPECT_EQ(base::HexEncode(out),
            "08011001"
            "1a10" +
                base::HexEncode(statement) + "3001");
}

TEST(ParseEntry, ReadsWhatWasWritten) {
  ASSERT_OK_AND_ASSIGN(const v1::Entry entry, ParseEntry(Encoded(SomeEntry())));
  EXPECT_EQ(entry.SerializeAsString(), SomeEntry().SerializeAsString());
}

TEST(ParseEntry, RefusesOtherFormats) {
  v1::Entry entry = SomeEntry();
  entry.set_format_version(2);
  EXPECT_THAT(ParseEntry(entry.SerializeAsString()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("format 2, want 1")));
}

TEST(ParseEntry, RefusesUnknownFieldsAndOtherSpellings) {
  std::string bytes = Encoded(SomeEntry());
  AppendVarintField(100, 1, &bytes);
  EXPECT_THAT(ParseEntry(bytes), StatusIs(absl::StatusCode::kInvalidArgument,
                                          HasSubstr("unknown field")));
  bytes = Encoded(SomeEntry());
  AppendVarintField(1, 1, &bytes);
  EXPECT_THAT(ParseEntry(bytes), StatusIs(absl::StatusCode::kInvalidArgument,
                                          HasSubstr("not canonical")));
}

TEST(ParseEntry, RefusesNothingAndTooMuch) {
  EXPECT_FALSE(ParseEntry("").ok());
  EXPECT_THAT(
      ParseEntry(std::string(kMaxEntryBytes + 1, 'x')),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("65536 bytes")));
}

TEST(ParseEntry, ChecksTheFeedLink) {
  v1::Entry entry = SomeEntry();
  entry.clear_feed_previous_index();
  EXPECT_FALSE(ParseEntry(entry.SerializeAsString()).ok());
  entry.set_feed_ordinal(1);
  EXPECT_OK(ParseEntry(entry.SerializeAsString()));
  entry.set_feed_previous_index(3);
  EXPECT_FALSE(ParseEntry(entry.SerializeAsString()).ok());
  entry.set_feed_ordinal(0);
  EXPECT_FALSE(ParseEntry(entry.SerializeAsString()).ok());
}

TEST(ParseEntry, WantsAStatementAndFewFindings) {
  v1::Entry entry = SomeEntry();
  entry.clear_statement();
  EXPECT_THAT(
      ParseEntry(entry.SerializeAsString()),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no statement")));
  entry = SomeEntry();
  while (entry.findings_size() < 65) *entry.add_findings() = entry.findings(0);
  EXPECT_THAT(
      ParseEntry(entry.SerializeAsString()),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("65 findings")));
}

TEST(PeekEntry, SeesTheSameAsParseEntry) {
  const v1::Entry entry = SomeEntry();
  const std::string bytes = Encoded(entry);
  ASSERT_OK_AND_ASSIGN(const EntryPeek peek, PeekEntry(bytes));
  EXPECT_EQ(peek.admitted_unix_ms, entry.admitted_unix_ms());
  EXPECT_EQ(peek.feed_ordinal, 300u);
  EXPECT_EQ(peek.feed_previous_index, 7u);
  EXPECT_EQ(peek.kind, v1::STATEMENT_KIND_ENROLMENT);
  EXPECT_EQ(peek.submitter, "registrar");
  EXPECT_EQ(peek.signed_statement, entry.statement().SerializeAsString());
  EXPECT_EQ(peek.payload, entry.statement().payload());
  EXPECT_EQ(peek.payload_type, kPayloadType);
  v1::Enrolment enrolment;
  ASSERT_TRUE(enrolment.ParseFromArray(
      peek.kind_body.data(), static_cast<int>(peek.kind_body.size())));
  EXPECT_EQ(enrolment.submitter(), "ori:CA0194200");
}

TEST(PeekEntry, FirstOfAFeedHasNoPrevious) {
  v1::Entry entry = SomeEntry();
  entry.set_feed_ordinal(1);
  entry.clear_feed_previous_index();
  EXPECT_FALSE(PeekEntry(Encoded(entry))->feed_previous_index.has_value());
}

TEST(PeekEntry, RefusesWhatIsNoEntry) {
  for (absl::string_view bytes :
       {"", "x", "\x08\x01", "\x1a\x05hello", "\x18\x01", "\xff\xff"}) {
    EXPECT_THAT(PeekEntry(bytes), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  const std::string bytes = Encoded(SomeEntry());
  // Cut anywhere inside the statement, the outline breaks.
  for (size_t size = 20; size < 200; ++size) {
    EXPECT_FALSE(PeekEntry(absl::string_view(bytes).substr(0, size)).ok());
  }
}

}  // namespace
}  // namespace sightline::statement
