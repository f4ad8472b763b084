#include "checkpoint/cosignature.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_matchers.h"
#include "checkpoint/test_vectors.h"

namespace sightline::checkpoint {
namespace {

using ::sightline::base::StatusIs;

TEST(CosignatureMessage, HasTheSpecifiedLines) {
  EXPECT_EQ(CosignatureMessage(1750000000, "origin\n8\nroot\nextension\n"),
            "cosignature/v1\ntime 1750000000\norigin\n8\nroot\nextension\n");
}

// The message of an ML-DSA-44 cosignature (type 06), by the layout of
// tlog-cosignature: lengths are one byte.
std::string SubtreeMessage(absl::string_view cosigner, uint64_t time_unix_s,
                           absl::string_view origin, uint64_t start,
                           uint64_t end, absl::string_view hash) {
  const auto named = [](absl::string_view name) {
    return absl::StrCat(std::string(1, static_cast<char>(name.size())), name);
  };
  return absl::StrCat(absl::string_view("subtree/v1\n\0", 12), named(cosigner),
                      base::U64(time_unix_s), named(origin), base::U64(start),
                      base::U64(end), hash);
}

// Only the layout: this room makes and checks no such cosignatures, as OpenSSL
// has ML-DSA from 3.5 on and ours is 3.0. So the vector's key, signature and
// line, which are known by their digests, cannot be had here.
TEST(SubtreeMessage, IsThatOfTheVector) {
  ASSERT_OK_AND_ASSIGN(const std::string root,
                       base::Base64Decode(kCheckpoints[3].root));
  const std::string message =
      SubtreeMessage("example.com/vector-witness-pq", kCosignature8Time,
                     kLogOrigin, 0, kCheckpoints[3].tree_size, root);
  EXPECT_EQ(message.size(), 121u);
  EXPECT_EQ(base::HexEncode(message),
            "737562747265652f76310a001d6578616d706c652e636f6d2f766563746f722d77"
            "69746e6573732d707100000000684ee180166578616d706c652e636f6d2f766563"
            "746f722d6c6f67000000000000000000000000000000085dc9da79a70659a9ad55"
            "9cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST(Cosignature, ComesBackFromItsBytes) {
  Cosignature cosignature;
  cosignature.time_unix_s = 0x0102030405060708;
  cosignature.signature = std::string(64, 's');
  const std::string bytes = FormatCosignature(cosignature);
  EXPECT_EQ(base::HexEncode(bytes.substr(0, 8)), "0102030405060708");
  ASSERT_OK_AND_ASSIGN(const Cosignature again, ParseCosignature(bytes));
  EXPECT_EQ(again.time_unix_s, cosignature.time_unix_s);
  EXPECT_EQ(again.signature, cosignature.signature);
}

TEST(ParseCosignature, Takes72Bytes) {
  for (size_t size : {0, 64, 71, 73, 2428}) {
    EXPECT_THAT(ParseCosignature(std::string(size, '\0')),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << size;
  }
}

TEST(ParseCosignature, RefusesTimestampsAbove63Bits) {
  const std::string rest(64, 's');
  EXPECT_OK(ParseCosignature(base::U64(kMaxTimestamp) + rest));
  EXPECT_THAT(ParseCosignature(base::U64(kMaxTimestamp + 1) + rest),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sightline::checkpoint
