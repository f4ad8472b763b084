#include "statement/statement_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/status_matchers.h"
#include "statement/dsse.h"
#include "statement/test_log.h"
#include "statement/wire.h"

namespace sightline::statement {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

MATCHER_P(IsRefused, reason, "") {
  return ::testing::ExplainMatchResult(
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(reason)), arg,
      result_listener);
}

v1::Statement SomeStatement() {
  TestLog log;
  return log.EnrolmentOf("ori:CA0194200", TestKey(1));
}

TEST(ParseStatement, ReadsWhatWasSerialised) {
  const std::string bytes = SerialiseStatement(SomeStatement());
  ASSERT_OK_AND_ASSIGN(const v1::Statement parsed, ParseStatement(bytes));
  EXPECT_EQ(SerialiseStatement(parsed), bytes);
  EXPECT_EQ(parsed.enrolment().submitter(), "ori:CA0194200");
}

TEST(ParseStatement, OverwritesWhatWasThere) {
  v1::Statement out = SomeStatement();
  v1::Statement other;
  other.mutable_erasure()->set_basis(v1::Erasure::BASIS_COURT);
  ASSERT_OK(ParseStatement(SerialiseStatement(other), &out));
  EXPECT_FALSE(out.has_header());
  EXPECT_TRUE(out.has_erasure());
}

TEST(ParseStatement, RefusesNothingAndTooMuch) {
  EXPECT_THAT(ParseStatement(""), IsRefused("0 bytes"));
  EXPECT_THAT(ParseStatement(std::string(kMaxStatementBytes + 1, 'x')),
              IsRefused("49153 bytes"));
}

TEST(ParseStatement, TakesTheLongestStatement) {
  v1::Statement statement;
  statement.mutable_genesis()->set_description(
      std::string(kMaxStatementBytes - 8, 'x'));
  std::string bytes = SerialiseStatement(statement);
  ASSERT_EQ(bytes.size(), kMaxStatementBytes);
  EXPECT_OK(ParseStatement(bytes));
}

TEST(ParseStatement, RefusesBytesThatAreNoProtobuf) {
  EXPECT_THAT(ParseStatement("\xff\xff\xff"), IsRefused("not a protobuf"));
  const std::string bytes = SerialiseStatement(SomeStatement());
  EXPECT_FALSE(
      ParseStatement(absl::string_view(bytes).substr(0, bytes.size() - 1))
          .ok());
}

TEST(ParseStatement, RefusesUnknownFieldsAtTheTop) {
  std::string bytes = SerialiseStatement(SomeStatement());
  AppendVarintField(1000, 1, &bytes);
  EXPECT_THAT(ParseStatement(bytes), IsRefused("unknown field"));
}

TEST(ParseStatement, RefusesUnknownFieldsBelow) {
  // Field 9 of a key inside a repeated field inside the kind.
  v1::Statement statement = SomeStatement();
  std::string key = statement.enrolment().keys(0).SerializeAsString();
  AppendVarintField(9, 1, &key);
  v1::Enrolment enrolment = statement.enrolment();
  enrolment.clear_keys();
  std::string body = enrolment.SerializeAsString();
  AppendBytesField(8, key, &body);
  std::string bytes;
  AppendBytesField(1, statement.header().SerializeAsString(), &bytes);
  AppendBytesField(11, body, &bytes);
  EXPECT_THAT(ParseStatement(bytes), IsRefused("unknown field"));
}

TEST(ParseStatement, RefusesUnknownFieldsInATimestamp) {
  std::string time;
  AppendVarintField(1, 5, &time);
  AppendVarintField(7, 1, &time);
  std::string header;
  AppendBytesField(4, time, &header);
  std::string bytes;
  AppendBytesField(1, header, &bytes);
  EXPECT_THAT(ParseStatement(bytes), IsRefused("unknown field"));
}

TEST(ParseStatement, RefusesFieldsInAnotherOrder) {
  const v1::Statement statement = SomeStatement();
  std::string bytes;
  AppendBytesField(11, statement.enrolment().SerializeAsString(), &bytes);
  AppendBytesField(1, statement.header().SerializeAsString(), &bytes);
  EXPECT_THAT(ParseStatement(bytes), IsRefused("not canonical"));
}

TEST(ParseStatement, RefusesAFieldTwice) {
  const v1::Statement statement = SomeStatement();
  std::string bytes;
  AppendBytesField(1, statement.header().SerializeAsString(), &bytes);
  AppendBytesField(1, statement.header().SerializeAsString(), &bytes);
  EXPECT_THAT(ParseStatement(bytes), IsRefused("not canonical"));
}

TEST(ParseStatement, RefusesDefaultsThatAreWritten) {
  std::string body;
  AppendVarintField(2, 0, &body);  // kind = UNSPECIFIED
  std::string bytes;
  AppendBytesField(11, body, &bytes);
  EXPECT_THAT(ParseStatement(bytes), IsRefused("not canonical"));
}

TEST(ParseStatement, RefusesLongVarints) {
  // Field 2 (varint) of the enrolment as 81 00 instead of 01.
  std::string bytes;
  AppendBytesField(11, absl::string_view("\x10\x81\x00", 3), &bytes);
  EXPECT_THAT(ParseStatement(bytes), IsRefused("not canonical"));
}

TEST(ParseStatement, RefusesUnpackedEnums) {
  std::string body;
  AppendVarintField(3, 1, &body);  // evidence_sources, unpacked
  std::string bytes;
  AppendBytesField(20, body, &bytes);
  EXPECT_THAT(ParseStatement(bytes), IsRefused("not canonical"));
}

TEST(ParseStatement, RefusesTwoKinds) {
  std::string bytes;
  AppendBytesField(11, "", &bytes);
  AppendBytesField(12, "", &bytes);
  EXPECT_THAT(ParseStatement(bytes), IsRefused("not canonical"));
}

TEST(ParseStatement, RefusesInvalidUtf8) {
  std::string header;
  AppendBytesField(1, "\xff", &header);
  std::string bytes;
  AppendBytesField(1, header, &bytes);
  EXPECT_THAT(ParseStatement(bytes), IsRefused("not a protobuf"));
}

TEST(ParseStatement, KeepsEnumValuesThatItDoesNotKnow) {
  // Validate names them; a statement of a newer vocabulary is no broken one.
  v1::Statement statement;
  statement.mutable_enrolment()->set_kind(static_cast<v1::SubmitterKind>(77));
  ASSERT_OK_AND_ASSIGN(const v1::Statement parsed,
                       ParseStatement(SerialiseStatement(statement)));
  EXPECT_EQ(static_cast<int>(parsed.enrolment().kind()), 77);
}

TEST(ParseSignedStatement, ReadsWhatWasSigned) {
  ASSERT_OK_AND_ASSIGN(const v1::SignedStatement signed_statement,
                       Sign(SomeStatement(), {TestKey(1)}));
  const std::string bytes = signed_statement.SerializeAsString();
  ASSERT_OK_AND_ASSIGN(const v1::SignedStatement parsed,
                       ParseSignedStatement(bytes));
  EXPECT_EQ(parsed.SerializeAsString(), bytes);
}

TEST(ParseSignedStatement, RefusesUnknownFieldsAndTooMuch) {
  ASSERT_OK_AND_ASSIGN(const v1::SignedStatement signed_statement,
                       Sign(SomeStatement(), {TestKey(1)}));
  std::string bytes = signed_statement.SerializeAsString();
  AppendBytesField(4, "x", &bytes);
  EXPECT_THAT(ParseSignedStatement(bytes), IsRefused("unknown field"));
  EXPECT_THAT(
      ParseSignedStatement(std::string(kMaxSignedStatementBytes + 1, 'x')),
      IsRefused("want 1 to"));
}

TEST(ParseSignedStatement, RoomForTheLongestStatementAndAllSignatures) {
  v1::SignedStatement largest;
  largest.set_payload_type(std::string(kPayloadType));
  largest.set_payload(std::string(kMaxStatementBytes, 'x'));
  for (size_t i = 0; i < kMaxSignatures; ++i) {
    v1::Signature* signature = largest.add_signatures();
    signature->set_key_id(std::string(32, 'k'));
    signature->set_signature(std::string(64, 's'));
  }
  EXPECT_OK(ParseSignedStatement(largest.SerializeAsString()));
}

}  // namespace
}  // namespace sightline::statement
