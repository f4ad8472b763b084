#include "cmd/cli/import/agency_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_matchers.h"
#include "cmd/cli/import/import_notes.h"
#include "cmd/cli/import/imported_agency.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::cli {
namespace {

using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::string_view kHeader =
    "aosnumber,agency,lea_type,jurisdiction,city,county,state,joined,"
    "joined_text,ori9,ori_match,county_fips\n";

AgencyFile Read(absl::string_view rows) {
  std::istringstream in(absl::StrCat(kHeader, rows));
  absl::StatusOr<AgencyFile> file = ReadAgencyFile(in);
  EXPECT_OK(file.status());
  return file.ok() ? *std::move(file) : AgencyFile();
}

MATCHER_P2(IsRemark, text, lines, "") {
  return arg.text.find(text) != std::string::npos && arg.lines == lines;
}

using Lines = std::vector<uint64_t>;

TEST(ReadAgencyFile, TakesARowWithAnOri) {
  const AgencyFile file = Read(
      "X1,Anytown Police Department,Police,Municipal,Anytown,Any County,WI,"
      "2018-03-22,2018,WI0999900,exact_name,55999\r\n");
  ASSERT_THAT(file.agencies, SizeIs(1));
  const ImportedAgency& agency = file.agencies[0];
  EXPECT_EQ(agency.id, "ori:WI0999900");
  EXPECT_EQ(agency.name, "Anytown Police Department");
  EXPECT_EQ(agency.type, v1::AGENCY_TYPE_POLICE);
  EXPECT_EQ(agency.state, "WI");
  EXPECT_EQ(agency.county_fips, "55999");
  EXPECT_EQ(agency.joined_unix_ms, 1521676800000);  // 2018-03-22
  EXPECT_EQ(agency.line, 2);
  EXPECT_EQ(file.notes.rows, 1);
  EXPECT_THAT(file.notes.unusable, IsEmpty());
  EXPECT_THAT(file.notes.remarks, IsEmpty());
}

TEST(ReadAgencyFile, EnrolsProvisionallyWhatHasNoSureOri) {
  const AgencyFile file = Read(
      "X1,\"Anytown, East Police\",Police,,,,MI,2018-03-22,2018,,"
      "ambiguous:MI0999900|MI0999800,55027\n"
      "X2,Zo\xc3\xab County Sheriff\xe2\x80\x99s Office,Sheriff,,,,MI,"
      "2018-03-23,2018,,none,55027\n");
  ASSERT_THAT(file.agencies, SizeIs(2));
  EXPECT_EQ(file.agencies[0].id, "prov:mi-anytown-east-police");
  EXPECT_EQ(file.agencies[0].county_fips, "");
  EXPECT_EQ(file.agencies[1].name,
            "Zo\xc3\xab County Sheriff\xe2\x80\x99s Office");
  EXPECT_EQ(file.agencies[1].type, v1::AGENCY_TYPE_SHERIFF);
  EXPECT_THAT(file.notes.remarks,
              ElementsAre(IsRemark("several possible ORIs", Lines{2}),
                          IsRemark("no ORI", Lines{3})));
}

TEST(ReadAgencyFile, TakesAMonthOrAYearAsItsFirstDay) {
  const AgencyFile file = Read(
      "X1,A Police,Police,,,,WI,,July 2020,WI0999900,exact_name,55999\n"
      "X2,B Police,Police,,,,WI,,2019,WI0999800,exact_name,55999\n");
  ASSERT_THAT(file.agencies, SizeIs(2));
  EXPECT_EQ(file.agencies[0].joined_unix_ms, 1593561600000);  // 2020-07-01
  EXPECT_EQ(file.agencies[1].joined_unix_ms, 1546300800000);  // 2019-01-01
  EXPECT_THAT(file.notes.remarks, ElementsAre(IsRemark("month", Lines{2}),
                                              IsRemark("year", Lines{3})));
}

TEST(ReadAgencyFile, TakesRowsOfOneAgencyTogether) {
  const AgencyFile file = Read(
      "X1,Anytown Police,Police,,,,WI,2019-05-01,,WI0999900,exact_name,55999\n"
      "X2,ANYTOWN POLICE,Police,,,,WI,2018-05-01,,WI0999900,exact_name,55999\n"
      "X3,Othertown Police,Police,,,,WI,2019-05-01,,,none,\n"
      "X4,Othertown Police,Police,,,,WI,2020-05-01,,,none,\n");
  ASSERT_THAT(file.agencies, SizeIs(2));
  EXPECT_EQ(file.agencies[0].joined_unix_ms, 1525132800000);  // 2018-05-01
  EXPECT_THAT(file.agencies[0].aliases, ElementsAre("ANYTOWN POLICE"));
  EXPECT_THAT(file.agencies[1].aliases, IsEmpty());
  EXPECT_THAT(file.notes.remarks,
              ElementsAre(IsRemark("no ORI", (Lines{4, 5})),
                          IsRemark("taken together", (Lines{3, 5}))));
}

TEST(ReadAgencyFile, BelievesNeitherOfTwoAgenciesWithOneOri) {
  const AgencyFile file = Read(
      "X1,Anytown Police,Police,,,,NJ,2019-05-01,,NJ0999900,exact_name,34999\n"
      "X2,Anytown Beach "
      "Police,Police,,,,NJ,2019-05-01,,NJ0999900,exact_name,34999\n");
  ASSERT_THAT(file.agencies, SizeIs(2));
  EXPECT_EQ(file.agencies[0].id, "prov:nj-anytown-police");
  EXPECT_EQ(file.agencies[1].id, "prov:nj-anytown-beach-police");
  EXPECT_EQ(file.agencies[0].county_fips, "");
  EXPECT_THAT(file.notes.remarks,
              ElementsAre(IsRemark("NJ0999900", (Lines{2, 3}))));
}

TEST(ReadAgencyFile, ReportsRowsThatItCannotTakeAndTakesTheOthers) {
  const AgencyFile file = Read(
      "X1,,Police,,,,WI,2018-03-22,,WI0999900,exact_name,\n"
      "X2,A Police,Police,,,,XX,2018-03-22,,WI0999900,exact_name,\n"
      "X3,A Police,Police,,,,WI,2018-02-30,,WI0999900,exact_name,\n"
      "X4,A Police,Police,,,,WI,,,WI0999900,exact_name,\n"
      "X5,A Police,Police,,,,WI,2018-03-22,,WI099,exact_name,\n"
      "X6,too short\n"
      "X7,A\xff Police,Police,,,,WI,2018-03-22,,WI0999900,exact_name,\n"
      "X8,--,Police,,,,WI,2018-03-22,,,none,\n"
      "X9,B Police,Police,,,,WI,2018-03-22,,WI0999800,exact_name,55999\n");
  EXPECT_EQ(file.notes.rows, 9);
  ASSERT_THAT(file.agencies, SizeIs(1));
  EXPECT_EQ(file.agencies[0].name, "B Police");
  const auto fault = [](uint64_t line, absl::string_view text) {
    return ::testing::AllOf(
        Field(&RowFault::line, line),
        Field(&RowFault::reason, HasSubstr(std::string(text))));
  };
  EXPECT_THAT(file.notes.unusable,
              ElementsAre(fault(2, "no agency name"), fault(3, "state"),
                          fault(4, "date"), fault(5, "date"), fault(6, "ORI"),
                          fault(7, "2 fields"), fault(8, "plain text"),
                          fault(9, "three letters")));
}

TEST(ReadAgencyFile, RefusesAFileOfAnotherShape) {
  std::istringstream in("name,place\na,b\n");
  EXPECT_THAT(ReadAgencyFile(in), StatusIs(absl::StatusCode::kInvalidArgument,
                                           HasSubstr("\"agency\"")));
}

}  // namespace
}  // namespace sightline::cli
