#include "merkle/hash.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/sha256.h"
#include "merkle/test_trees.h"

namespace sightline::merkle {
namespace {

TEST(Hash, OfNothingIsSha256OfNothing) {
  EXPECT_EQ(EmptyRoot(),
            FromHex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b78"
                    "52b855"));
}

TEST(Hash, OfLeavesMatchesTheEightLeafTree) {
  const std::vector<std::string> entries = EightEntries();
  const char* const want[] = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
      "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658",
      "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
      "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1"};
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(LeafHash(entries[i]), FromHex(want[i])) << i;
  }
}

TEST(Hash, OfNodesMatchesTheEightLeafTree) {
  const std::vector<Hash> leaves = LeafHashes(EightEntries());
  const Hash n01 = NodeHash(leaves[0], leaves[1]);
  const Hash n23 = NodeHash(leaves[2], leaves[3]);
  EXPECT_EQ(n01,
            FromHex("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00"
                    "e3c125"));
  EXPECT_EQ(NodeHash(n01, n23),
            FromHex("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd9520"
                    "9614b7"));
}

TEST(Hash, FoldRightStartsWithTheSmallestSubtree) {
  const std::vector<Hash> leaves = LeafHashes(EightEntries());
  EXPECT_EQ(FoldRight({}), EmptyRoot());
  EXPECT_EQ(FoldRight({leaves[3]}), leaves[3]);
  EXPECT_EQ(FoldRight({leaves[0], leaves[1], leaves[2]}),
            NodeHash(leaves[0], NodeHash(leaves[1], leaves[2])));
}

TEST(Hash, HashAtCountsIn32Bytes) {
  std::string packed(96, 'a');
  packed.replace(32, 32, 32, 'b');
  EXPECT_EQ(crypto::AsBytes(HashAt(packed, 1)), std::string(32, 'b'));
  EXPECT_EQ(crypto::AsBytes(HashAt(packed, 2)), std::string(32, 'a'));
}

}  // namespace
}  // namespace sightline::merkle
