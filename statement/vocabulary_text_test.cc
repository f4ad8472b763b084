#include "statement/vocabulary_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sightline::statement {
namespace {

TEST(Text, FollowsTheNames) {
  EXPECT_EQ(Text(v1::CHANNEL_DIRECT_ASK), "direct ask");
  EXPECT_EQ(Text(v1::AGENCY_TYPE_SHERIFF), "sheriff");
  EXPECT_EQ(Text(v1::Erasure::BASIS_DATA_SUBJECT), "data subject");
  EXPECT_EQ(Text(v1::ClosingReport::USE_NOT_USED), "not used");
  EXPECT_EQ(Text(v1::Finding::SEVERITY_NOTE), "note");
}

TEST(Text, SaysTheRestInWords) {
  EXPECT_EQ(Text(v1::LEGAL_PROCESS_NSL), "national security letter");
  EXPECT_EQ(Text(v1::COUNT_BUCKET_500_PLUS), "500 or more");
}

TEST(Text, NumbersWithoutNames) {
  EXPECT_EQ(Text(static_cast<v1::Channel>(17)), "unknown (17)");
  EXPECT_EQ(Text(v1::CHANNEL_UNSPECIFIED), "unspecified");
}

// Every value of every vocabulary reads differently and shows no underscore.
TEST(Text, IsWholeAndDistinct) {
  const auto* file = v1::Channel_descriptor()->file();
  for (int i = 0; i < file->enum_type_count(); ++i) {
    const auto* type = file->enum_type(i);
    std::set<std::string> seen;
    for (int j = 0; j < type->value_count(); ++j) {
      const std::string text = Text(type, type->value(j)->number());
      EXPECT_TRUE(seen.insert(text).second) << text;
      EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("_")));
      EXPECT_FALSE(text.empty());
    }
  }
}

}  // namespace
}  // namespace sightline::statement
