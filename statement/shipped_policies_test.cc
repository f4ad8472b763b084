// The files of policies/ in a registry, and requests held against them: every
// rule of the platform's 2021-24 rules and of California's notices, kept and
// broken. Their deadlines for answers and reviews are no findings but states of
// the record: records/request_row_test.cc.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"
#include "google/protobuf/util/message_differencer.h"
#include "statement/examples.h"
#include "statement/json.h"
#include "statement/policy.h"
#include "statement/test_log.h"
#include "statement/timestamps.h"
#include "statement/validate.h"

namespace sightline::statement {
namespace {

using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kNow = 1630454400000;           // 2021-09-01
constexpr int64_t kRulesBegin = 1623110400000;    // 2021-06-08
constexpr int64_t kRulesEnd = 1706054400000;      // 2024-01-24
constexpr int64_t kNoticesBegin = 1451606400000;  // 2016-01-01
constexpr int64_t kHourMs = 3600 * 1000;
constexpr int64_t kDayMs = 24 * kHourMs;

constexpr const char* kFiles[] = {"policies/rfa-2021.txtpb",
                                  "policies/community-2025.txtpb",
                                  "policies/ca-electronic-warrant.txtpb"};

v1::Statement ReadShipped(const std::string& path) {
  std::ifstream in(path);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  const absl::StatusOr<v1::Statement> statement = StatementFromText(text);
  EXPECT_OK(statement) << path;
  return statement.value_or(v1::Statement());
}

// A request for assistance that keeps the rules of its day.
v1::Statement PublicPost(int64_t claimed_unix_ms) {
  crypto::FixedRng rng(7);
  v1::Statement out = ExampleStatement(v1::STATEMENT_KIND_FOOTAGE_REQUEST,
                                       kTestOrigin, "", claimed_unix_ms, rng)
                          .statement;
  v1::PolicyRef* policy = out.mutable_footage_request()->mutable_policy();
  policy->set_policy_id("rfa-2021");
  policy->set_version(1);
  return out;
}

// A warrant under California's law.
v1::Statement Warrant(int64_t claimed_unix_ms) {
  v1::Statement out = PublicPost(claimed_unix_ms);
  v1::FootageRequest& request = *out.mutable_footage_request();
  request.set_channel(v1::CHANNEL_LEGAL_PROCESS);
  request.set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
  request.set_judge_issued(v1::DECLARED_YES);
  request.set_court_county_fips("06037");
  request.mutable_policy()->set_policy_id("ca-electronic-warrant");
  return out;
}

// One change to a request that keeps the rules, when it is admitted, and what is
// found: "rule_id severity: got > limit", "" for nothing.
struct Case {
  const char* name;
  v1::Statement (*request)(int64_t claimed_unix_ms);
  std::function<void(v1::Statement*)> change;
  int64_t admitted_unix_ms;
  const char* finding;
};

class ShippedPolicy : public ::testing::TestWithParam<Case> {
 protected:
  ShippedPolicy() {
    for (const char* file : kFiles) {
      v1::Statement statement = log_.NewStatement();
      *statement.mutable_policy_version() = ReadShipped(file).policy_version();
      EXPECT_OK(log_.AppendByRegistrars(statement));
    }
  }

  std::vector<std::string> Found(const v1::Statement& request,
                                 int64_t admitted_unix_ms) {
    const PolicyView view =
        log_.registry().PoliciesFor(request, admitted_unix_ms, log_.size());
    std::vector<std::string> out;
    for (const v1::Finding& f : Evaluate(request, admitted_unix_ms, view)) {
      out.push_back(absl::StrCat(f.rule_id(),
                                 f.severity() == v1::Finding::SEVERITY_VIOLATION
                                     ? " violation: "
                                     : " note: ",
                                 f.got(), " > ", f.limit()));
    }
    return out;
  }

  TestLog log_;
};

TEST_P(ShippedPolicy, FindsWhatBreaksItAndNothingElse) {
  const Case& c = GetParam();
  v1::Statement request = c.request(kNow);
  c.change(&request);
  ASSERT_THAT(Validate(request).kept(), IsEmpty());
  const auto found = Found(request, c.admitted_unix_ms);
  if (std::string(c.finding).empty()) {
    EXPECT_THAT(found, IsEmpty());
  } else {
    EXPECT_THAT(found, ElementsAre(c.finding));
  }
}

void Nothing(v1::Statement* /*statement*/) {}

std::function<void(v1::Statement*)> Request(
    std::function<void(v1::FootageRequest*)> change) {
  return [change = std::move(change)](v1::Statement* statement) {
    change(statement->mutable_footage_request());
  };
}

std::function<void(v1::Statement*)> WindowOf(int64_t length_ms) {
  return Request([length_ms](v1::FootageRequest* r) {
    v1::TimeWindow& window = *r->mutable_footage_window();
    *window.mutable_end() = FromUnixMs(ToUnixMs(window.begin()) + length_ms);
  });
}

std::function<void(v1::Statement*)> AreaOf(uint64_t square_metres) {
  return Request([square_metres](v1::FootageRequest* r) {
    r->mutable_area()->set_area_square_metres(square_metres);
  });
}

std::function<void(v1::Statement*)> PurposeOf(v1::Purpose purpose,
                                              const char* offence) {
  return Request([purpose, offence](v1::FootageRequest* r) {
    r->set_purpose(purpose);
    r->set_offence_code(offence);
  });
}

std::function<void(v1::Statement*)> Cites(const char* id, uint32_t version) {
  return Request([id, version](v1::FootageRequest* r) {
    r->mutable_policy()->set_policy_id(id);
    r->mutable_policy()->set_version(version);
  });
}

// The first seal is that of the case number.
std::function<void(v1::Statement*)> SealsFor(int64_t length_ms) {
  return [length_ms](v1::Statement* statement) {
    v1::StatementHeader& header = *statement->mutable_header();
    *header.mutable_sealed(0)->mutable_sealed_until() =
        FromUnixMs(kNow + length_ms);
  };
}

std::function<void(v1::Statement*)> SealedByACourtOn(v1::SealGround ground) {
  return [ground](v1::Statement* statement) {
    v1::SealedField& seal = *statement->mutable_header()->mutable_sealed(0);
    seal.set_granter(v1::SEAL_GRANTER_COURT);
    seal.set_ground(ground);
  };
}

// Sealed as a whole, for so long.
std::function<void(v1::Statement*)> SealedAsAWholeFor(int64_t length_ms) {
  return [length_ms](v1::Statement* statement) {
    v1::StatementHeader& header = *statement->mutable_header();
    header.clear_sealed();
    v1::WholeSeal& seal = *header.mutable_whole_seal();
    seal.set_ground(v1::SEAL_GROUND_JEOPARDIZE);
    seal.set_granter(v1::SEAL_GRANTER_COURT);
    *seal.mutable_sealed_until() = FromUnixMs(kNow + length_ms);
  };
}

void IsAnEmergency(v1::FootageRequest* r) {
  r->set_channel(v1::CHANNEL_EMERGENCY);
  r->set_legal_process(v1::LEGAL_PROCESS_EMERGENCY_2702);
  r->clear_judge_issued();
  r->clear_court_county_fips();
  r->set_emergency_basis(v1::EMERGENCY_BASIS_IMMINENT_DEATH);
  r->set_verification(v1::REQUESTER_VERIFICATION_CALL_BACK);
}

void AsksForSubscriberDataOnly(v1::FootageRequest* r) {
  r->clear_footage_window();
  r->clear_data_categories();
  r->add_data_categories(v1::DATA_CATEGORY_SUBSCRIBER);
}

std::vector<Case> PublicPosts() {
  const auto post = &PublicPost;
  return {
      {"PostKeepsAll", post, Nothing, kNow, ""},
      {"PostOfTheft", post, PurposeOf(v1::PURPOSE_THEFT, "220"), kNow, ""},
      {"PostOfDamage", post, PurposeOf(v1::PURPOSE_PROPERTY_DAMAGE, "290"),
       kNow, ""},
      {"PostOfInjury", post, PurposeOf(v1::PURPOSE_PHYSICAL_INJURY, "13A"),
       kNow, ""},
      {"PostOfMissingPerson", post,
       PurposeOf(v1::PURPOSE_MISSING_PERSON, "100"), kNow, ""},
      {"PostOfOtherPurpose", post, PurposeOf(v1::PURPOSE_OTHER, "90C"), kNow,
       "purpose.not_allowed violation: PURPOSE_OTHER > PURPOSE_THEFT "
       "PURPOSE_PROPERTY_DAMAGE PURPOSE_PHYSICAL_INJURY "
       "PURPOSE_MISSING_PERSON"},
      {"PostOfProtestAsDamage", post,
       PurposeOf(v1::PURPOSE_PROPERTY_DAMAGE, "90C"), kNow,
       "offence.not_allowed violation: PURPOSE_PROPERTY_DAMAGE 90C > 200 290"},
      {"PostOfDamageAsTheft", post, PurposeOf(v1::PURPOSE_THEFT, "290"), kNow,
       "offence.not_allowed violation: PURPOSE_THEFT 290 > 120 220 23A 23B 23C "
       "23D 23E 23F 23G 23H 240 280"},
      {"PostOfTheftAsInjury", post,
       PurposeOf(v1::PURPOSE_PHYSICAL_INJURY, "23D"), kNow,
       "offence.not_allowed violation: PURPOSE_PHYSICAL_INJURY 23D > 09A 09B "
       "100 11X 13A 13B"},
      {"PostOf15Minutes", post, WindowOf(kHourMs / 4), kNow, ""},
      {"PostUnder15Minutes", post, WindowOf(kHourMs / 4 - 1000), kNow,
       "window.min violation: 899 s > 900 s"},
      {"PostOf12Hours", post, WindowOf(12 * kHourMs), kNow, ""},
      {"PostOver12Hours", post, WindowOf(12 * kHourMs + 1000), kNow,
       "window.max violation: 43201 s > 43200 s"},
      {"PostWithoutWindow", post, Request(AsksForSubscriberDataOnly), kNow,
       "window.missing violation:  > 43200 s"},
      {"PostOfLeastArea", post, AreaOf(64750), kNow, ""},
      {"PostOfLessArea", post, AreaOf(64749), kNow,
       "area.min violation: 64749 m2 > 64750 m2"},
      {"PostOfMostArea", post, AreaOf(1294994), kNow, ""},
      {"PostOfMoreArea", post, AreaOf(1294995), kNow,
       "area.max violation: 1294995 m2 > 1294994 m2"},
      {"PostWithoutSizeOfArea", post, AreaOf(0), kNow,
       "area.missing violation:  > 1294994 m2"},
      {"PostWithoutCaseNumber", post,
       [](v1::Statement* s) {
         s->mutable_header()->mutable_sealed()->DeleteSubrange(0, 1);
       },
       kNow, "sealed.missing violation:  > case_number"},
      {"PostOfProtest", post, Request([](v1::FootageRequest* r) {
         r->set_assembly_related(v1::DECLARED_YES);
       }),
       kNow, "assembly.forbidden violation: DECLARED_YES > DECLARED_NO"},
      {"PostOfOnePersonOnly", post, Request([](v1::FootageRequest* r) {
         r->set_second_person_approved(v1::DECLARED_NO);
       }),
       kNow, ""},
      {"PostSealedForYears", post, SealsFor(1000 * kDayMs), kNow, ""},
      {"PostAfterADay", post, Nothing, kNow + kDayMs, ""},
      {"PostLate", post, Nothing, kNow + kDayMs + 1000,
       "claimed.late violation: 86401 s > 86400 s"},
      {"PostSlightlyAhead", post, Nothing, kNow - 300000, ""},
      {"PostFromTheFuture", post, Nothing, kNow - 301000,
       "claimed.future note: 301 s > 0 s"},
      {"PostCitesNothing", post,
       Request([](v1::FootageRequest* r) { r->clear_policy(); }), kNow,
       "policy.missing note:  > rfa-2021/1"},
      {"PostCitesAnother", post, Cites("community-2025", 1), kNow,
       "policy.superseded note: community-2025/1 > rfa-2021/1"},
      {"PostCitesUnknown", post, Cites("rfa-2021", 9), kNow,
       "policy.unknown violation: rfa-2021/9 > rfa-2021/1"},
  };
}

std::vector<Case> Warrants() {
  const auto warrant = &Warrant;
  return {
      {"WarrantKeepsAll", warrant, Nothing, kNow, ""},
      {"WarrantOfWideArea", warrant, AreaOf(5000000), kNow, ""},
      {"WarrantSealedFor90Days", warrant, SealsFor(90 * kDayMs), kNow, ""},
      {"WarrantSealedForLonger", warrant, SealsFor(90 * kDayMs + 1000), kNow,
       "seal.too_long violation: case_number 7776001 s > 7776000 s"},
      {"WarrantSealedByACourt", warrant,
       SealedByACourtOn(v1::SEAL_GROUND_TAMPERING), kNow, ""},
      {"WarrantSealedByACourtOnNoGroundOfTheLaw", warrant,
       SealedByACourtOn(v1::SEAL_GROUND_ACTIVE_INVESTIGATION), kNow,
       "seal.ground violation: case_number SEAL_GROUND_ACTIVE_INVESTIGATION > "
       "SEAL_GROUND_ENDANGER SEAL_GROUND_FLIGHT SEAL_GROUND_TAMPERING "
       "SEAL_GROUND_INTIMIDATION SEAL_GROUND_J"},
      {"WarrantThatNamesNoService", warrant,
       Request([](v1::FootageRequest* r) { r->clear_custodian(); }), kNow,
       "field.missing violation:  > custodian"},
      {"WarrantSealedForEver", warrant,
       [](v1::Statement* s) {
         v1::SealedField& seal = *s->mutable_header()->mutable_sealed(0);
         seal.set_ground(v1::SEAL_GROUND_PERSONAL_DATA);
         seal.clear_sealed_until();
       },
       kNow, ""},
      {"WarrantAfterThreeDays", warrant, Nothing, kNow + 3 * kDayMs, ""},
      {"WarrantLate", warrant, Nothing, kNow + 3 * kDayMs + 1000,
       "claimed.late violation: 259201 s > 259200 s"},
      {"WarrantCitesNothing", warrant,
       Request([](v1::FootageRequest* r) { r->clear_policy(); }), kNow,
       "policy.missing note:  > ca-electronic-warrant/1"},
      {"WarrantCitesAnother", warrant, Cites("rfa-2021", 1), kNow,
       "policy.superseded note: rfa-2021/1 > ca-electronic-warrant/1"},
      {"WarrantCitesUnknown", warrant, Cites("tx-warrant", 1), kNow,
       "policy.unknown violation: tx-warrant/1 > ca-electronic-warrant/1"},
      {"WarrantSealedAsAWholeFor90Days", warrant,
       SealedAsAWholeFor(90 * kDayMs), kNow, ""},
      {"WarrantSealedAsAWholeForLonger", warrant,
       SealedAsAWholeFor(90 * kDayMs + 1000), kNow,
       "seal.too_long violation: signed_statement 7776001 s > 7776000 s"},
      {"EmergencyAfterThreeDays", warrant, Request(IsAnEmergency),
       kNow + 3 * kDayMs, ""},
      {"EmergencyLate", warrant, Request(IsAnEmergency),
       kNow + 3 * kDayMs + 1000, "claimed.late violation: 259201 s > 259200 s"},
  };
}

std::string NameOf(const ::testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Rules, ShippedPolicy,
                         ::testing::ValuesIn(PublicPosts()), NameOf);
INSTANTIATE_TEST_SUITE_P(Law, ShippedPolicy, ::testing::ValuesIn(Warrants()),
                         NameOf);

class ShippedDates : public ShippedPolicy {};

TEST_F(ShippedDates, PublicPostsAreGovernedFromTheFirstDayToBeforeTheLast) {
  const char* ungoverned =
      "channel.ungoverned note: CHANNEL_REQUEST_FOR_ASSISTANCE > ";
  EXPECT_THAT(Found(PublicPost(kRulesBegin), kRulesBegin), IsEmpty());
  EXPECT_THAT(Found(PublicPost(kRulesBegin - 1), kRulesBegin - 1),
              ElementsAre(ungoverned));
  EXPECT_THAT(Found(PublicPost(kRulesEnd - 1), kRulesEnd - 1), IsEmpty());
  EXPECT_THAT(Found(PublicPost(kRulesEnd), kRulesEnd), ElementsAre(ungoverned));
}

TEST_F(ShippedDates, WarrantsAreGovernedFrom2016) {
  EXPECT_THAT(Found(Warrant(kNoticesBegin), kNoticesBegin), IsEmpty());
  EXPECT_THAT(Found(Warrant(kNoticesBegin - 1), kNoticesBegin - 1),
              ElementsAre("channel.ungoverned note: CHANNEL_LEGAL_PROCESS > "));
}

// A calendar that lists an assembly at the time and in the county of the post.
class ShippedAssembly : public ShippedPolicy {
 protected:
  // Of the post, moved by so much; returns what is found of a post that declares
  // itself so.
  std::vector<std::string> FoundBeside(int64_t moved_by_ms,
                                       v1::Declared declared) {
    v1::Statement post = PublicPost(kNow);
    post.mutable_footage_request()->set_assembly_related(declared);
    EXPECT_THAT(Validate(post).kept(), IsEmpty());
    v1::Statement calendar = log_.NewStatement();
    calendar.mutable_assembly_calendar()->set_source("A register");
    v1::Assembly& listed =
        *calendar.mutable_assembly_calendar()->add_assemblies();
    const v1::TimeWindow& window = post.footage_request().footage_window();
    const auto moved = [moved_by_ms](const auto& time) {
      return FromUnixMs(ToUnixMs(time) + moved_by_ms);
    };
    *listed.mutable_window()->mutable_begin() = moved(window.begin());
    *listed.mutable_window()->mutable_end() = moved(window.end());
    listed.set_county_fips("06037");
    EXPECT_OK(log_.AppendByRegistrars(calendar));
    return Found(post, kNow);
  }
};

TEST_F(ShippedAssembly, PostThatSaysNoBesideAListedOneIsUndeclared) {
  EXPECT_THAT(
      FoundBeside(0, v1::DECLARED_NO),
      ElementsAre(
          "assembly.undeclared violation: DECLARED_NO > listed by entry 4"));
}

TEST_F(ShippedAssembly, PostThatSaysNoMonthsAwayFromAListedOneKeepsAll) {
  EXPECT_THAT(FoundBeside(60 * kDayMs, v1::DECLARED_NO), IsEmpty());
}

TEST_F(ShippedAssembly, PostThatSaysYesBesideAListedOneIsListedAndForbidden) {
  EXPECT_THAT(
      FoundBeside(0, v1::DECLARED_YES),
      ElementsAre("assembly.forbidden violation: DECLARED_YES > DECLARED_NO",
                  "assembly.listed note: DECLARED_YES > listed by entry 4"));
}

TEST_F(ShippedAssembly, PostThatSaysYesMonthsAwayIsForbiddenAlone) {
  EXPECT_THAT(
      FoundBeside(60 * kDayMs, v1::DECLARED_YES),
      ElementsAre("assembly.forbidden violation: DECLARED_YES > DECLARED_NO"));
}

// What may be sealed as a whole is no finding: the log refuses the rest.
class ShippedWholeSeals : public ShippedPolicy {
 protected:
  ShippedWholeSeals() { EXPECT_OK(log_.Enrol(kAgency, TestKey(1))); }

  absl::Status Submit(v1::LegalProcess process, const char* policy) {
    v1::Statement warrant = Warrant(kNow);
    warrant.mutable_header()->set_submitter(kAgency);
    SealedAsAWholeFor(90 * kDayMs)(&warrant);
    v1::FootageRequest& request = *warrant.mutable_footage_request();
    request.set_legal_process(process);
    if (process == v1::LEGAL_PROCESS_SUBPOENA_ADMIN) {  // no court issues it
      request.clear_judge_issued();
      request.clear_court_county_fips();
    }
    request.mutable_policy()->set_policy_id(policy);
    return log_.Append(warrant, {TestKey(1)});
  }

  static constexpr const char* kAgency = "ori:CA0194200";
};

TEST_F(ShippedWholeSeals, AreForWhatTheNoticesList) {
  for (const v1::LegalProcess process :
       {v1::LEGAL_PROCESS_SEARCH_WARRANT,
        v1::LEGAL_PROCESS_GEOFENCE_OR_REVERSE_WARRANT,
        v1::LEGAL_PROCESS_ORDER_2703D, v1::LEGAL_PROCESS_SUBPOENA_ADMIN,
        v1::LEGAL_PROCESS_SUBPOENA_GRAND_JURY,
        v1::LEGAL_PROCESS_SUBPOENA_TRIAL}) {
    EXPECT_OK(Submit(process, "ca-electronic-warrant"))
        << v1::LegalProcess_Name(process);
  }
}

TEST_F(ShippedWholeSeals, AreForNothingElse) {
  for (const v1::LegalProcess process :
       {v1::LEGAL_PROCESS_WIRETAP, v1::LEGAL_PROCESS_PEN_TRAP}) {
    EXPECT_THAT(Submit(process, "ca-electronic-warrant"),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("header.whole_seal: the policy that is "
                                   "cited (ca-electronic-warrant version 1)")))
        << v1::LegalProcess_Name(process);
  }
}

TEST_F(ShippedWholeSeals, AreForNothingByTheRulesOfPublicPosts) {
  for (const char* policy : {"rfa-2021", "community-2025"}) {
    EXPECT_THAT(Submit(v1::LEGAL_PROCESS_SEARCH_WARRANT, policy),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("header.whole_seal")))
        << policy;
  }
}

TEST_F(ShippedWholeSeals, LastNoLongerThanThePolicyThatIsCited) {
  const auto submit = [this](int64_t length_ms, v1::SealGround ground) {
    v1::Statement warrant = Warrant(kNow);
    warrant.mutable_header()->set_submitter(kAgency);
    SealedAsAWholeFor(length_ms)(&warrant);
    warrant.mutable_header()->mutable_whole_seal()->set_ground(ground);
    return log_.Append(warrant, {TestKey(1)});
  };
  EXPECT_OK(submit(90 * kDayMs, v1::SEAL_GROUND_FLIGHT));
  EXPECT_THAT(submit(90 * kDayMs + 1000, v1::SEAL_GROUND_FLIGHT),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("7776000 s from claimed_time")));
  EXPECT_THAT(submit(90 * kDayMs, v1::SEAL_GROUND_ACTIVE_INVESTIGATION),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("header.whole_seal")));
}

class ShippedVersions : public ShippedPolicy {};

// Validate lets only imports leave these fields out; the policy says so by itself.
TEST_F(ShippedVersions, RequireFieldsOfPublicPosts) {
  v1::Statement post = PublicPost(kNow);
  post.mutable_footage_request()->clear_incident_window();
  post.mutable_footage_request()->clear_offence_code();
  EXPECT_THAT(Found(post, kNow),
              ElementsAre("field.missing violation:  > offence_code",
                          "field.missing violation:  > incident_window"));
}

TEST_F(ShippedVersions, CitedIsHeldAgainstBesideTheOneInForce) {
  v1::Statement warrant = Warrant(kNow);
  Cites("rfa-2021", 1)(&warrant);
  WindowOf(12 * kHourMs + 1000)(&warrant);
  EXPECT_THAT(Found(warrant, kNow),
              ElementsAre("policy.superseded note: rfa-2021/1 > "
                          "ca-electronic-warrant/1",
                          "cited.window.max violation: 43201 s > 43200 s"));
}

TEST(ShippedFiles, WantTheUserToldOfEmergenciesInThreeDays) {
  for (const char* file : kFiles) {
    EXPECT_EQ(ReadShipped(file).policy_version().notice_deadline_seconds(),
              absl::string_view(file) == "policies/ca-electronic-warrant.txtpb"
                  ? 3 * kDayMs / 1000
                  : 0)
        << file;
  }
}

TEST(ShippedFiles, WantEmergenciesOfCaliforniaReviewedInThreeDays) {
  for (const char* file : kFiles) {
    EXPECT_EQ(ReadShipped(file).policy_version().review_deadline_seconds(),
              absl::string_view(file) == "policies/ca-electronic-warrant.txtpb"
                  ? 3 * kDayMs / 1000
                  : 0)
        << file;
  }
}

TEST(ShippedFiles, AreThePoliciesInTheProgram) {
  const std::vector<v1::PolicyVersion> policies = DefaultPolicies();
  ASSERT_EQ(policies.size(), std::size(kFiles));
  for (size_t i = 0; i < policies.size(); ++i) {
    const v1::Statement shipped = ReadShipped(kFiles[i]);
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(
        shipped.policy_version(), policies[i]))
        << kFiles[i];
    EXPECT_EQ(
        kFiles[i],
        absl::StrCat("policies/", policies[i].policy().policy_id(), ".txtpb"));
  }
}

}  // namespace
}  // namespace sightline::statement
