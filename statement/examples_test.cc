#include "statement/examples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"
#include "statement/describe.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/json.h"
#include "statement/kinds.h"
#include "statement/seal.h"
#include "statement/statement_codec.h"
#include "statement/submitter_id.h"
#include "statement/test_log.h"
#include "statement/validate.h"

namespace sightline::statement {
namespace {

using ::testing::IsEmpty;

class EveryExample : public ::testing::TestWithParam<v1::StatementKind> {
 protected:
  EveryExample()
      : example_(ExampleStatement(GetParam(), kTestOrigin, "", kTestNowUnixMs,
                                  rng_)) {}

  crypto::FixedRng rng_{21};
  Example example_;
};

TEST_P(EveryExample, IsValidAndOfItsKind) {
  EXPECT_EQ(KindOf(example_.statement), GetParam());
  EXPECT_THAT(Validate(example_.statement).kept(), IsEmpty());
}

TEST_P(EveryExample, IsSaidByOneWhoMay) {
  // Nobody: the log makes it itself.
  if (GetParam() == v1::STATEMENT_KIND_SEALED_STATEMENT) return;
  EXPECT_TRUE(MaySay(SubmitterKindOf(example_.statement.header().submitter()),
                     GetParam()));
}

TEST_P(EveryExample, HasOpeningsThatFit) {
  const google::protobuf::RepeatedPtrField<v1::SealOpening> openings(
      example_.openings.begin(), example_.openings.end());
  EXPECT_THAT(CheckOpenings(example_.statement, openings).kept(), IsEmpty());
}

TEST_P(EveryExample, SignsParsesAndVerifies) {
  ASSERT_OK_AND_ASSIGN(const v1::SignedStatement signed_statement,
                       Sign(example_.statement, {TestKey(1)}));
  EXPECT_THAT(ValidateEnvelope(signed_statement).kept(), IsEmpty());
  ASSERT_OK_AND_ASSIGN(
      const v1::SignedStatement envelope,
      ParseSignedStatement(signed_statement.SerializeAsString()));
  EXPECT_OK(VerifySignature(TestKey(1).public_key(), envelope, 0));
  ASSERT_OK_AND_ASSIGN(const v1::Statement parsed,
                       ParseStatement(envelope.payload()));
  EXPECT_EQ(SerialiseStatement(parsed), SerialiseStatement(example_.statement));
}

TEST_P(EveryExample, TakesTheSubmitterAndOriginGiven) {
  // The log's own takes no submitter.
  if (GetParam() == v1::STATEMENT_KIND_SEALED_STATEMENT) return;
  const Example other = ExampleStatement(
      GetParam(), "example.com/other", "party:somebody", kTestNowUnixMs, rng_);
  EXPECT_EQ(other.statement.header().submitter(), "party:somebody");
  EXPECT_EQ(other.statement.header().origin(), "example.com/other");
  EXPECT_NE(other.statement.header().statement_id(),
            example_.statement.header().statement_id());
  EXPECT_THAT(Validate(other.statement).kept(), IsEmpty());
}

// Any byte changed: refused, or another statement in its one spelling. What is
// accepted goes through everything that people see.
TEST_P(EveryExample, SurvivesEveryChangedByte) {
  const std::string bytes = SerialiseStatement(example_.statement);
  int accepted = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (int change : {0x01, 0x02, 0x80, 0xff}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ change);
      const absl::StatusOr<v1::Statement> parsed = ParseStatement(changed);
      if (!parsed.ok()) continue;
      ++accepted;
      ASSERT_EQ(SerialiseStatement(*parsed), changed) << "byte " << i;
      Validate(*parsed);
      EXPECT_FALSE(DescribeStatementAtLength(*parsed).empty());
    }
  }
  EXPECT_GT(accepted, 0);
}

TEST_P(EveryExample, SurvivesEveryCut) {
  const std::string bytes = SerialiseStatement(example_.statement);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const absl::string_view cut = absl::string_view(bytes).substr(0, size);
    const absl::StatusOr<v1::Statement> parsed = ParseStatement(cut);
    if (parsed.ok()) {
      EXPECT_FALSE(Validate(*parsed).empty()) << size;
    }
  }
}

// The same for entries; PeekEntry agrees with ParseEntry on what both take.
TEST_P(EveryExample, EntrySurvivesEveryChangedByte) {
  std::string bytes;
  AppendEntry(kTestNowUnixMs,
              Sign(example_.statement, {TestKey(1)})->SerializeAsString(), "",
              2, 1, &bytes);
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (int change : {0x01, 0x80}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ change);
      const absl::StatusOr<v1::Entry> parsed = ParseEntry(changed);
      const absl::StatusOr<EntryPeek> peek = PeekEntry(changed);
      if (!parsed.ok()) continue;
      ASSERT_EQ(parsed->SerializeAsString(), changed);
      if (!peek.ok()) continue;
      EXPECT_EQ(peek->admitted_unix_ms, parsed->admitted_unix_ms());
      EXPECT_EQ(peek->payload, parsed->statement().payload());
      EXPECT_EQ(peek->feed_ordinal, parsed->feed_ordinal());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryExample,
                         ::testing::ValuesIn(AllKinds().begin(),
                                             AllKinds().end()),
                         [](const auto& info) {
                           return std::string(KindName(info.param));
                         });

TEST(ExampleStatement, CountsMonthsOverTheNewYear) {
  crypto::FixedRng rng(1);
  const int64_t january = 1578000000000;  // 2020-01-02
  EXPECT_EQ(ExampleStatement(v1::STATEMENT_KIND_PERIOD_REPORT, kTestOrigin, "",
                             january, rng)
                .statement.period_report()
                .month(),
            201912u);
}

}  // namespace
}  // namespace sightline::statement
