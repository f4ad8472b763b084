#include "statement/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crypto/fixed_rng.h"
#include "statement/examples.h"
#include "statement/seal.h"
#include "statement/test_log.h"
#include "statement/timestamps.h"
#include "statement/validate.h"

namespace sightline::statement {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kHourMs = 3600 * 1000;
constexpr int64_t kDayMs = 24 * kHourMs;

class PolicyTest : public ::testing::Test {
 protected:
  PolicyTest() {
    crypto::FixedRng rng(7);
    request_ = ExampleStatement(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kTestOrigin,
                                "", kTestNowUnixMs, rng)
                   .statement;
    policy_ = DefaultPolicies()[0];
  }

  v1::FootageRequest& request() { return *request_.mutable_footage_request(); }

  std::vector<v1::Finding> Findings(int64_t admitted_unix_ms) const {
    return Evaluate(request_, admitted_unix_ms, view_);
  }

  // "rule_id got > limit", a note in brackets.
  std::vector<std::string> Found(int64_t admitted_unix_ms = kTestNowUnixMs) {
    std::vector<std::string> out;
    for (const v1::Finding& f : Findings(admitted_unix_ms)) {
      const std::string text =
          absl::StrCat(f.rule_id(), " ", f.got(), " > ", f.limit());
      out.push_back(f.severity() == v1::Finding::SEVERITY_NOTE
                        ? absl::StrCat("(", text, ")")
                        : text);
    }
    return out;
  }

  v1::Statement request_;
  v1::PolicyVersion policy_;
  PolicyView view_{&policy_, true, std::nullopt};
};

TEST_F(PolicyTest, NothingToFind) { EXPECT_THAT(Found(), IsEmpty()); }

TEST_F(PolicyTest, OtherKindsAreNotGoverned) {
  TestLog log;
  EXPECT_THAT(Evaluate(log.NewStatement(), kTestNowUnixMs, view_), IsEmpty());
  EXPECT_FALSE(IsGoverned(log.NewStatement()));
  EXPECT_TRUE(IsGoverned(request_));
}

TEST_F(PolicyTest, ChannelUngoverned) {
  view_ = {nullptr, true, std::nullopt};
  EXPECT_THAT(Found(), ElementsAre("(channel.ungoverned "
                                   "CHANNEL_REQUEST_FOR_ASSISTANCE > )"));
}

TEST_F(PolicyTest, PolicyMissing) {
  request().clear_policy();
  view_.cited_is_known = false;
  EXPECT_THAT(Found(), ElementsAre("(policy.missing  > rfa-2021/1)"));
}

TEST_F(PolicyTest, PolicySuperseded) {
  policy_.mutable_policy()->set_version(2);
  EXPECT_THAT(Found(),
              ElementsAre("(policy.superseded rfa-2021/1 > rfa-2021/2)"));
}

TEST_F(PolicyTest, PolicyUnknown) {
  view_.cited_is_known = false;
  request().mutable_policy()->set_version(9);
  EXPECT_THAT(Found(), ElementsAre("policy.unknown rfa-2021/9 > rfa-2021/1"));
}

TEST_F(PolicyTest, PurposeNotAllowed) {
  request().set_purpose(v1::PURPOSE_OTHER);
  EXPECT_THAT(Found(),
              ElementsAre("purpose.not_allowed PURPOSE_OTHER > PURPOSE_THEFT "
                          "PURPOSE_PROPERTY_DAMAGE PURPOSE_PHYSICAL_INJURY "
                          "PURPOSE_MISSING_PERSON"));
  policy_.clear_allowed_purposes();
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(PolicyTest, OffenceThatThePolicyDoesNotListForThePurpose) {
  for (const char* code : {"220", "23D", "280"}) {
    request().set_offence_code(code);
    EXPECT_THAT(Found(), IsEmpty()) << code;
  }
  request().set_offence_code("290");
  EXPECT_THAT(Found(),
              ElementsAre("offence.not_allowed PURPOSE_THEFT 290 > 120 220 23A "
                          "23B 23C 23D 23E 23F 23G 23H 240 280"));
  request().clear_offence_code();
  policy_.clear_required_fields();
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(PolicyTest, PurposeThatTheOffenceDoesNotHave) {
  policy_.clear_purpose_offences();
  request().set_offence_code("90C");
  EXPECT_THAT(Found(), ElementsAre("(purpose.offence PURPOSE_THEFT 90C > none "
                                   "of the purposes)"));
  request().set_offence_code("290");
  EXPECT_THAT(Found(), ElementsAre("(purpose.offence PURPOSE_THEFT 290 > "
                                   "PURPOSE_PROPERTY_DAMAGE)"));
  request().set_purpose(v1::PURPOSE_MISSING_PERSON);
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(PolicyTest, RequiredFields) {
  policy_.add_required_fields("member_agencies");
  policy_.add_required_fields("camera_hours_asked");
  policy_.add_required_fields("unit");
  policy_.add_required_fields("area");
  request().add_member_agencies("ori:CA0190000");
  request().set_camera_hours_asked(1);
  request().set_unit("Unit 1");
  EXPECT_THAT(Found(), IsEmpty());
  request().clear_member_agencies();
  request().clear_camera_hours_asked();
  request().clear_unit();
  EXPECT_THAT(Found(), ElementsAre("field.missing  > member_agencies",
                                   "field.missing  > camera_hours_asked",
                                   "field.missing  > unit"));
  request().mutable_imported()->set_row(1);
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(PolicyTest, VersionInForceAndVersionCitedAreBothKept) {
  v1::PolicyVersion cited = policy_;
  policy_.mutable_policy()->set_version(2);
  policy_.set_max_window_seconds(8 * 3600);
  view_.cited = &cited;
  EXPECT_THAT(Found(),
              ElementsAre("(policy.superseded rfa-2021/1 > rfa-2021/2)"));
}

TEST_F(PolicyTest, VersionCitedIsHeldAgainstToo) {
  v1::PolicyVersion cited = policy_;
  cited.set_max_window_seconds(1200);
  cited.set_requires_second_person(true);
  policy_.mutable_policy()->set_version(2);
  policy_.set_max_window_seconds(1800);
  view_.cited = &cited;
  request().set_second_person_approved(v1::DECLARED_NO);
  v1::TimeWindow& window = *request().mutable_footage_window();
  *window.mutable_end() = FromUnixMs(ToUnixMs(window.begin()) + 1500 * 1000);
  EXPECT_THAT(
      Found(),
      ElementsAre("(policy.superseded rfa-2021/1 > rfa-2021/2)",
                  "cited.window.max 1500 s > 1200 s",
                  "cited.second_person.missing DECLARED_NO > DECLARED_YES"));
}

TEST_F(PolicyTest, WhatBothVersionsFindIsToldOnce) {
  v1::PolicyVersion cited = policy_;
  cited.set_max_window_seconds(36000);
  policy_.mutable_policy()->set_version(2);
  view_.cited = &cited;
  request().mutable_area()->set_area_square_metres(1);
  v1::TimeWindow& window = *request().mutable_footage_window();
  *window.mutable_end() = FromUnixMs(ToUnixMs(window.begin()) + 43201 * 1000);
  EXPECT_THAT(
      Found(),
      ElementsAre("(policy.superseded rfa-2021/1 > rfa-2021/2)",
                  "window.max 43201 s > 43200 s", "area.min 1 m2 > 64750 m2",
                  "cited.window.max 43201 s > 36000 s"));
}

TEST_F(PolicyTest, VersionCitedCountsWhereNoneIsInForce) {
  const v1::PolicyVersion cited = policy_;
  view_ = {nullptr, true, std::nullopt, &cited};
  request().set_assembly_related(v1::DECLARED_YES);
  EXPECT_THAT(
      Found(),
      ElementsAre("(channel.ungoverned CHANNEL_REQUEST_FOR_ASSISTANCE > )",
                  "cited.assembly.forbidden DECLARED_YES > DECLARED_NO"));
}

TEST_F(PolicyTest, WindowLimitsAreInclusive) {
  v1::TimeWindow& window = *request().mutable_footage_window();
  const int64_t begin = ToUnixMs(window.begin());
  const auto set_length = [&](int64_t ms) {
    *window.mutable_end() = FromUnixMs(begin + ms);
  };
  set_length(15 * 60 * 1000);
  EXPECT_THAT(Found(), IsEmpty());
  set_length(15 * 60 * 1000 - 1000);
  EXPECT_THAT(Found(), ElementsAre("window.min 899 s > 900 s"));
  set_length(12 * kHourMs);
  EXPECT_THAT(Found(), IsEmpty());
  set_length(12 * kHourMs + 1);
  EXPECT_THAT(Found(), ElementsAre("window.max 43201 s > 43200 s"));
  policy_.set_max_window_seconds(0);
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(PolicyTest, WindowMissing) {
  request().clear_footage_window();
  EXPECT_THAT(Found(), ElementsAre("window.missing  > 43200 s"));
  policy_.set_min_window_seconds(0);
  policy_.set_max_window_seconds(0);
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(PolicyTest, AreaLimitsAreInclusive) {
  const auto set = [&](uint64_t area) {
    request().mutable_area()->set_area_square_metres(area);
  };
  set(64750);
  EXPECT_THAT(Found(), IsEmpty());
  set(64749);
  EXPECT_THAT(Found(), ElementsAre("area.min 64749 m2 > 64750 m2"));
  set(1294994);
  EXPECT_THAT(Found(), IsEmpty());
  set(1294995);
  EXPECT_THAT(Found(), ElementsAre("area.max 1294995 m2 > 1294994 m2"));
  set(0);
  EXPECT_THAT(Found(), ElementsAre("area.missing  > 1294994 m2"));
}

TEST_F(PolicyTest, RequiredSealedPath) {
  request_.mutable_header()->mutable_sealed()->DeleteSubrange(0, 1);
  EXPECT_THAT(Found(), ElementsAre("sealed.missing  > case_number"));
}

TEST_F(PolicyTest, AssemblyForbidden) {
  request().set_assembly_related(v1::DECLARED_YES);
  EXPECT_THAT(Found(),
              ElementsAre("assembly.forbidden DECLARED_YES > DECLARED_NO"));
  policy_.set_forbids_assembly_related(false);
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(PolicyTest, AnAssemblyThatACalendarListsIsHeldAgainstWhatIsDeclared) {
  request().set_assembly_related(v1::DECLARED_NO);
  EXPECT_THAT(Found(), IsEmpty());
  view_.assembly_index = 9;
  EXPECT_THAT(Found(), ElementsAre("assembly.undeclared DECLARED_NO > listed "
                                   "by entry 9"));
  policy_.set_forbids_assembly_related(false);
  request().set_assembly_related(v1::DECLARED_YES);
  EXPECT_THAT(Found(), ElementsAre("(assembly.listed DECLARED_YES > listed by "
                                   "entry 9)"));
}

TEST_F(PolicyTest, SecondPerson) {
  policy_.set_requires_second_person(true);
  EXPECT_THAT(Found(), IsEmpty());
  request().set_second_person_approved(v1::DECLARED_NO);
  EXPECT_THAT(Found(),
              ElementsAre("second_person.missing DECLARED_NO > DECLARED_YES"));
}

TEST_F(PolicyTest, SealTooLong) {
  policy_.set_max_seal_seconds(90 * 86400);
  EXPECT_THAT(Found(), IsEmpty());
  policy_.set_max_seal_seconds(90 * 86400 - 1);
  EXPECT_THAT(Found(),
              ElementsAre("seal.too_long case_number 7776000 s > 7775999 s",
                          "seal.too_long narrative 7776000 s > 7775999 s"));
  for (v1::SealedField& f : *request_.mutable_header()->mutable_sealed()) {
    f.set_ground(v1::SEAL_GROUND_PERSONAL_DATA);
  }
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(PolicyTest, SealGround) {
  policy_.add_seal_grounds(v1::SEAL_GROUND_FLIGHT);
  policy_.add_seal_grounds(v1::SEAL_GROUND_JEOPARDIZE);
  EXPECT_THAT(Found(), IsEmpty());  // the agency's own decision
  v1::SealedField& seal = *request_.mutable_header()->mutable_sealed(0);
  seal.set_granter(v1::SEAL_GRANTER_COURT);
  EXPECT_THAT(Found(),
              ElementsAre("seal.ground case_number "
                          "SEAL_GROUND_ACTIVE_INVESTIGATION > "
                          "SEAL_GROUND_FLIGHT SEAL_GROUND_JEOPARDIZE"));
  seal.set_ground(v1::SEAL_GROUND_JEOPARDIZE);
  EXPECT_THAT(Found(), IsEmpty());
  seal.set_ground(v1::SEAL_GROUND_PERSONAL_DATA);
  EXPECT_THAT(Found(), IsEmpty());
}

// What is found of seals alone: "rule_id got > limit".
std::vector<std::string> FoundOfSeals(const v1::Statement& statement,
                                      const v1::PolicyVersion& policy) {
  std::vector<std::string> out;
  for (const v1::Finding& f : EvaluateSeals(statement, policy)) {
    out.push_back(absl::StrCat(f.rule_id(), " ", f.got(), " > ", f.limit()));
  }
  return out;
}

class SealRulesTest : public ::testing::Test {
 protected:
  static v1::Statement Example(v1::StatementKind kind) {
    crypto::FixedRng rng(7);
    return ExampleStatement(kind, kTestOrigin, "", kTestNowUnixMs, rng)
        .statement;
  }

  const v1::PolicyVersion policy_ = DefaultPolicies()[2];  // 90 days
};

TEST_F(SealRulesTest, RenewalIsHeldAgainstThem) {
  v1::Statement statement = Example(v1::STATEMENT_KIND_SEAL_RENEWAL);
  v1::SealRenewal& renewal = *statement.mutable_seal_renewal();
  renewal.clear_paths();
  renewal.add_paths("narrative");
  renewal.set_granter(v1::SEAL_GRANTER_COURT);
  const auto last = [&](int64_t ms) {
    *renewal.mutable_sealed_until() = FromUnixMs(kTestNowUnixMs + ms);
  };
  ASSERT_TRUE(IsGovernedBySeals(statement));
  last(90 * kDayMs);
  EXPECT_THAT(FoundOfSeals(statement, policy_), IsEmpty());
  last(90 * kDayMs + 1);
  EXPECT_THAT(FoundOfSeals(statement, policy_),
              ElementsAre("seal.too_long narrative 7776001 s > 7776000 s"));
  last(90 * kDayMs);
  renewal.set_ground(v1::SEAL_GROUND_ACTIVE_INVESTIGATION);
  EXPECT_THAT(FoundOfSeals(statement, policy_),
              ElementsAre(absl::StrCat(
                  "seal.ground narrative SEAL_GROUND_ACTIVE_INVESTIGATION > ",
                  std::string("SEAL_GROUND_ENDANGER SEAL_GROUND_FLIGHT "
                              "SEAL_GROUND_TAMPERING SEAL_GROUND_INTIMIDATION "
                              "SEAL_GROUND_JEOPARDIZE")
                      .substr(0, 100))));
}

TEST_F(SealRulesTest, AnswerThatSealsIsHeldAgainstThem) {
  v1::Statement statement = Example(v1::STATEMENT_KIND_FOOTAGE_RESPONSE);
  v1::StatementHeader& header = *statement.mutable_header();
  header.clear_sealed();
  EXPECT_FALSE(IsGovernedBySeals(statement));
  v1::SealedField& seal = *header.add_sealed();
  seal.set_path("narrative");
  seal.set_ground(v1::SEAL_GROUND_JEOPARDIZE);
  seal.set_granter(v1::SEAL_GRANTER_SUBMITTER);
  *seal.mutable_sealed_until() = FromUnixMs(kTestNowUnixMs + 90 * kDayMs);
  ASSERT_TRUE(IsGovernedBySeals(statement));
  EXPECT_THAT(FoundOfSeals(statement, policy_), IsEmpty());
  *seal.mutable_sealed_until() = FromUnixMs(kTestNowUnixMs + 91 * kDayMs);
  EXPECT_THAT(FoundOfSeals(statement, policy_),
              ElementsAre("seal.too_long narrative 7862400 s > 7776000 s"));
}

TEST_F(SealRulesTest, RequestsAndFacesAreNotJudgedByThemAlone) {
  EXPECT_FALSE(IsGovernedBySeals(Example(v1::STATEMENT_KIND_FOOTAGE_REQUEST)));
  v1::Statement face;
  face.mutable_sealed_statement();
  face.mutable_header()->add_sealed()->set_path("signed_statement");
  EXPECT_FALSE(IsGovernedBySeals(face));
}

TEST_F(PolicyTest, ClaimedLate) {
  EXPECT_THAT(Found(kTestNowUnixMs + kDayMs), IsEmpty());
  EXPECT_THAT(Found(kTestNowUnixMs + kDayMs + 1000),
              ElementsAre("claimed.late 86401 s > 86400 s"));
  request().mutable_imported()->set_row(1);
  EXPECT_THAT(Found(kTestNowUnixMs + kDayMs + 1000), IsEmpty());
}

TEST_F(PolicyTest, ClaimedInTheFuture) {
  EXPECT_THAT(Found(kTestNowUnixMs - 300000), IsEmpty());
  EXPECT_THAT(Found(kTestNowUnixMs - 301000),
              ElementsAre("(claimed.future 301 s > 0 s)"));
}

TEST_F(PolicyTest, NeverMoreThan64Findings) {
  policy_.set_max_seal_seconds(1);
  const v1::SealedField field = request_.header().sealed(0);
  for (int i = 0; i < 80; ++i) *request_.mutable_header()->add_sealed() = field;
  EXPECT_EQ(Findings(kTestNowUnixMs).size(), 64u);
}

TEST_F(PolicyTest, TextsAreShort) {
  request().mutable_policy()->set_policy_id(std::string(5000, 'x'));
  view_.cited_is_known = false;
  for (const v1::Finding& finding : Findings(kTestNowUnixMs)) {
    EXPECT_LE(finding.got().size(), 100u);
    EXPECT_LE(finding.limit().size(), 100u);
  }
}

TEST(PolicyTime, IsTheDayOfAdmissionButForImports) {
  TestLog log;
  v1::Statement s = log.NewStatement();
  s.mutable_footage_request();
  EXPECT_EQ(PolicyTime(s, 5), 5);
  s.mutable_footage_request()->mutable_imported();
  EXPECT_EQ(PolicyTime(s, 5), kTestNowUnixMs);
}

TEST(DefaultPolicies, AreValidStatements) {
  TestLog log;
  for (const v1::PolicyVersion& policy : DefaultPolicies()) {
    v1::Statement s = log.NewStatement();
    *s.mutable_policy_version() = policy;
    EXPECT_THAT(Validate(s).kept(), IsEmpty()) << policy.title();
    EXPECT_TRUE(log.AppendByRegistrars(s).ok());
  }
}

TEST(DefaultPolicies, SayWhatTheirTimesAllowed) {
  const v1::PolicyVersion rfa = DefaultPolicies()[0];
  EXPECT_EQ(ToUnixMs(rfa.in_force_from()), 1623110400000);   // 2021-06-08
  EXPECT_EQ(ToUnixMs(rfa.in_force_until()), 1706054400000);  // 2024-01-24
  EXPECT_EQ(rfa.min_window_seconds(), 900u);
  EXPECT_EQ(rfa.max_window_seconds(), 43200u);
  EXPECT_TRUE(rfa.forbids_assembly_related());
  const v1::PolicyVersion california = DefaultPolicies()[2];
  EXPECT_EQ(california.max_seal_seconds(), 90u * 86400u);
}

}  // namespace
}  // namespace sightline::statement
