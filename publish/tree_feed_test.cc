#include "publish/tree_feed.h"

#include <gtest/gtest.h>

#include "base/status_matchers.h"

namespace sightline::publish {
namespace {

using ::sightline::base::StatusIs;

PublishedTree Tree(uint64_t size, std::string note = "") {
  PublishedTree tree;
  tree.tree_size = size;
  tree.checkpoint = std::move(note);
  return tree;
}

class TreeFeedTest : public ::testing::Test {
 protected:
  absl::StatusOr<uint64_t> Watch(uint64_t size) {
    return feed_.Watch(size, [this] { ++woken_; });
  }

  TreeFeed feed_{2};
  int woken_ = 0;
};

TEST_F(TreeFeedTest, WakesWhoWaitsForThatSizeOrLess) {
  ASSERT_OK(Watch(3));
  ASSERT_OK(Watch(5));
  feed_.Set(Tree(4));
  EXPECT_EQ(woken_, 1);
  EXPECT_EQ(feed_.current()->tree_size, 4u);
  feed_.Set(Tree(5));
  EXPECT_EQ(woken_, 2);
  feed_.Set(Tree(6));
  EXPECT_EQ(woken_, 2);
}

TEST_F(TreeFeedTest, WakesAtOnceWhenItIsThere) {
  feed_.Set(Tree(4));
  ASSERT_OK(Watch(4));
  EXPECT_EQ(woken_, 1);
}

TEST_F(TreeFeedTest, HasRoomForSoManyOnly) {
  ASSERT_OK(Watch(1));
  const auto second = Watch(1);
  ASSERT_OK(second);
  EXPECT_THAT(Watch(1), StatusIs(absl::StatusCode::kUnavailable));
  feed_.StopWatching(*second);
  EXPECT_OK(Watch(1));
  feed_.Set(Tree(1));
  EXPECT_EQ(woken_, 2);
}

TEST_F(TreeFeedTest, WakesEverybodyWhenAskedAndAtItsEnd) {
  ASSERT_OK(Watch(1));
  feed_.WakeAll();
  EXPECT_EQ(woken_, 1);
  ASSERT_OK(Watch(1));
  EXPECT_EQ(woken_, 1);
  feed_.Close();
  EXPECT_EQ(woken_, 2);
  ASSERT_OK(Watch(1));
  EXPECT_EQ(woken_, 3);
}

TEST_F(TreeFeedTest, TakesAnotherNoteOfItsTreeAndNoOlderTree) {
  feed_.Set(Tree(4, "a"));
  feed_.SetUnlessOlder(Tree(3, "b"));
  EXPECT_EQ(feed_.current()->checkpoint, "a");
  feed_.SetUnlessOlder(Tree(4, "c"));
  EXPECT_EQ(feed_.current()->checkpoint, "c");
}

}  // namespace
}  // namespace sightline::publish
