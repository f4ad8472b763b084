#include "mirror/add_entries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "base/bytes.h"
#include "base/status_matchers.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "merkle/reference_tree.h"

namespace sightline::mirror {
namespace {

using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kOrigin[] = "example.com/vector-log";

std::string HashOf(absl::string_view bytes) {
  return base::HexEncode(crypto::AsBytes(crypto::Sha256(bytes)));
}

// Leaf i is 8 bytes, big-endian.
std::string Upload(uint64_t begin, uint64_t end, uint64_t leaves) {
  std::vector<merkle::Hash> hashes;
  for (uint64_t i = 0; i < leaves; ++i) {
    hashes.push_back(merkle::LeafHash(base::U64(i)));
  }
  const merkle::ReferenceTree tree(std::move(hashes));
  std::string body = FormatUploadHeader({kOrigin, begin, end, ""});
  for (uint64_t at = begin; at < end;) {
    const uint64_t to = PackageEnd(at, end);
    std::vector<std::string> owned;
    for (uint64_t i = at; i < to; ++i) owned.push_back(base::U64(i));
    const std::vector<absl::string_view> entries(owned.begin(), owned.end());
    EXPECT_OK(AppendPackage(entries, tree.SubtreeProof(at - at % 256, to, end),
                            &body));
    at = to;
  }
  return body;
}

// How many packages there are, and the reader's last word.
std::pair<size_t, absl::Status> Walk(absl::string_view body) {
  auto reader = UploadReader::Create(body);
  if (!reader.ok()) return {0, reader.status()};
  size_t packages = 0;
  EntryPackage package;
  while (reader->Next(&package)) ++packages;
  return {packages, reader->status()};
}

TEST(AddEntries, IsThePublishedVector) {
  const std::string body = Upload(250, 260, 260);
  EXPECT_EQ(body.size(), 208u);
  EXPECT_EQ(HashOf(body),
            "9eb36eb4ed55ef51245a90dd70bd691efc736492350bfa4ebb09c32aa8edfb26");
  EXPECT_TRUE(absl::StartsWith(
      base::HexEncode(body),
      "00166578616d706c652e636f6d2f766563746f722d6c6f67"
      "00000000000000fa00000000000001040000000800000000000000fa"));
}

TEST(AddEntries, PackagesAreAlignedAtMultiplesOf256) {
  const std::string body = Upload(250, 700, 700);
  const auto reader = UploadReader::Create(body);
  ASSERT_OK(reader);
  EXPECT_EQ(reader->header().origin, kOrigin);
  UploadReader walk = *reader;
  std::vector<std::pair<uint64_t, uint64_t>> entries, subtrees;
  EntryPackage package;
  while (walk.Next(&package)) {
    entries.emplace_back(package.begin, package.subtree.end);
    subtrees.emplace_back(package.subtree.begin, package.subtree.end);
    EXPECT_EQ(package.entries.size(), package.subtree.end - package.begin);
    EXPECT_EQ(package.entries.front(), base::U64(package.begin));
  }
  EXPECT_OK(walk.status());
  EXPECT_THAT(entries, ElementsAre(std::pair(250, 256), std::pair(256, 512),
                                   std::pair(512, 700)));
  EXPECT_THAT(subtrees, ElementsAre(std::pair(0, 256), std::pair(256, 512),
                                    std::pair(512, 700)));
}

TEST(AddEntries, WhatIsCutShortIsNoPackage) {
  const std::string body = Upload(250, 260, 260);
  const size_t header = FormatUploadHeader({kOrigin, 250, 260, ""}).size();
  const size_t first = header + 6 * 10 + 1 + 32;
  for (size_t size = 0; size < body.size(); ++size) {
    const auto [packages, status] =
        Walk(absl::string_view(body).substr(0, size));
    EXPECT_EQ(packages, size < first ? 0u : 1u) << size;
    // Between packages it is a prefix, which is what it may be.
    EXPECT_EQ(status.ok(), size == header || size == first) << size;
  }
  EXPECT_EQ(Walk(body).first, 2u);
  EXPECT_THAT(Walk(body + "x").second,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("after the last package")));
}

TEST(AddEntries, AnEmptyRangeHasNoPackages) {
  const auto [packages, status] =
      Walk(FormatUploadHeader({kOrigin, 7, 7, "ticket"}));
  EXPECT_EQ(packages, 0u);
  EXPECT_OK(status);
}

TEST(AddEntries, RefusesRangesThatNoTreeHas) {
  EXPECT_THAT(Walk(FormatUploadHeader({kOrigin, 8, 7, ""})).second,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("above upload_end")));
  EXPECT_THAT(Walk(FormatUploadHeader({kOrigin, 0, ~uint64_t{0}, ""})).second,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("above every tree size")));
}

TEST(AddEntries, APackageHasAtMost63Hashes) {
  std::string body = FormatUploadHeader({kOrigin, 0, 1, ""});
  const std::vector<merkle::Hash> hashes(64);
  EXPECT_THAT(AppendPackage({"x"}, hashes, &body),
              StatusIs(absl::StatusCode::kInvalidArgument));
  std::string most = body;
  EXPECT_OK(AppendPackage({"x"}, absl::MakeSpan(hashes).subspan(1), &most));
  EXPECT_EQ(Walk(most).first, 1u);
  most[body.size() + 3] = 64;
  EXPECT_THAT(
      Walk(most + std::string(32, 'h')).second,
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("64 hashes")));
}

TEST(MirrorInfo, IsThreeLines) {
  const MirrorInfo info = {260, 256, std::string("\0t", 2)};
  EXPECT_EQ(FormatMirrorInfo(info), "260\n256\nAHQ=\n");
  EXPECT_EQ(FormatMirrorInfo({0, 0, ""}), "0\n0\n\n");
  const auto read = ParseMirrorInfo("260\n256\nAHQ=\n");
  ASSERT_OK(read);
  EXPECT_EQ(FormatMirrorInfo(*read), FormatMirrorInfo(info));
  for (const char* bad : {"", "1\n1\n", "1\n1\n\n\n", "01\n1\n\n", "1\n1\nA\n",
                          "1\n1\nAHQ=", "-1\n1\n\n", "1\nx\n\n"}) {
    EXPECT_FALSE(ParseMirrorInfo(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace sightline::mirror
