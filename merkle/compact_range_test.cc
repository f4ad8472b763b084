#include "merkle/compact_range.h"

#include <gtest/gtest.h>

#include <bit>
#include <utility>

#include "base/bytes.h"
#include "base/status_matchers.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "merkle/reference_tree.h"
#include "merkle/test_trees.h"

namespace sightline::merkle {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;

TEST(CompactRange, RootsOfTheEightLeafTree) {
  const char* const want[] = {
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  CompactRange range;
  EXPECT_EQ(range.Root(), FromHex(want[0]));
  for (const Hash& leaf : LeafHashes(EightEntries())) {
    range.Append(leaf);
    EXPECT_EQ(range.Root(), FromHex(want[range.size()])) << range.size();
  }
}

// The leaves and roots of Tessera's test log, in its spelling.
TEST(CompactRange, RootsOfTesserasTestLog) {
  const std::pair<uint64_t, const char*> want[] = {
      {8, "bC+VwvrJbalNVjfkdI8kUgs7mJoXrqiXCE7bgnD28pY="},
      {15, "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs="}};
  const char* const leaves[] = {
      "one",  "two", "three",  "four",  "five",     "six",     "seven", "eit",
      "nain", "ten", "ileven", "twelf", "threeten", "fourten", "fivten"};
  CompactRange range;
  for (const auto& [size, root] : want) {
    while (range.size() < size) range.Append(LeafHash(leaves[range.size()]));
    const Hash got = range.Root();
    EXPECT_EQ(base::Base64Encode(crypto::AsBytes(got)), root) << size;
  }
}

TEST(CompactRange, RootsOfLargeTrees) {
  const std::pair<uint64_t, const char*> want[] = {
      {255, "bb3b9743e08118ea583ae77df04a1449a0601cde6f75146d79c2cab6366ce210"},
      {256, "15e2dd4973ae44de8c8cf3048fd98d17adaaea6287f4e0606a55a643617408c0"},
      {257, "d418c0873259bce7d0561ab004486112416c1c4490865415342bfe06e673146c"},
      {260, "9fdc11b857f8846e058e33f4d3143a2fad20bd0f98a8c92f858b80cb22d1c4f8"},
      {65535,
       "e7321cd57abf36c522d89e6d26bd9098a37b6a8b06b318976269e701f6d4802d"},
      {65536,
       "bc9bca909516d5bf148c2bf2dea0a0d9f717ce4987d2fe7504d6694363b41598"},
      {65537,
       "a901bb447a4b4c361cdf559658f27f24a8a3ebbc49257c472efe950932d4853a"},
      {70000,
       "0759167a0f98e35e802d46ff7c7d29d2c3f03a63a256deb6abbff357a91b63b1"}};
  CompactRange range;
  for (const auto& [size, root] : want) {
    while (range.size() < size) {
      range.Append(LeafHash(base::U64(range.size())));
    }
    EXPECT_EQ(range.Root(), FromHex(root)) << size;
  }
}

TEST(CompactRange, HoldsOneHashPerSetBitAndEqualsTheDefinition) {
  const ReferenceTree tree(LeafHashes(CountingEntries(300)));
  CompactRange range;
  for (uint64_t size = 0; size <= 300; ++size) {
    EXPECT_EQ(range.Root(), tree.Root(size)) << size;
    EXPECT_EQ(range.hashes().size(), static_cast<size_t>(std::popcount(size)));
    range.Append(LeafHash(base::U64(size)));
  }
}

TEST(CompactRange, SurvivesSerialisation) {
  CompactRange range;
  for (int i = 0; i < 40; ++i) {
    EXPECT_THAT(CompactRange::Parse(range.Serialise()), IsOkAndHolds(range));
    EXPECT_THAT(CompactRange::Create(range.size(), range.hashes()),
                IsOkAndHolds(range));
    range.Append(LeafHash("x"));
  }
}

TEST(CompactRange, RefusesHashesThatDoNotFitTheSize) {
  const std::vector<Hash> hashes(3);
  for (const uint64_t size : {0, 1, 3, 8, 15}) {
    EXPECT_THAT(CompactRange::Create(size, hashes),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << size;
  }
  EXPECT_OK(CompactRange::Create(7, hashes));
  EXPECT_THAT(CompactRange::Create((uint64_t{1} << 63) + 3, hashes),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(CompactRange, RefusesEveryPrefixAndTrailingBytes) {
  CompactRange range;
  for (int i = 0; i < 3; ++i) range.Append(LeafHash("x"));
  const std::string bytes = range.Serialise();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(CompactRange::Parse(bytes.substr(0, size)),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << size;
  }
  EXPECT_THAT(CompactRange::Parse(bytes + "x"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CompactRange::Parse(bytes + std::string(32, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sightline::merkle
