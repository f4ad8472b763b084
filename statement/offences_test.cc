#include "statement/offences.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

namespace sightline::statement {
namespace {

TEST(Offences, AreTheEightyFourCodesAndTwoGroups) {
  EXPECT_EQ(Offences().size(), 86u);
  size_t group_a = 0;
  for (const Offence& offence : Offences()) {
    EXPECT_EQ(offence.code.size(), 3u);
    EXPECT_FALSE(offence.name.empty());
    group_a += offence.group == 'A';
  }
  EXPECT_EQ(group_a, 70u + 1u);  // 70 of NIBRS, and 11X
}

TEST(Offences, AreFoundByCode) {
  for (const Offence& offence : Offences()) {
    EXPECT_EQ(FindOffence(offence.code), &offence) << offence.code;
  }
  EXPECT_EQ(FindOffence("999"), nullptr);
  EXPECT_EQ(FindOffence(""), nullptr);
  EXPECT_EQ(FindOffence("23d"), nullptr);
}

TEST(Offences, BelongToPurposes) {
  EXPECT_EQ(FindOffence("23D")->purpose, v1::PURPOSE_THEFT);
  EXPECT_EQ(FindOffence("290")->purpose, v1::PURPOSE_PROPERTY_DAMAGE);
  EXPECT_EQ(FindOffence("13A")->purpose, v1::PURPOSE_PHYSICAL_INJURY);
  EXPECT_EQ(FindOffence("90C")->purpose, v1::PURPOSE_UNSPECIFIED);
  std::map<v1::Purpose, int> counts;
  for (const Offence& offence : Offences()) ++counts[offence.purpose];
  EXPECT_EQ(counts[v1::PURPOSE_THEFT], 12);
  EXPECT_EQ(counts[v1::PURPOSE_PROPERTY_DAMAGE], 2);
}

v1::Purpose PurposeOfClass(absl::string_view text) {
  if (text == "THEFT") return v1::PURPOSE_THEFT;
  if (text == "PROPERTY_DAMAGE") return v1::PURPOSE_PROPERTY_DAMAGE;
  if (text == "PHYSICAL_INJURY") return v1::PURPOSE_PHYSICAL_INJURY;
  return v1::PURPOSE_UNSPECIFIED;
}

// Against the published list: code first, our class of purpose last.
TEST(Offences, AgreeWithThePublishedList) {
  const char* folder = std::getenv("SIGHTLINE_TEST_DATA");
  if (folder == nullptr || *folder == '\0')
    GTEST_SKIP() << "SIGHTLINE_TEST_DATA is not set";
  std::ifstream file(std::string(folder) + "/nibrs_offense_codes.csv");
  std::string line;
  ASSERT_TRUE(std::getline(file, line)) << "no list of offences there";
  size_t rows = 0;
  while (std::getline(file, line)) {
    absl::string_view row = absl::StripAsciiWhitespace(line);
    const Offence* offence = FindOffence(row.substr(0, row.find(',')));
    ASSERT_NE(offence, nullptr) << line;
    EXPECT_EQ(offence->purpose, PurposeOfClass(row.substr(row.rfind(',') + 1)))
        << line;
    ++rows;
  }
  EXPECT_EQ(rows, 84u);
}

TEST(PublicOffenceCode, HidesSexualAndChildOffencesInGroups) {
  EXPECT_EQ(PublicOffenceCode("11A"), kSexualOffenceGroup);
  EXPECT_EQ(PublicOffenceCode("36B"), kSexualOffenceGroup);
  EXPECT_EQ(PublicOffenceCode("370"), kChildOffenceGroup);
  EXPECT_EQ(PublicOffenceCode("90I"), kChildOffenceGroup);
  EXPECT_EQ(PublicOffenceCode("23D"), "23D");
  for (absl::string_view group : {kSexualOffenceGroup, kChildOffenceGroup}) {
    ASSERT_NE(FindOffence(group), nullptr);
    EXPECT_EQ(PublicOffenceCode(group), group);
  }
}

}  // namespace
}  // namespace sightline::statement
