#include "statement/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "statement/dsse.h"
#include "statement/kinds.h"
#include "statement/statement_codec.h"
#include "statement/test_log.h"
#include "statement/timestamps.h"
#include "statement/validate_cases.h"

namespace sightline::statement {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ValidateExample : public ::testing::TestWithParam<v1::StatementKind> {};

TEST_P(ValidateExample, HasNoFaults) {
  EXPECT_THAT(FaultsOf(Example(GetParam())), IsEmpty());
}

TEST_P(ValidateExample, ReportsEveryFaultOfAnEmptyOne) {
  // The kind alone, everything in it missing.
  v1::Statement empty;
  const auto* field =
      v1::Statement::descriptor()->FindFieldByNumber(GetParam());
  empty.GetReflection()->MutableMessage(&empty, field);
  EXPECT_GE(FaultsOf(empty).size(), 6u);
}

TEST_P(ValidateExample, RefusesEnumsThatNobodyKnows) {
  const auto* kind = v1::Statement::descriptor()->FindFieldByNumber(GetParam());
  for (int i = 0; i < kind->message_type()->field_count(); ++i) {
    const auto* field = kind->message_type()->field(i);
    if (field->enum_type() == nullptr || field->is_repeated()) continue;
    v1::Statement wild = Example(GetParam());
    auto* body = wild.GetReflection()->MutableMessage(&wild, kind);
    body->GetReflection()->SetEnumValue(body, field, 12345);
    EXPECT_THAT(FaultsOf(wild),
                Contains(absl::StrCat(kind->name(), ".", field->name(),
                                      ": unknown value 12345")));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, ValidateExample,
                         ::testing::ValuesIn(AllKinds().begin(),
                                             AllKinds().end()),
                         [](const auto& info) {
                           return std::string(KindName(info.param));
                         });

std::vector<Case> HeaderCases() {
  std::vector<Case> out;
  const auto add = [&out](const char* name, const char* fault,
                          std::function<void(v1::StatementHeader*)> change) {
    Instantiate(&out, v1::STATEMENT_KIND_FOOTAGE_REQUEST, name, fault,
                [change](v1::Statement* s) { change(s->mutable_header()); });
  };
  using H = v1::StatementHeader;
  add("OriginMissing", "header.origin: ", [](H* h) { h->clear_origin(); });
  add("OriginWithSpace", "header.origin: ", [](H* h) { h->set_origin("a b"); });
  add("OriginWithPlus", "header.origin: ", [](H* h) { h->set_origin("a+b"); });
  add("OriginLong",
      "header.origin: ", [](H* h) { h->set_origin(std::string(201, 'a')); });
  add("OriginLongest", "", [](H* h) { h->set_origin(std::string(200, 'a')); });
  add("SubmitterMissing", "header.submitter: required",
      [](H* h) { h->clear_submitter(); });
  add("SubmitterMalformed", "header.submitter: not a submitter id",
      [](H* h) { h->set_submitter("LAPD"); });
  add("IdShort", "header.statement_id: ", [](H* h) {
    h->mutable_statement_id()->resize(15);
  });
  add("IdVersion1", "header.statement_id: ", [](H* h) {
    (*h->mutable_statement_id())[6] = 0x10;
  });
  add("IdVersion7", "", [](H* h) { (*h->mutable_statement_id())[6] = 0x70; });
  add("IdVariant", "header.statement_id: ", [](H* h) {
    (*h->mutable_statement_id())[8] = 0x10;
  });
  add("ClaimedMissing", "header.claimed_time: required",
      [](H* h) { h->clear_claimed_time(); });
  add("ClaimedInvalid", "header.claimed_time: want a time",
      [](H* h) { h->mutable_claimed_time()->set_nanos(-1); });
  add("SealedPathUnknown", "header.sealed[0].path: no field",
      [](H* h) { h->mutable_sealed(0)->set_path("shoe_size"); });
  add("SealedPathTwice", "header.sealed[1].path: given before",
      [](H* h) { h->mutable_sealed(1)->set_path(h->sealed(0).path()); });
  add("CommitmentShort", "header.sealed[0].commitment: 31 bytes, want 32",
      [](H* h) { h->mutable_sealed(0)->mutable_commitment()->resize(31); });
  add("GroundMissing", "header.sealed[0].ground: required",
      [](H* h) { h->mutable_sealed(0)->clear_ground(); });
  add("GranterMissing", "header.sealed[0].granter: required",
      [](H* h) { h->mutable_sealed(0)->clear_granter(); });
  add("UntilMissing", "header.sealed[0].sealed_until: required",
      [](H* h) { h->mutable_sealed(0)->clear_sealed_until(); });
  add("UntilMissingForPersonalData", "", [](H* h) {
    h->mutable_sealed(0)->clear_sealed_until();
    h->mutable_sealed(0)->set_ground(v1::SEAL_GROUND_PERSONAL_DATA);
  });
  add("UntilBeforeClaimed", "header.sealed[0].sealed_until: want a time after",
      [](H* h) {
        *h->mutable_sealed(0)->mutable_sealed_until() =
            FromUnixMs(kTestNowUnixMs);
      });
  add("SealedMany", "header.sealed: 65 items, want at most 64", [](H* h) {
    while (h->sealed_size() < 65) *h->add_sealed() = h->sealed(0);
  });
  return out;
}

INSTANTIATE_TEST_SUITE_P(Header, ValidateRule,
                         ::testing::ValuesIn(HeaderCases()), CaseName);

TEST(Validate, NamesAllFaultsAtOnce) {
  v1::Statement statement = Example(v1::STATEMENT_KIND_FOOTAGE_REQUEST);
  statement.mutable_header()->clear_origin();
  statement.mutable_footage_request()->clear_purpose();
  statement.mutable_footage_request()->set_offence_code("?");
  EXPECT_EQ(FaultsOf(statement).size(), 3u);
}

TEST(Validate, RefusesAStatementThatSaysNothing) {
  v1::Statement statement = Example(v1::STATEMENT_KIND_FOOTAGE_REQUEST);
  statement.clear_kind();
  statement.mutable_header()->clear_sealed();
  EXPECT_THAT(
      FaultsOf(statement),
      ::testing::ElementsAre("kind: required: the statement says nothing"));
}

TEST(Validate, NeverQuotesText) {
  v1::Statement statement = Example(v1::STATEMENT_KIND_ENROLMENT);
  const std::string secret = "Jane\tDoe";
  statement.mutable_enrolment()->set_name(secret);
  statement.mutable_enrolment()->set_submitter(secret);
  statement.mutable_enrolment()->set_state(secret);
  statement.mutable_enrolment()->set_units(0, secret);
  for (const std::string& fault : FaultsOf(statement)) {
    EXPECT_THAT(fault, ::testing::Not(HasSubstr("Jane")));
  }
}

v1::SignedStatement Envelope() {
  return *Sign(Example(v1::STATEMENT_KIND_ERASURE), {TestKey(1), TestKey(2)});
}

std::vector<std::string> EnvelopeFaults(const v1::SignedStatement& envelope) {
  std::vector<std::string> out;
  for (const Violation& v : ValidateEnvelope(envelope).kept()) {
    out.push_back(absl::StrCat(v.field, ": ", v.description));
  }
  return out;
}

TEST(ValidateEnvelope, TakesWhatSignMakes) {
  EXPECT_THAT(EnvelopeFaults(Envelope()), IsEmpty());
}

TEST(ValidateEnvelope, NamesEachFault) {
  v1::SignedStatement envelope = Envelope();
  envelope.set_payload_type("application/json");
  envelope.set_payload(std::string(kMaxStatementBytes + 1, 'x'));
  envelope.mutable_signatures(0)->mutable_signature()->resize(63);
  envelope.mutable_signatures(1)->set_key_id("short");
  EXPECT_THAT(
      EnvelopeFaults(envelope),
      ::testing::ElementsAre(
          HasSubstr("payload_type: want"), HasSubstr("payload: 49153 bytes"),
          HasSubstr("signatures[0].signature: 63 bytes, want 64"),
          HasSubstr("signatures[1].key_id: 5 bytes, want 32")));
}

TEST(ValidateEnvelope, CountsSignatures) {
  v1::SignedStatement envelope = Envelope();
  const v1::Signature signature = envelope.signatures(0);
  envelope.clear_signatures();
  EXPECT_THAT(EnvelopeFaults(envelope),
              Contains("signatures: 0 items, want 1 to 16"));
  for (int i = 0; i < 17; ++i) *envelope.add_signatures() = signature;
  EXPECT_THAT(EnvelopeFaults(envelope),
              Contains("signatures: 17 items, want 1 to 16"));
  EXPECT_THAT(EnvelopeFaults(envelope),
              Contains("signatures[1].key_id: given before"));
}

TEST(ValidateEnvelope, WantsAPayload) {
  v1::SignedStatement envelope = Envelope();
  envelope.clear_payload();
  EXPECT_THAT(EnvelopeFaults(envelope),
              Contains(HasSubstr("payload: 0 bytes")));
}

}  // namespace
}  // namespace sightline::statement
