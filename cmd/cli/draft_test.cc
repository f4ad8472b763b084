#include "cmd/cli/draft.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/status/status.h"
#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "cmd/cli/invocation.h"
#include "crypto/fixed_rng.h"
#include "crypto/signer.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/examples.h"
#include "statement/kinds.h"
#include "statement/timestamps.h"

namespace sightline::cli {
namespace {

using ::sightline::base::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr char kOrigin[] = "log.example.com/test";
constexpr int64_t kNowUnixMs = 1'770'000'000'000;

class DraftTest : public ::testing::Test {
 protected:
  DraftTest() : run_(Around()) {}

  Surroundings Around() {
    Surroundings around;
    around.out = &out_;
    around.err = &err_;
    around.env = [](const char*) { return std::nullopt; };
    around.clock = &clock_;
    around.rng = &rng_;
    return around;
  }

  // A whole request of ori:CA0194200, header completed.
  Draft Request() {
    Draft draft;
    draft.statement =
        statement::ExampleStatement(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kOrigin,
                                    "ori:CA0194200", kNowUnixMs, rng_)
            .statement;
    draft.statement.mutable_header()->clear_sealed();
    return draft;
  }

  std::ostringstream out_;
  std::ostringstream err_;
  base::FakeClock clock_{kNowUnixMs};
  crypto::FixedRng rng_{1};
  Invocation run_;
};

TEST_F(DraftTest, ReadsJsonAndTextProto) {
  ASSERT_OK_AND_ASSIGN(
      const Draft json,
      ReadDraft("\n {\"footage_request\": {\"offence_code\": \"220\"}}"));
  EXPECT_EQ(json.statement.footage_request().offence_code(), "220");
  ASSERT_OK_AND_ASSIGN(const Draft text,
                       ReadDraft("footage_request { offence_code: \"220\" }"));
  EXPECT_EQ(text.statement.SerializeAsString(),
            json.statement.SerializeAsString());
}

TEST_F(DraftTest, TakesSealedValuesOutOfTheJson) {
  ASSERT_OK_AND_ASSIGN(const Draft draft, ReadDraft(R"({
      "footage_request": {},
      "sealed_values": {
        "case_number": "20-012345",
        "narrative": {"value": "words", "ground": "active_investigation",
                      "granter": "court", "sealed_until": "2027-01-31"}}})"));
  ASSERT_THAT(draft.sealed_values, SizeIs(2));
  EXPECT_EQ(draft.sealed_values[0].path, "case_number");
  EXPECT_EQ(draft.sealed_values[0].value, "20-012345");
  EXPECT_EQ(draft.sealed_values[0].ground, "");
  EXPECT_EQ(draft.sealed_values[1].value, "words");
  EXPECT_EQ(draft.sealed_values[1].granter, "court");
  EXPECT_EQ(draft.sealed_values[1].sealed_until, "2027-01-31");
}

TEST_F(DraftTest, SaysWhatIsWrongWithADraft) {
  const struct {
    const char* text;
    const char* fault;
  } cases[] = {
      {"{\"footage_request\": ", "malformed JSON"},
      {"{\"footage_request\": {\"chanel\": 1}}", "chanel"},
      {"{\"sealed_values\": 7}", "sealed_values: want an object"},
      {"{\"sealed_values\": {\"a\": 7}}", "sealed_values.a: want a text"},
      {"{\"sealed_values\": {\"a\": {\"vlaue\": \"x\"}}}", "\"vlaue\""},
      {"{\"sealed_values\": {\"a\": {\"value\": 7}}}", "value: want a text"},
      {"footage_request { chanel: 1 }", "chanel"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(ReadDraft(c.text).status(),
                StatusIs(kInvalid, HasSubstr(c.fault)))
        << c.text;
  }
}

TEST_F(DraftTest, WhatIsPrintedToBeEditedIsReadAgain) {
  for (const v1::StatementKind kind : statement::AllKinds()) {
    const statement::Example example =
        statement::ExampleStatement(kind, kOrigin, "", kNowUnixMs, rng_);
    Draft draft;
    draft.statement = example.statement;
    draft.openings = example.openings;
    ASSERT_OK_AND_ASSIGN(const std::string json, DraftToJson(draft));
    // What a submission fills in is left out.
    EXPECT_THAT(json, AllOf(Not(HasSubstr("claimed_time")),
                            Not(HasSubstr("statement_id"))));
    ASSERT_OK_AND_ASSIGN(const Draft again, ReadDraft(json));
    EXPECT_EQ(statement::KindOf(again.statement), kind);
    EXPECT_EQ(again.sealed_values.size(), draft.openings.size());
  }
}

TEST_F(DraftTest, FillsInWhatTheHeaderLacks) {
  Draft draft;
  draft.statement.mutable_footage_request();
  Settings settings;
  EXPECT_THAT(CompleteHeader(settings, kOrigin, run_, &draft),
              StatusIs(kInvalid, HasSubstr("--submitter")));
  settings.submitter = "ori:CA0194200";
  ASSERT_OK(CompleteHeader(settings, kOrigin, run_, &draft));
  const v1::StatementHeader header = draft.statement.header();
  EXPECT_EQ(header.origin(), kOrigin);
  EXPECT_EQ(header.submitter(), "ori:CA0194200");
  EXPECT_EQ(header.statement_id().size(), 16u);
  EXPECT_EQ(statement::ToUnixMs(header.claimed_time()), kNowUnixMs);
  // What is there stays.
  settings.submitter = "ori:CA0100100";
  ASSERT_OK(CompleteHeader(settings, "another", run_, &draft));
  EXPECT_EQ(draft.statement.header().SerializeAsString(),
            header.SerializeAsString());
}

TEST_F(DraftTest, RegistrarsNeedNotSayWhoTheyAre) {
  Draft draft;
  draft.statement.mutable_enrolment();
  ASSERT_OK(CompleteHeader(Settings(), kOrigin, run_, &draft));
  EXPECT_EQ(draft.statement.header().submitter(), "registrar");
}

TEST_F(DraftTest, FlagsGiveSealsTheirTerms) {
  Draft draft = Request();
  SealFlags flags;
  flags.values = {"case_number=20-0=1", "narrative=@"};
  const std::string file = ::testing::TempDir() + "/narrative";
  std::ofstream(file) << "words\n";
  flags.values[1] += file;
  flags.until = "2027-01-31";
  ASSERT_OK(TakeSeals(flags, &draft));
  ASSERT_THAT(draft.sealed_values, SizeIs(2));
  EXPECT_EQ(draft.sealed_values[0].value, "20-0=1");
  EXPECT_EQ(draft.sealed_values[1].value, "words\n");
  EXPECT_EQ(draft.sealed_values[1].sealed_until, "2027-01-31");
}

// Neither a value nor what stands in its place may reach a terminal.
TEST_F(DraftTest, AFaultyFlagDoesNotShowTheValue) {
  for (const char* text : {"=secret", "secret"}) {
    Draft draft;
    SealFlags flags;
    flags.values = {text};
    EXPECT_THAT(TakeSeals(flags, &draft),
                StatusIs(kInvalid, Not(HasSubstr("secret"))));
  }
}

TEST_F(DraftTest, SealsWithTheUsualTerms) {
  Draft draft = Request();
  draft.sealed_values = {{"case_number", "20-012345", "", "", ""}};
  ASSERT_OK(SealAll(rng_, &draft));
  ASSERT_THAT(draft.openings, SizeIs(1));
  EXPECT_EQ(draft.openings[0].value(), "20-012345");
  ASSERT_EQ(draft.statement.header().sealed_size(), 1);
  const v1::SealedField& sealed = draft.statement.header().sealed(0);
  EXPECT_EQ(sealed.path(), "case_number");
  EXPECT_EQ(sealed.ground(), v1::SEAL_GROUND_ACTIVE_INVESTIGATION);
  EXPECT_EQ(sealed.granter(), v1::SEAL_GRANTER_SUBMITTER);
  EXPECT_EQ(statement::ToUnixMs(sealed.sealed_until()),
            kNowUnixMs + int64_t{kDefaultSealDays} * 24 * 3600 * 1000);
}

TEST_F(DraftTest, NamesTheSealThatIsWrong) {
  Draft draft = Request();
  draft.sealed_values = {{"case_number", "x", "curiosity", "", ""}};
  EXPECT_THAT(SealAll(rng_, &draft),
              StatusIs(kInvalid, AllOf(HasSubstr("seal case_number"),
                                       HasSubstr("curiosity"))));
}

TEST_F(DraftTest, RefusesCommitmentsWithoutTheirValues) {
  Draft draft = Request();
  draft.statement.mutable_header()->add_sealed()->set_path("case_number");
  EXPECT_THAT(SealAll(rng_, &draft),
              StatusIs(kInvalid, HasSubstr("sealed_values")));
}

TEST_F(DraftTest, SignsWhatKeepsToTheRules) {
  const auto key = crypto::PrivateKey::FromSeed(std::string(32, 'k'));
  ASSERT_OK(key.status());
  Draft draft = Request();
  ASSERT_OK_AND_ASSIGN(const auto signed_statement, SignDraft(draft, {*key}));
  EXPECT_EQ(signed_statement.signatures_size(), 1);
  draft.statement.mutable_footage_request()->clear_offence_code();
  draft.statement.mutable_footage_request()->clear_area();
  EXPECT_THAT(
      SignDraft(draft, {*key}).status(),
      StatusIs(kInvalid, AllOf(HasSubstr("footage_request.offence_code"),
                               HasSubstr("footage_request.area"))));
}

TEST_F(DraftTest, SaysThatThereIsNoKey) {
  EXPECT_THAT(
      ReadStatementKey(Settings()).status(),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("--statement-key")));
}

}  // namespace
}  // namespace sightline::cli
