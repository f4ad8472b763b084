#include "statement/lint.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace sightline::statement {
namespace {

// A text, and what it looks like ("" for nothing).
struct Case {
  const char* text;
  const char* looks_like;

  friend std::ostream& operator<<(std::ostream& out, const Case& c) {
    return out << '"' << c.text << '"';
  }
};

class FreeText : public ::testing::TestWithParam<Case> {};
class NameOfBody : public ::testing::TestWithParam<Case> {};

TEST_P(FreeText, LooksLike) {
  EXPECT_EQ(FindPersonalData(GetParam().text).ToString(),
            GetParam().looks_like);
}

TEST_P(NameOfBody, LooksLike) {
  EXPECT_EQ(FindPersonalData(GetParam().text, TextKind::kNameOfBody).ToString(),
            GetParam().looks_like);
}

constexpr char kEmail[] = "an e-mail address";
constexpr char kPhone[] = "a phone number";
constexpr char kPlate[] = "a licence plate";
constexpr char kAddress[] = "a street address";
constexpr char kBirth[] = "a date of birth";
constexpr char kName[] = "a person's name";

INSTANTIATE_TEST_SUITE_P(
    EmailAddresses, FreeText,
    ::testing::Values(Case{"write to j.doe+ring@mail.example.org today",
                           kEmail},
                      Case{"<a@b.co>", kEmail}, Case{"@handle", ""},
                      Case{"3 shops @ Main", ""}, Case{"vkey@20000", ""},
                      Case{"a@b", ""}, Case{"a@b.1", ""}, Case{"a@.org", ""},
                      Case{"@example.org", ""}, Case{"a @example.org", ""},
                      Case{"x@y and c@d.example", kEmail}));

INSTANTIATE_TEST_SUITE_P(
    PhoneNumbers, FreeText,
    ::testing::Values(
        Case{"(213) 555-0142", kPhone}, Case{"call 213-555-0142 now", kPhone},
        Case{"213.555.0142", kPhone}, Case{"213 555 0142", kPhone},
        Case{"1-213-555-0142", kPhone}, Case{"+1 213 555 0142", kPhone},
        Case{"+12135550142", kPhone}, Case{"tel:213-555-0142", kPhone},
        Case{"phone 2135550142", kPhone}, Case{"Tel. 555-0142", kPhone},
        Case{"020 7946 0958", kPhone}, Case{"07700 900123", kPhone},
        Case{"+44 20 7946 0958", kPhone},
        Case{"2 clips, 213-555-0142.", kPhone}));

INSTANTIATE_TEST_SUITE_P(
    NumbersThatAreNoPhones, FreeText,
    ::testing::Values(
        Case{"20-012345", ""}, Case{"case 2135550142", ""},
        Case{"2020-555-0142", ""}, Case{"CA-213-555-0142", ""},
        Case{"#213-555-0142", ""}, Case{"213-555-01423", ""},
        Case{"213-555-0142-7", ""}, Case{"12-213-555-0142", ""},
        Case{"113-555-0142", ""}, Case{"2020-06-01T18:00:00Z", ""},
        Case{"2020-06-01 to 2020-06-03", ""}, Case{"01 02 2020", ""},
        Case{"CA0194200", ""}, Case{"06037", ""}, Case{"23H and 13A", ""},
        Case{"80c2c64", ""}, Case{"26-01117, 26-01118", ""},
        Case{"example.com/log+12345678+abcd", ""},
        Case{"Penal Code 1546.2 (a)", ""}, Case{"cell 80c2c64", ""},
        Case{"phone records of 2020", ""}, Case{"18 USC 2703(d)", ""}));

INSTANTIATE_TEST_SUITE_P(
    LicencePlates, FreeText,
    ::testing::Values(
        Case{"a red car, 7ABC123", kPlate}, Case{"AB12CDE", kPlate},
        Case{"plate no. ABC-1234", kPlate}, Case{"Plate: abc1234", kPlate},
        Case{"license plate XYZ 987", kPlate}, Case{"tag 4TRK22", kPlate},
        Case{"License Plate Reader Unit 2", ""}, Case{"7abc123", ""},
        Case{"SBP-1234", ""}, Case{"G-5521", ""}, Case{"CA0194200", ""},
        Case{"plate readers of 2020", ""}, Case{"tag team 5", ""}));

INSTANTIATE_TEST_SUITE_P(
    StreetAddresses, FreeText,
    ::testing::Values(Case{"1423 Elm Street", kAddress},
                      Case{"at 12 N Main St.", kAddress},
                      Case{"12B Old Mill Road, rear", kAddress},
                      Case{"2020 Main Street", kAddress},
                      Case{"123 5th Ave", kAddress},
                      Case{"7 Martin Luther King Blvd", kAddress},
                      Case{"99 Sunset Drive", kAddress},
                      Case{"5 Main St, Rivermouth", kAddress}));

INSTANTIATE_TEST_SUITE_P(
    NumbersThatAreNoHouses, FreeText,
    ::testing::Values(
        Case{"77th Street Division", ""}, Case{"3rd District Court", ""},
        Case{"1200 block of Elm Street", ""},
        Case{"12 cameras on Elm Street", ""}, Case{"2023 Safe Drive", ""},
        Case{"Precinct 5 Bay Street", ""}, Case{"12 Port St. Lucie units", ""},
        Case{"2021 Superior Court release", ""},
        Case{"8 hours, Elm Street", ""}, Case{"Street 12", ""},
        Case{"36 hours over 5.2 square kilometres", ""}));

INSTANTIATE_TEST_SUITE_P(
    DatesOfBirth, FreeText,
    ::testing::Values(
        Case{"DOB 01/02/1984", kBirth}, Case{"dob: 1984-02-01", kBirth},
        Case{"D.O.B. 010284", kBirth}, Case{"DOB:01/02/84", kBirth},
        Case{"born on 2 Feb 1984", kBirth}, Case{"born 1984", kBirth},
        Case{"date of birth is February 2, 1984", kBirth},
        Case{"birth date 2/1/84", kBirth}, Case{"01/02/1984", ""},
        Case{"from 2020-05-30 to 2020-06-02", ""},
        Case{"Van Born Road units since 2020", ""},
        Case{"dob unknown, 5 clips", ""}, Case{"stillborn 2", ""}));

INSTANTIATE_TEST_SUITE_P(
    PersonsNames, NameOfBody,
    ::testing::Values(
        Case{"Det. Miller", kName}, Case{"Robbery, Det. John Miller", kName},
        Case{"Detective Xiu Zhang", kName}, Case{"Officer Jane Doe", kName},
        Case{"Sgt J. Miller", kName}, Case{"Mr. Smith", kName},
        Case{"Sheriff Alex Miller", kName}, Case{"Attn: Maria Lopez", kName},
        Case{"John Smith", kName}, Case{"Mary Q. Smith", kName},
        Case{"Smith, John", kName}, Case{"Judge J. Smith", kName}));

INSTANTIATE_TEST_SUITE_P(
    NamesOfBodies, NameOfBody,
    ::testing::Values(
        Case{"St. Mary Police Department", ""},
        Case{"Charles County Sheriff", ""}, Case{"Safe LA Task Force", ""},
        Case{"Prince George's County Police", ""},
        Case{"George West Police Department", ""},
        Case{"James City County", ""}, Case{"Detective Bureau", ""},
        Case{"Officer Involved Shooting Team", ""},
        Case{"Sheriff Henry County", ""}, Case{"Sergeant at Arms", ""},
        Case{"Inspector General", ""}, Case{"Captain Cook Station", ""},
        Case{"77th Street Division", ""}, Case{"LAPD", ""},
        Case{"Port St. Lucie Police Department", ""},
        Case{"Mary Esther", kName}, Case{"Lt. Governor's Task Force", ""},
        Case{"Scott Township", ""},
        Case{"New York City Police Department, 19th Precinct", ""},
        Case{"Troop 7 Barracks", ""}, Case{"Marshal's Office", ""}));

TEST(Lint, NamesEverythingItSees) {
  EXPECT_EQ(FindPersonalData("Det. Miller, 213-555-0142, m@pd.example.org",
                             TextKind::kNameOfBody)
                .ToString(),
            "an e-mail address, a phone number, a person's name");
}

TEST(Lint, PersonsAreSoughtInNamesOnly) {
  EXPECT_TRUE(FindPersonalData("Det. John Miller").empty());
}

TEST(Lint, TakesAnyText) {
  for (const char* text : {"",          " ",       "@",
                           ".",         "+",       "(",
                           "0",         " 0 ",     "dob",
                           "plate",     "plate  ", "Det.",
                           "Det. ",     ",",       "5 ",
                           "5 ,",       "5 St",    "\xc3\xa9 5 \xc3\xa9 Sta",
                           "\xff@\xff", "1-",      "-1"}) {
    EXPECT_TRUE(FindPersonalData(text, TextKind::kNameOfBody).empty()) << text;
  }
  const std::string long_text(16384, '5');
  EXPECT_TRUE(FindPersonalData(long_text).empty());
}

}  // namespace
}  // namespace sightline::statement
