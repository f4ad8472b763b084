#include "statement/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"
#include "crypto/sha256.h"
#include "nlohmann/json.hpp"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/examples.h"
#include "statement/kinds.h"
#include "statement/statement_codec.h"
#include "statement/test_log.h"

namespace sightline::statement {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

Example Make(v1::StatementKind kind) {
  crypto::FixedRng rng(41);
  return ExampleStatement(kind, kTestOrigin, "", kTestNowUnixMs, rng);
}

TEST(Json, EveryKindReadsBack) {
  for (v1::StatementKind kind : AllKinds()) {
    const v1::Statement statement = Make(kind).statement;
    for (JsonStyle style : {JsonStyle::kCompact, JsonStyle::kIndented}) {
      ASSERT_OK_AND_ASSIGN(const std::string json,
                           StatementToJson(statement, style));
      ASSERT_OK_AND_ASSIGN(const v1::Statement back, StatementFromJson(json));
      EXPECT_EQ(SerialiseStatement(back), SerialiseStatement(statement));
    }
  }
}

TEST(Text, EveryKindReadsBack) {
  for (v1::StatementKind kind : AllKinds()) {
    const v1::Statement statement = Make(kind).statement;
    ASSERT_OK_AND_ASSIGN(const v1::Statement back,
                         StatementFromText(StatementToText(statement)));
    EXPECT_EQ(SerialiseStatement(back), SerialiseStatement(statement));
  }
}

TEST(Json, NamesFieldsAsTheProtosDo) {
  ASSERT_OK_AND_ASSIGN(
      const std::string json,
      StatementToJson(Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST).statement,
                      JsonStyle::kCompact));
  EXPECT_THAT(json, HasSubstr("\"footage_request\":{\"channel\":"
                              "\"CHANNEL_REQUEST_FOR_ASSISTANCE\""));
  EXPECT_THAT(json, HasSubstr("\"claimed_time\":\"2020-05-30T18:00:00Z\""));
  EXPECT_THAT(json, Not(HasSubstr("\n")));
}

TEST(Json, RefusesWhatItDoesNotKnow) {
  for (absl::string_view bad :
       {"", "{", "[]", "null", "{\"footage_requests\":{}}",
        "{\"footage_request\":{\"channel\":\"CHANNEL_PIGEON\"}}",
        "{\"header\":{\"statement_id\":\"***\"}}",
        "{\"header\":{\"claimed_time\":\"yesterday\"}}"}) {
    EXPECT_THAT(StatementFromJson(bad),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << bad;
  }
}

TEST(Text, RefusesWhatItDoesNotKnowAndSaysWhere) {
  EXPECT_THAT(StatementFromText("header {\n  orign: \"x\"\n}"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("line 2, column")));
  EXPECT_FALSE(StatementFromText("header {").ok());
}

TEST(Json, RefusesTooMuchAndTooDeep) {
  const std::string huge(2 << 20, ' ');
  EXPECT_THAT(StatementFromJson(huge),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(StatementFromText(huge),
              StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string deep(100000, '[');
  EXPECT_FALSE(StatementFromJson(deep).ok());
  EXPECT_FALSE(StatementFromText(std::string(100000, '{')).ok());
}

TEST(Openings, ReadBack) {
  const Example example = Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST);
  ASSERT_OK_AND_ASSIGN(const std::string json,
                       OpeningToJson(example.openings[0]));
  ASSERT_OK_AND_ASSIGN(const v1::SealOpening back, OpeningFromJson(json));
  EXPECT_EQ(back.SerializeAsString(), example.openings[0].SerializeAsString());
  EXPECT_FALSE(OpeningFromJson("{\"pepper\":1}").ok());
}

std::string EntryBytes() {
  v1::PolicyRef policy;
  policy.set_policy_id("rfa-2021");
  policy.set_version(1);
  v1::Finding finding;
  finding.set_rule_id("window.max");
  finding.set_severity(v1::Finding::SEVERITY_VIOLATION);
  finding.set_got("50000 s");
  finding.set_limit("43200 s");
  std::string out;
  AppendEntry(
      kTestNowUnixMs + 5,
      Sign(Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST).statement, {TestKey(1)})
          ->SerializeAsString(),
      EncodeVerdict(&policy, {finding}), 3, 5, &out);
  return out;
}

TEST(EntryToJson, SaysAllInOneLine) {
  const std::string bytes = EntryBytes();
  ASSERT_OK_AND_ASSIGN(const std::string text, EntryToJson(7, bytes));
  EXPECT_THAT(text, Not(HasSubstr("\n")));
  const Json json = Json::parse(text);
  const v1::Entry entry = *ParseEntry(bytes);
  EXPECT_EQ(json["index"], 7);
  EXPECT_EQ(json["leaf_hash"],
            base::HexEncode(crypto::AsBytes(crypto::HashPrefixed(0, bytes))));
  EXPECT_EQ(json["identity_hash"],
            base::HexEncode(crypto::AsBytes(IdentityHash(entry.statement()))));
  EXPECT_EQ(json["admitted"], "2020-05-30T18:00:00.005Z");
  EXPECT_EQ(json["admitted_unix_ms"], kTestNowUnixMs + 5);
  EXPECT_EQ(json["submitter"], "ori:CA0194200");
  EXPECT_EQ(json["kind"], "footage_request");
  EXPECT_EQ(json["statement_id"].get<std::string>().size(), 36u);
  EXPECT_EQ(json["feed_ordinal"], 3);
  EXPECT_EQ(json["feed_previous_index"], 5);
  EXPECT_EQ(json["policy"]["policy_id"], "rfa-2021");
  EXPECT_EQ(json["findings"][0]["rule_id"], "window.max");
  EXPECT_EQ(json["findings"][0]["severity"], "SEVERITY_VIOLATION");
  EXPECT_EQ(json["signatures"][0]["key_id"],
            base::HexEncode(entry.statement().signatures(0).key_id()));
  EXPECT_EQ(json["statement"]["footage_request"]["offence_code"], "220");
}

TEST(EntryToJson, StatementReadsBack) {
  const std::string bytes = EntryBytes();
  const Json json = Json::parse(*EntryToJson(7, bytes, JsonStyle::kIndented));
  ASSERT_OK_AND_ASSIGN(const v1::Statement back,
                       StatementFromJson(json["statement"].dump()));
  EXPECT_EQ(SerialiseStatement(back), ParseEntry(bytes)->statement().payload());
}

TEST(EntryToJson, RefusesWhatIsNoEntry) {
  EXPECT_THAT(EntryToJson(0, "garbage"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  std::string bytes;
  AppendEntry(1, SignBytes("no statement", {TestKey(1)})->SerializeAsString(),
              "", 1, std::nullopt, &bytes);
  EXPECT_THAT(EntryToJson(0, bytes),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sightline::statement
