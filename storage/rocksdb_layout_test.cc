// Pins the stored bytes: changing any of them needs a new format version.
#include "storage/rocksdb_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "base/status_matchers.h"

namespace sightline::storage {
namespace {

using ::sightline::base::HexEncode;
using ::sightline::base::StatusIs;

TreeState SomeState() {
  TreeState state;
  state.tree_size = 0x0102030405060708;
  state.root_hash.fill(0xAB);
  state.last_admitted_unix_ms = -2;
  return state;
}

TEST(Layout, KeysAreBigEndian) {
  EXPECT_EQ(HexEncode(NumberKey(258).view()), "0000000000000102");
  EXPECT_EQ(HexEncode(TileKey(3, 258).view()), "030000000000000102");
  EXPECT_EQ(HexEncode(SegmentKey(256, 512).view()), "00000000000001ffff");
  EXPECT_EQ(HexEncode(SegmentKey(7, 8).view()), "000000000000000700");
}

TEST(Layout, SegmentKeysAreReadBack) {
  for (const SegmentRange range :
       {SegmentRange{0, 1}, SegmentRange{0, 256}, SegmentRange{256, 300},
        SegmentRange{299, 300}}) {
    ASSERT_OK_AND_ASSIGN(
        const SegmentRange got,
        ParseSegmentKey(SegmentKey(range.begin, range.end).view()));
    EXPECT_EQ(got.begin, range.begin);
    EXPECT_EQ(got.end, range.end);
  }
}

TEST(Layout, RefusesSegmentsThatCrossABundle) {
  EXPECT_THAT(ParseSegmentKey(SegmentKey(255, 257).view()),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(ParseSegmentKey(NumberKey(3).view()),
              StatusIs(absl::StatusCode::kDataLoss));
  // Would begin before 0.
  EXPECT_THAT(ParseSegmentKey(std::string(8, '\0') + "\x01"),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(Layout, TreeState) {
  const std::string value = EncodeTreeState(SomeState());
  std::string root;
  for (int i = 0; i < 32; ++i) root += "ab";
  EXPECT_EQ(HexEncode(value), "0102030405060708" + root + "fffffffffffffffe");
  EXPECT_THAT(ParseTreeState(value), base::IsOkAndHolds(SomeState()));
  EXPECT_THAT(ParseTreeState(value + "x"),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(ParseTreeState(value.substr(1)),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(Layout, FeedHead) {
  const std::string value = EncodeFeedHead({"ori:CA0010000", 3, 258});
  EXPECT_EQ(HexEncode(value), "00000000000000030000000000000102");
  ASSERT_OK_AND_ASSIGN(const FeedHead head,
                       ParseFeedHead("ori:CA0010000", value));
  EXPECT_EQ(head.feed, "ori:CA0010000");
  EXPECT_EQ(head.ordinal, 3u);
  EXPECT_EQ(head.last_index, 258u);
  EXPECT_THAT(ParseFeedHead("f", value.substr(1)),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(Layout, EveryFamilyHasAName) {
  EXPECT_STREQ(kFamilyNames[static_cast<int>(Family::kMeta)], "default");
  EXPECT_STREQ(kFamilyNames[static_cast<int>(Family::kHashIndex)],
               "hash_index");
}

}  // namespace
}  // namespace sightline::storage
