#include "crypto/sha256.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_matchers.h"

namespace sightline::crypto {
namespace {

using ::sightline::base::StatusIs;

std::string Hex(const Digest& digest) {
  return base::HexEncode(AsBytes(digest));
}

constexpr char kEmpty[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
// RFC 6962 hashes of the eight-leaf tree: leaf 0, leaf 1 and their parent.
constexpr char kLeaf0[] =
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
constexpr char kLeaf1[] =
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
constexpr char kNode01[] =
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";

TEST(Sha256, HashesTheEmptyString) { EXPECT_EQ(Hex(Sha256("")), kEmpty); }

TEST(Sha256, HashesFips180Examples) {
  EXPECT_EQ(Hex(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(
      Hex(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, LeavesNoStateBetweenCalls) {
  Sha256("first");
  EXPECT_EQ(Hex(Sha256("")), kEmpty);
}

TEST(HashPrefixed, HashesRfc6962Leaves) {
  EXPECT_EQ(Hex(HashPrefixed(0, "")), kLeaf0);
  EXPECT_EQ(Hex(HashPrefixed(0, absl::string_view("\0", 1))), kLeaf1);
}

TEST(HashPrefixed, EqualsTheHashOfTheJoinedPartsForEveryLength) {
  std::string joined(1, '\x07');
  for (int i = 0; i < 2300; ++i) {
    ASSERT_EQ(HashPrefixed(7, absl::string_view(joined).substr(1)),
              Sha256(joined))
        << i;
    joined.push_back(static_cast<char>(i * 37));
  }
}

TEST(HashNode, HashesAnRfc6962Node) {
  EXPECT_EQ(Hex(HashNode(1, HashPrefixed(0, ""),
                         HashPrefixed(0, absl::string_view("\0", 1)))),
            kNode01);
}

TEST(HashNode, EqualsTheHashOfTheJoinedParts) {
  Digest left = Sha256("left"), right = Sha256("right");
  for (int prefix = 0; prefix < 256; ++prefix) {
    const std::string joined =
        absl::StrCat(std::string(1, static_cast<char>(prefix)), AsBytes(left),
                     AsBytes(right));
    left = HashNode(static_cast<uint8_t>(prefix), left, right);
    ASSERT_EQ(left, Sha256(joined)) << prefix;
    right = Sha256(AsBytes(left));
  }
}

TEST(Sha256Concat, EqualsTheHashOfTheJoinedParts) {
  const std::string a(100, 'a');
  const std::string b(70, 'b');
  EXPECT_EQ(Sha256Concat(7, a, b), Sha256("\x07" + a + b));
}

TEST(Sha256Hasher, EqualsOneShotForEverySplit) {
  const std::string data(150, 'x');
  Sha256Hasher hasher;
  for (size_t split = 0; split <= data.size(); ++split) {
    hasher.Update(absl::string_view(data).substr(0, split));
    hasher.Update(absl::string_view(data).substr(split));
    ASSERT_EQ(hasher.Finish(), Sha256(data)) << "split at " << split;
  }
}

TEST(Sha256, GivesTheSameAnswerOnEveryThread) {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&wrong, t] {
      for (int i = 0; i < 1000; ++i) wrong[t] += Hex(Sha256("")) != kEmpty;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(DigestFromBytes, TakesExactly32Bytes) {
  const Digest digest = Sha256("abc");
  EXPECT_THAT(DigestFromBytes(AsBytes(digest)), base::IsOkAndHolds(digest));
  EXPECT_THAT(DigestFromBytes(std::string(31, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(DigestFromBytes(std::string(33, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sightline::crypto
