#include "statement/submitter_id.h"

#include <gtest/gtest.h>

#include <string>

#include "base/status_matchers.h"

namespace sightline::statement {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;

TEST(SubmitterKindOf, FollowsTheScheme) {
  EXPECT_EQ(SubmitterKindOf("ori:CA0194200"), v1::SUBMITTER_KIND_AGENCY);
  EXPECT_EQ(SubmitterKindOf("prov:nowhere-pd"), v1::SUBMITTER_KIND_AGENCY);
  EXPECT_EQ(SubmitterKindOf("platform:cam"), v1::SUBMITTER_KIND_PLATFORM);
  EXPECT_EQ(SubmitterKindOf("party:eff"), v1::SUBMITTER_KIND_THIRD_PARTY);
  EXPECT_EQ(SubmitterKindOf("court:cacd-2"), v1::SUBMITTER_KIND_COURT);
  EXPECT_EQ(SubmitterKindOf("keeper:log"), v1::SUBMITTER_KIND_KEEPER);
  EXPECT_EQ(SubmitterKindOf("registrar"), v1::SUBMITTER_KIND_REGISTRAR);
}

TEST(IsSubmitterId, RefusesWhatIsNone) {
  for (absl::string_view id :
       {"", "CA0194200", "ori:", "ori:CA019420", "ori:CA01942000",
        "ori:ca0194200", "ori:1A0194200", "ori:CA01942-0", "prov:ab",
        "prov:Nowhere", "prov:a b c", "platform:caf\xc3\xa9", "registrar:abc",
        "registrars", "agency:abc", "court:", " party:eff", "party:eff\n"}) {
    EXPECT_FALSE(IsSubmitterId(id)) << id;
  }
}

TEST(IsSubmitterId, NamesHaveThreeToAHundredCharacters) {
  EXPECT_TRUE(IsSubmitterId("prov:abc"));
  EXPECT_TRUE(IsSubmitterId("prov:" + std::string(100, 'a')));
  EXPECT_FALSE(IsSubmitterId("prov:" + std::string(101, 'a')));
}

TEST(IsProvisional, HoldsForAgenciesWithoutOri) {
  EXPECT_TRUE(IsProvisional("prov:nowhere-pd"));
  EXPECT_FALSE(IsProvisional("ori:CA0194200"));
  EXPECT_FALSE(IsProvisional("prov:"));
}

TEST(AgencyId, NeedsAnOri) {
  EXPECT_THAT(AgencyId("CA0194200"), IsOkAndHolds("ori:CA0194200"));
  EXPECT_THAT(AgencyId("CA019420"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(NameSlug, KeepsLettersAndDigits) {
  EXPECT_THAT(NameSlug("Ventura County Sheriff's Office"),
              IsOkAndHolds("ventura-county-sheriff-s-office"));
  EXPECT_THAT(NameSlug("  St. Paul  P.D. #2 "), IsOkAndHolds("st-paul-p-d-2"));
  EXPECT_THAT(NameSlug("Ca\xc3\xb1on City PD"), IsOkAndHolds("ca-on-city-pd"));
}

TEST(NameSlug, RefusesWhatIsTooShort) {
  EXPECT_THAT(NameSlug("PD"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(NameSlug("---"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(NameSlug, CutsLongNamesToAValidId) {
  for (const std::string& name :
       {std::string(300, 'x'), std::string(99, 'x') + " police"}) {
    ASSERT_OK_AND_ASSIGN(const std::string id, ProvisionalId(name));
    EXPECT_TRUE(IsSubmitterId(id)) << id;
  }
}

TEST(PlatformId, IsASubmitterId) {
  EXPECT_THAT(PlatformId("Example Cameras, Inc."),
              IsOkAndHolds("platform:example-cameras-inc"));
}

}  // namespace
}  // namespace sightline::statement
