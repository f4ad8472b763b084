#include "tiles/tile_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "crypto/sha256.h"
#include "merkle/reference_tree.h"
#include "merkle/test_trees.h"

namespace sightline::tiles {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::sightline::merkle::Hash;
using ::testing::HasSubstr;

const std::vector<Hash>& Leaves() {
  static const auto* const leaves =
      new std::vector<Hash>(merkle::LeafHashes(merkle::CountingEntries(256)));
  return *leaves;
}

const merkle::ReferenceTree& Tree() {
  static const auto* const tree = new merkle::ReferenceTree(Leaves());
  return *tree;
}

absl::Span<const Hash> First(size_t width) {
  return absl::MakeConstSpan(Leaves()).first(width);
}

std::string Packed(absl::Span<const Hash> hashes) {
  std::string out;
  for (const Hash& hash : hashes) absl::StrAppend(&out, crypto::AsBytes(hash));
  return out;
}

// The stored tile from its definition.
std::string Stored(uint16_t width) {
  std::string out = Packed(First(width));
  for (uint16_t i = 0; i < width / 16; ++i) {
    absl::StrAppend(&out,
                    crypto::AsBytes(Tree().RangeHash(16 * i, 16 * (i + 1))));
  }
  return out;
}

TEST(TileCodec, WidthFollowsFromTheLength) {
  std::set<size_t> lengths;
  for (uint16_t width = 0; width <= 256; ++width) {
    const size_t size = StoredTileSize(width);
    EXPECT_THAT(StoredTileWidth(std::string(size, 'x')), IsOkAndHolds(width));
    EXPECT_TRUE(lengths.insert(size).second);
  }
  EXPECT_EQ(StoredTileSize(256), 8704u);
}

TEST(TileCodec, RefusesEveryOtherLength) {
  std::set<size_t> lengths;
  for (uint16_t width = 0; width <= 256; ++width) {
    lengths.insert(StoredTileSize(width));
  }
  const std::string bytes(9000, 'x');
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const bool ok =
        StoredTileWidth(absl::string_view(bytes).substr(0, size)).ok();
    ASSERT_EQ(ok, lengths.count(size) == 1) << size;
  }
}

TEST(TileCodec, GrowsByOneHash) {
  std::string tile;
  for (uint16_t width = 0; width < 256; ++width) {
    ASSERT_EQ(tile, Stored(width));
    ASSERT_OK(AppendToTile(First(width + 1).subspan(width), &tile));
  }
  EXPECT_EQ(tile, Stored(256));
}

TEST(TileCodec, GrowsInRandomSteps) {
  std::mt19937_64 random(merkle::TestSeed());
  for (int round = 0; round < 50; ++round) {
    std::string computed;
    std::string given;
    size_t width = 0;
    while (width < 256) {
      const size_t next = std::min<size_t>(256, width + random() % 70);
      std::vector<Hash> mids;
      for (size_t i = width / 16; i < next / 16; ++i) {
        mids.push_back(Tree().RangeHash(16 * i, 16 * (i + 1)));
      }
      const auto hashes = First(next).subspan(width);
      ASSERT_OK(AppendToTile(hashes, &computed));
      ASSERT_OK(AppendToTile(hashes, mids, &given));
      ASSERT_EQ(computed, Stored(static_cast<uint16_t>(next)));
      ASSERT_EQ(given, computed);
      width = next;
    }
  }
}

TEST(TileCodec, RefusesTooManyHashesAndWrongMids) {
  std::string tile = Stored(200);
  constexpr auto kWrong = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(AppendToTile(First(57), &tile), StatusIs(kWrong));
  EXPECT_THAT(AppendToTile(First(57), First(4), &tile), StatusIs(kWrong));
  EXPECT_THAT(AppendToTile(First(8), {}, &tile), StatusIs(kWrong));
  EXPECT_THAT(AppendToTile(First(7), First(1), &tile), StatusIs(kWrong));
  EXPECT_EQ(tile, Stored(200));
}

TEST(TileCodec, ServesAPrefix) {
  const std::string tile = Stored(100);
  for (uint16_t width = 0; width <= 100; ++width) {
    EXPECT_THAT(ServedTile(tile, width), IsOkAndHolds(Packed(First(width))));
  }
  EXPECT_THAT(
      ServedTile(tile, 101),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("100 hashes, want 101")));
}

TEST(TileCodec, ServedBytesBecomeTheStoredForm) {
  for (const uint16_t width : {1, 15, 16, 17, 255, 256}) {
    EXPECT_THAT(StoredFromServed(Packed(First(width))),
                IsOkAndHolds(Stored(width)));
  }
  for (const size_t size : {0, 1, 31, 33, 8191, 8193, 8224}) {
    EXPECT_THAT(StoredFromServed(std::string(size, 'x')),
                StatusIs(absl::StatusCode::kDataLoss))
        << size;
  }
}

TEST(TileCodec, EveryNodeOfEveryWidth) {
  for (uint16_t width = 1; width <= 256; ++width) {
    const std::string stored = Stored(width);
    for (int height = 0; height <= 8; ++height) {
      for (uint64_t position = 0; position < 256u >> height; ++position) {
        const uint64_t begin = position << height;
        const uint64_t end = (position + 1) << height;
        const absl::StatusOr<Hash> node = NodeInTile(stored, height, position);
        if (end <= width) {
          ASSERT_THAT(node, IsOkAndHolds(Tree().RangeHash(begin, end)));
        } else {
          ASSERT_THAT(node, StatusIs(absl::StatusCode::kDataLoss));
        }
      }
    }
  }
}

TEST(TileCodec, RefusesNodesOutsideTheTile) {
  const std::string stored = Stored(256);
  constexpr auto kWant = absl::StatusCode::kDataLoss;
  EXPECT_THAT(NodeInTile(stored, 0, 256), StatusIs(kWant));
  EXPECT_THAT(NodeInTile(stored, 1, UINT64_MAX), StatusIs(kWant));
  EXPECT_THAT(NodeInTile(stored, 9, 0), StatusIs(kWant));
  EXPECT_THAT(NodeInTile(stored, -1, 0), StatusIs(kWant));
  EXPECT_THAT(NodeInTile(stored.substr(1), 0, 0), StatusIs(kWant));
}

TEST(TileCodec, FindsADamagedMid) {
  for (const uint16_t width : {15, 16, 100, 256}) {
    const std::string stored = Stored(width);
    EXPECT_OK(CheckMids(stored));
    for (size_t at = width * 32; at < stored.size(); at += 33) {
      std::string damaged = stored;
      damaged[at] ^= 1;
      EXPECT_THAT(CheckMids(damaged), StatusIs(absl::StatusCode::kDataLoss));
    }
  }
}

}  // namespace
}  // namespace sightline::tiles
