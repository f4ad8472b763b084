#include "services/tail_runs.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "grpcpp/support/slice.h"

namespace sightline::services {
namespace {

TailRuns::Tree TreeOf(uint64_t size) {
  auto tree = std::make_shared<publish::PublishedTree>();
  tree->tree_size = size;
  return tree;
}

RunMessage RunOf(const std::string& bytes, uint64_t next_index) {
  const grpc::Slice slice(bytes);
  RunMessage run;
  run.bytes = grpc::ByteBuffer(&slice, 1);
  run.entries = 1;
  run.next_index = next_index;
  return run;
}

std::string BytesOf(const RunMessage& run) {
  grpc::ByteBuffer bytes = run.bytes;
  grpc::Slice slice;
  EXPECT_TRUE(bytes.DumpToSingleSlice(&slice).ok());
  return std::string(reinterpret_cast<const char*>(slice.begin()),
                     slice.size());
}

TEST(TailRuns, GivesWhatWasKept) {
  TailRuns runs;
  const auto tree = TreeOf(10);
  EXPECT_FALSE(runs.Find(7, tree).has_value());
  runs.Keep(7, tree, RunOf("seven", 10));
  for (int i = 0; i < 3; ++i) {
    const auto found = runs.Find(7, tree);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(BytesOf(*found), "seven");
    EXPECT_EQ(found->next_index, 10u);
    EXPECT_EQ(found->entries, 1u);
  }
}

// The same tree with other cosignatures is another checkpoint.
TEST(TailRuns, AnotherTreeOrBeginningIsAnotherRun) {
  TailRuns runs;
  const auto tree = TreeOf(10);
  runs.Keep(7, tree, RunOf("seven", 10));
  EXPECT_FALSE(runs.Find(8, tree).has_value());
  EXPECT_FALSE(runs.Find(7, TreeOf(10)).has_value());
}

TEST(TailRuns, KeepsNoRunThatEndsBeforeItsTree) {
  TailRuns runs;
  const auto tree = TreeOf(10);
  runs.Keep(0, tree, RunOf("catching up", 9));
  EXPECT_FALSE(runs.Find(0, tree).has_value());
}

TEST(TailRuns, TheOldestMakesRoom) {
  TailRuns runs;
  const auto tree = TreeOf(100);
  for (uint64_t begin = 0; begin <= TailRuns::kRuns; ++begin) {
    runs.Keep(begin, tree, RunOf("run", 100));
  }
  EXPECT_FALSE(runs.Find(0, tree).has_value());
  for (uint64_t begin = 1; begin <= TailRuns::kRuns; ++begin) {
    EXPECT_TRUE(runs.Find(begin, tree).has_value()) << begin;
  }
}

}  // namespace
}  // namespace sightline::services
