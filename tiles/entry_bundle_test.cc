#include "tiles/entry_bundle.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/status_matchers.h"
#include "merkle/test_trees.h"

namespace sightline::tiles {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

constexpr auto kWrong = absl::StatusCode::kInvalidArgument;

std::string EightEntryBundle() {
  return *base::HexDecode(
      "00000001000001100002202100023031000440414243000850515253545556570010"
      "606162636465666768696a6b6c6d6e6f");
}

std::vector<absl::string_view> Views(const std::vector<std::string>& strings) {
  return {strings.begin(), strings.end()};
}

TEST(EntryBundle, VectorOfTheEightLeafTree) {
  const std::vector<std::string> entries = merkle::EightEntries();
  EXPECT_THAT(EncodeEntryBundle(Views(entries)),
              IsOkAndHolds(EightEntryBundle()));
  const std::string bundle = EightEntryBundle();
  ASSERT_OK_AND_ASSIGN(const std::vector<absl::string_view> parsed,
                       ParseEntryBundle(bundle, 8));
  EXPECT_THAT(parsed, ElementsAreArray(entries));
}

TEST(EntryBundle, ReaderGivesViewsIntoTheBundle) {
  const std::string bundle = EightEntryBundle();
  EntryBundleReader reader(bundle);
  absl::string_view entry;
  size_t count = 0;
  while (reader.Next(&entry)) {
    EXPECT_GE(entry.data(), bundle.data());
    EXPECT_LE(entry.data() + entry.size(), bundle.data() + bundle.size());
    EXPECT_EQ(reader.count(), ++count);
  }
  EXPECT_OK(reader.status());
  EXPECT_EQ(count, 8u);
}

TEST(EntryBundle, HoldsTheLongestEntry) {
  std::string bundle;
  ASSERT_OK(AppendEntry("", &bundle));
  const std::string longest(kMaxEntryBytes, 'x');
  ASSERT_OK(AppendEntry(longest, &bundle));
  ASSERT_OK_AND_ASSIGN(const auto entries, ParseEntryBundle(bundle, 2));
  EXPECT_THAT(entries, ElementsAre("", longest));
}

TEST(EntryBundle, RefusesALongerEntryAndLeavesTheBundle) {
  std::string bundle = "before";
  EXPECT_THAT(AppendEntry(std::string(kMaxEntryBytes + 1, 'x'), &bundle),
              StatusIs(kWrong, HasSubstr("65536 bytes")));
  EXPECT_EQ(bundle, "before");
}

TEST(EntryBundle, HoldsOneTo256Entries) {
  const std::vector<absl::string_view> entries(257, "x");
  const auto span = absl::MakeConstSpan(entries);
  EXPECT_THAT(EncodeEntryBundle({}), StatusIs(kWrong));
  EXPECT_THAT(EncodeEntryBundle(span), StatusIs(kWrong));
  ASSERT_OK_AND_ASSIGN(std::string bundle, EncodeEntryBundle(span.first(256)));
  EXPECT_OK(ParseEntryBundle(bundle, 256));
  ASSERT_OK(AppendEntry("x", &bundle));
  EXPECT_THAT(ParseEntryBundle(bundle, 256), StatusIs(kWrong));
  EXPECT_THAT(ParseEntryBundle(bundle, 257), StatusIs(kWrong));
}

TEST(EntryBundle, RefusesAnotherNumberOfEntries) {
  for (const uint16_t width : {0, 7, 9, 256}) {
    EXPECT_THAT(ParseEntryBundle(EightEntryBundle(), width), StatusIs(kWrong))
        << width;
  }
  EXPECT_THAT(ParseEntryBundle("", 1), StatusIs(kWrong));
}

TEST(EntryBundle, RefusesEveryCutThatIsNotBetweenEntries) {
  const std::string bundle = EightEntryBundle();
  size_t whole = 0;
  for (size_t size = 0; size < bundle.size(); ++size) {
    EntryBundleReader reader(absl::string_view(bundle).substr(0, size));
    size_t entries_bytes = 0;
    absl::string_view entry;
    while (reader.Next(&entry)) entries_bytes += 2 + entry.size();
    EXPECT_EQ(reader.status().ok(), entries_bytes == size) << size;
    if (reader.status().ok()) ++whole;
  }
  EXPECT_EQ(whole, 8u);  // after 0..7 entries
}

TEST(EntryBundle, ReaderStaysAtTheFirstMalformedByte) {
  const std::string bundle("\0\1a\0\5bc", 7);
  EntryBundleReader reader(bundle);
  absl::string_view entry;
  EXPECT_TRUE(reader.Next(&entry));
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(reader.Next(&entry));
    EXPECT_THAT(reader.status(), StatusIs(kWrong, HasSubstr("entry 1")));
  }
}

}  // namespace
}  // namespace sightline::tiles
