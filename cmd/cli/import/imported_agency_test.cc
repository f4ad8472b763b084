#include "cmd/cli/import/imported_agency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_matchers.h"
#include "cmd/cli/import/import_ids.h"
#include "crypto/signer.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "statement/validate.h"

namespace sightline::cli {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::SizeIs;

crypto::PublicKey TestKey() {
  return crypto::PrivateKey::FromSeed(std::string(32, 'k'))->public_key();
}

TEST(ImportedAgencyId, IsTheOriOrProvisionalByStateAndName) {
  EXPECT_THAT(ImportedAgencyId("WI0999900", "WI", "Anytown Police"),
              IsOkAndHolds("ori:WI0999900"));
  EXPECT_THAT(ImportedAgencyId("", "WI", "Anytown Police"),
              IsOkAndHolds("prov:wi-anytown-police"));
  EXPECT_THAT(ImportedAgencyId("", "NJ", "Anytown Police"),
              IsOkAndHolds("prov:nj-anytown-police"));
}

TEST(ImportedAgencyId, TakesSpellingsThatDifferInCaseAndPunctuationAsOne) {
  EXPECT_EQ(*ImportedAgencyId("", "CA", "ANYTOWN  Sheriff\xe2\x80\x99s Dept."),
            *ImportedAgencyId("", "CA", "Anytown Sheriff's Dept"));
}

TEST(ImportedAgencyId, RefusesWhatMakesNoId) {
  for (absl::string_view ori :
       {"WI09999", "wi0999900", "0990999WI", "WI-999900"}) {
    EXPECT_THAT(ImportedAgencyId(ori, "WI", "Anytown Police"),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << ori;
  }
  EXPECT_THAT(ImportedAgencyId("", "WI", "???"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(AgencyTypeByName, GoesByTheWordThatSaysMost) {
  EXPECT_EQ(AgencyTypeByName("Anytown Police Department"),
            v1::AGENCY_TYPE_POLICE);
  EXPECT_EQ(AgencyTypeByName("ANY COUNTY SHERIFF"), v1::AGENCY_TYPE_SHERIFF);
  EXPECT_EQ(AgencyTypeByName("Any County District Attorney's Office"),
            v1::AGENCY_TYPE_PROSECUTOR);
  EXPECT_EQ(AgencyTypeByName("Any State University Police Department"),
            v1::AGENCY_TYPE_CAMPUS);
  EXPECT_EQ(AgencyTypeByName("Any Highway Patrol"), v1::AGENCY_TYPE_STATE);
  EXPECT_EQ(AgencyTypeByName("Anytown PD"), v1::AGENCY_TYPE_POLICE);
  EXPECT_EQ(AgencyTypeByName("Any Task Force"), v1::AGENCY_TYPE_OTHER);
}

TEST(AddAlias, KeepsEachOtherSpellingOnceAndNoMoreThanTheLimit) {
  ImportedAgency agency;
  agency.name = "Anytown Police";
  for (absl::string_view spelling :
       {"Anytown Police", "Anytown PD", "", "Anytown PD", "ANYTOWN PD"}) {
    AddAlias(spelling, &agency);
  }
  EXPECT_THAT(agency.aliases, ElementsAre("Anytown PD", "ANYTOWN PD"));
  for (int i = 0; i < 100; ++i) AddAlias(absl::StrCat("name ", i), &agency);
  EXPECT_THAT(agency.aliases, SizeIs(64));
}

TEST(EnrolmentOf, IsAWellFormedStatementWithTheSameBytesEachTime) {
  ImportedAgency agency;
  agency.id = "prov:wi-anytown-police";
  agency.name = "Anytown Police";
  agency.type = v1::AGENCY_TYPE_POLICE;
  agency.state = "WI";
  agency.aliases = {"Anytown PD"};
  agency.joined_unix_ms = 1546300800000;
  const v1::Statement statement =
      EnrolmentOf(agency, "log.example/test", 1600000000000, TestKey());
  EXPECT_OK(statement::Validate(statement).ToStatus());
  EXPECT_EQ(statement.enrolment().submitter(), agency.id);
  EXPECT_EQ(statement.enrolment().verification(),
            v1::IDENTITY_VERIFICATION_IMPORTED);
  EXPECT_EQ(EnrolmentOf(agency, "log.example/test", 1600000000000, TestKey())
                .SerializeAsString(),
            statement.SerializeAsString());
}

TEST(ImportedStatementId, IsAUuidThatFollowsFromWhereTheRecordStands) {
  const std::string id = ImportedStatementId("request", "a.csv", 7);
  EXPECT_EQ(id, ImportedStatementId("request", "a.csv", 7));
  ASSERT_THAT(id, SizeIs(16));
  EXPECT_EQ(static_cast<uint8_t>(id[6]) >> 4, 4);
  EXPECT_EQ(static_cast<uint8_t>(id[8]) >> 6, 2);
  EXPECT_NE(id, ImportedStatementId("enrolment", "a.csv", 7));
  EXPECT_NE(id, ImportedStatementId("request", "b.csv", 7));
  EXPECT_NE(id, ImportedStatementId("request", "a.csv", 8));
}

TEST(DerivedRng, FollowsFromSecretAndNameAlone) {
  DerivedRng a("secret", "name");
  DerivedRng b("secret", "name");
  const std::string first = a.Bytes(50);
  EXPECT_EQ(first, b.Bytes(50));
  EXPECT_NE(first, a.Bytes(50));
  EXPECT_NE(first, DerivedRng("secret", "other").Bytes(50));
  EXPECT_NE(first, DerivedRng("other", "name").Bytes(50));
}

}  // namespace
}  // namespace sightline::cli
